/** Disaggregation: proof that the prefill workers had a part in the answers. */

import type { Finding } from '../../../../core/finding.ts';
import type { Send } from '../../../../core/probe.ts';
import { finding } from '../rule.ts';
import type { WorkerRole } from './deployed.ts';
import { begin, type Run } from './journal.ts';
import { growthOf, parseMetrics, type Sample } from './metrics.ts';
import { get } from './reply.ts';

/** Port of every worker's own metrics. */
const systemPort = 9090;

const generate = { dynamo_endpoint: 'generate' } as const;

/** Requests that a worker was given, by the names that its releases use. */
const workerRequests = (before: readonly Sample[], after: readonly Sample[]): number | null =>
  growthOf(before, after, 'dynamo_component_requests_total', generate) ??
  growthOf(before, after, 'dynamo_component_request_duration_seconds_count', generate);

/** Requests of the prefill phase, as newer frontends count them themselves. */
const frontendRequests = (before: readonly Sample[], after: readonly Sample[]): number | null =>
  growthOf(before, after, 'dynamo_component_router_input_sequence_tokens_count', { phase: 'prefill' }) ??
  growthOf(before, after, 'dynamo_frontend_router_admission_received_total', { worker_type: 'prefill' });

const read = async (send: Send): Promise<Sample[] | null> => {
  const reply = await get(send, '/metrics', 10_000);
  return reply.kind === 'answer' && reply.status === 200 ? parseMetrics(reply.answer.text) : null;
};

/** Readings before the answers; the proof compares them with later ones. */
export type Baseline = {
  readonly role: WorkerRole;
  readonly frontend: readonly Sample[] | null;
  readonly worker: { readonly send: Send; readonly samples: readonly Sample[] } | null;
};

/** Null when the deployment has no prefill workers. */
export const baselineOf = async (run: Run): Promise<Baseline | null> => {
  const role = run.deployed.roles.find(({ kind }) => kind === 'prefill');
  if (role === undefined) return null;
  const frontend = await read(run.tools.send);
  const send = await run.tools.sendTo(role.component, systemPort);
  const samples = send === null ? null : await read(send);
  return { role, frontend, worker: send === null || samples === null ? null : { send, samples } };
};

type Proof = { readonly outcome: 'pass' | 'warn' | 'unknown'; readonly detail: string };

/** One of several workers may have had no request; the only one must have. */
const judgePrefill = (
  counted: { readonly frontend: number | null; readonly worker: number | null },
  replicas: number,
): Proof => {
  const most = Math.max(counted.frontend ?? 0, counted.worker ?? 0);
  if (most > 0) return { outcome: 'pass', detail: `${most} requests were prefilled` };
  if (counted.frontend === 0 || (counted.worker === 0 && replicas === 1))
    return { outcome: 'warn', detail: 'no request went through a prefill worker' };
  return { outcome: 'unknown', detail: 'no metrics tell who prefilled' };
};

/** Whether this run has ever counted; a counter that does not exist yet is none. */
const counted = async (
  run: Run,
  baseline: Baseline,
): Promise<{ frontend: number | null; worker: number | null }> => {
  const { frontend, worker } = baseline;
  const now = await read(run.tools.send);
  const later = worker === null ? null : await read(worker.send);
  return {
    frontend: frontend === null || now === null ? null : frontendRequests(frontend, now),
    worker: worker === null || later === null ? null : workerRequests(worker.samples, later),
  };
};

/** A warning at most: a request that was not prefilled elsewhere was answered all the same. */
export const provePrefill = async (run: Run, baseline: Baseline | null): Promise<readonly Finding[]> => {
  if (baseline === null) return [];
  const { name, namespace } = run.deployed;
  const step = begin(run, 'disaggregated', 'prefill workers do the prefill');
  const { outcome, detail } = judgePrefill(await counted(run, baseline), baseline.role.replicas);
  step.end(outcome, detail);
  if (outcome !== 'warn') return [];
  const labels = `nvidia.com/dynamo-graph-deployment-name=${name},nvidia.com/dynamo-component=${baseline.role.component}`;
  return [
    finding(
      'prefill-not-used',
      'warning',
      '',
      `The answers of ${name} came without its ${baseline.role.component} workers: the decode workers prefilled by themselves.`,
      `See whether they registered and found the decode workers: kubectl -n ${namespace} logs -l ${labels} --tail 50`,
    ),
  ];
};
