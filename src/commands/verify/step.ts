/** Verification as a step of a deployment, and of the verb: runs it, tells it, and says how to go on. */

import type { Client } from '../../cluster/client.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import type { ProbeAsk, ProbeReport } from '../../core/probe.ts';
import { CliError } from '../../errors.ts';
import { asCliError, durationOf } from '../connection.ts';
import { type Context, commandLine } from '../context.ts';
import { kubectlFor, reachWords, verbLineFor } from '../kubectl.ts';
import type { Step } from '../steps.ts';
import { verbs } from '../verbs.ts';
import { type NextStep, nextSteps } from './next.ts';
import { noteVerified } from './note.ts';
import { verifyDeployment } from './run.ts';
import { tellReport, tellStep } from './show.ts';

/** A first answer may have to compile kernels; a model of this size has long been loaded by then. Milliseconds. */
const patienceMs = 180_000;

export type Verified = {
  readonly report: ProbeReport;
  readonly next: readonly NextStep[];
  /** Whether it was noted beside the deployment, where a status reads it. */
  readonly noted: boolean;
};

const note = async (
  { io }: Context,
  client: Client,
  ask: ProbeAsk,
  { verdict, firstTokenMs }: ProbeReport,
): Promise<boolean> =>
  verdict === 'serving' && noteVerified(client, ask, { at: Date.now(), by: io.version, firstTokenMs });

/** Who changes a deployment has its snippets already: `endpoint` shows them again. */
const changing: readonly (string | undefined)[] = ['scale', 'edit'];
const short: readonly NextStep['key'][] = ['address', 'commands'];

const shownOf = ({ verb }: Context, next: readonly NextStep[]): readonly NextStep[] =>
  changing.includes(verb) ? next.filter(({ key }) => short.includes(key)) : next;

const mapped = (context: Context, { name, namespace }: ProbeAsk, error: unknown): unknown => {
  if (!isClusterError(error) || error.kind !== 'interrupted') return asCliError(error);
  const line = (verb: string): string => verbLineFor(context, verb, name, namespace);
  return new CliError('interrupted', 'Interrupted while verifying; the deployment stays as it is.', {
    hint: `To verify it again: ${line('verify')}\nTo remove it: ${line('uninstall')}`,
  });
};

/** Verifies and tells. Errors: CliError. */
export const verifyAndTell = async (context: Context, client: Client, ask: ProbeAsk): Promise<Verified> => {
  const { io, entry } = context;
  const probe = await entry.probe();
  try {
    const report = await verifyDeployment({ client, probe, ask, say: tellStep(context), signal: io.signal });
    const { service, port } = probe.target(ask);
    const { model, address } = report;
    const next = nextSteps({
      model,
      address,
      name: ask.name,
      namespace: ask.namespace,
      service,
      port,
      line: commandLine(entry, '').trimEnd(),
      kubectl: kubectlFor(context),
      reach: reachWords(context),
      verbs: verbs.map(verb => verb.name),
    });
    tellReport(context, report, shownOf(context, next));
    return { report, next, noted: await note(context, client, ask, report) };
  } catch (error) {
    throw mapped(context, ask, error);
  }
};

const isGraph = ({ apiVersion }: KubernetesObject, group: string): boolean =>
  apiVersion.startsWith(`${group}/`);

/** The last step of a deployment. Errors: CliError; that it does not serve is none. */
export const verifyStep = async ({ context, client, awaited }: Step): Promise<Verified> => {
  const { name, namespace, objects } = awaited;
  const { group } = (await context.entry.preflight()).survey.graph;
  const graph = objects.find(object => isGraph(object, group));
  if (graph === undefined)
    throw new Error('A deployment without the object that makes it cannot be verified.');
  const limit = durationOf('--timeout', context.options.timeout);
  const limitMs = limit === null ? patienceMs : Math.min(patienceMs, limit * 1000);
  return verifyAndTell(context, client, { name, namespace, graph, patienceMs: limitMs });
};
