/** The other sources of a diagnosis: the checks over a survey, a verification, and pages of metrics. */

import type { Client } from '../../cluster/client.ts';
import { openPodTunnel } from '../../cluster/forward.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import { survey } from '../../cluster/survey.ts';
import type { CheckResult } from '../../core/check.ts';
import type { ClusterFacts } from '../../core/cluster-facts.ts';
import type { MetricsPage, MetricsWord } from '../../core/inventory.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import type { ProbeReport } from '../../core/probe.ts';
import type { Context } from '../context.ts';
import type { Deployment } from '../deployments.ts';
import type { Reached } from '../reach.ts';
import { verifyDeployment } from '../verify/run.ts';

/** A deployment that is ready answers within this, or something is wrong with it. Milliseconds. */
const patienceMs = 30_000;
const pageMs = 10_000;

export type Checked = { readonly cluster: ClusterFacts; readonly results: readonly CheckResult[] };

/** As the API server keeps it, with what others than people write taken away. */
const asApplied = ({ status: _, ...graph }: KubernetesObject): KubernetesObject => graph as KubernetesObject;

/** Null when the cluster cannot be surveyed; that it cannot be reached at all is told by what comes before. Errors: `interrupted`. */
export const checkOn = async (
  context: Context,
  client: Client,
  deployment: Deployment,
): Promise<Checked | null> => {
  const { name, namespace, graph, answers } = deployment;
  const [preflight, { onlyBefore }] = await Promise.all([
    context.entry.preflight(),
    context.entry.inventory(),
  ]);
  try {
    const cluster = await survey(client, preflight.survey, namespace, context.io.signal);
    const objects = [asApplied(graph)];
    const input = {
      name,
      namespace,
      objects,
      settings: answers,
      cluster,
      hub: null,
      token: false,
      unattended: true,
    };
    return { cluster, results: preflight.checks(input).filter(({ code }) => !onlyBefore.includes(code)) };
  } catch (error) {
    if (!isClusterError(error) || error.kind === 'interrupted') throw error;
    return null;
  }
};

/** Null when the way to it may not be opened. Errors: `interrupted`. */
export const verifyOn = async (
  context: Context,
  { client, deployment }: Reached,
): Promise<ProbeReport | null> => {
  const { name, namespace, graph } = deployment;
  try {
    return await verifyDeployment({
      client,
      probe: await context.entry.probe(),
      ask: { name, namespace, graph, patienceMs },
      say: () => {},
      signal: context.io.signal,
    });
  } catch (error) {
    if (!isClusterError(error) || error.kind === 'interrupted') throw error;
    return null;
  }
};

export type Page = MetricsPage & { readonly text: string | null };

export type Measured = MetricsWord & { readonly pages: readonly Page[] };

const pageOf = async (
  context: Context,
  { client, deployment }: Reached,
  { component, port }: MetricsPage,
): Promise<string | null> => {
  const { name, namespace, graph } = deployment;
  const { signal } = context.io;
  try {
    const { podSelector } = (await context.entry.probe()).target({ name, namespace, graph });
    const ask = { namespace, podSelector: podSelector(component), port, signal };
    const tunnel = await openPodTunnel(client, ask);
    if (tunnel === null) return null;
    try {
      const answer = await tunnel.send({ method: 'GET', path: '/metrics', body: null, timeoutMs: pageMs });
      return 'broken' in answer || answer.status !== 200 ? null : answer.text;
    } finally {
      await tunnel.close();
    }
  } catch (error) {
    if (!isClusterError(error) || error.kind === 'interrupted') throw error;
    return null;
  }
};

/** Errors: `interrupted`. */
export const measure = async (context: Context, reached: Reached): Promise<Measured> => {
  const { deployment } = reached;
  const { pages, readPages } = await context.entry.inventory();
  const asked = pages(deployment.graph);
  const texts = await Promise.all(asked.map(page => pageOf(context, reached, page)));
  return {
    ...readPages(deployment.name, texts),
    pages: asked.map((page, at) => ({ ...page, text: texts[at] ?? null })),
  };
};
