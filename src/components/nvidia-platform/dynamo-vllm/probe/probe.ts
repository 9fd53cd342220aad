/** Verifies a deployment from its frontend to the last metric: the order of the stages, and the report. */

import type { Finding } from '../../../../core/finding.ts';
import type { Probe, ProbeAsk, ProbeReport, ProbeTools } from '../../../../core/probe.ts';
import { health, live } from './alive.ts';
import { type Answered, answered } from './answers.ts';
import { type Deployed, deployedBy } from './deployed.ts';
import { baselineOf, provePrefill } from './disaggregated.ts';
import type { Failed, Run } from './journal.ts';
import { showKvbm } from './kvbm.ts';
import { listed } from './listed.ts';
import { proveRouter } from './router.ts';

/** Port of the frontend's Service in every release. */
const port = 8000;

const serviceOf = ({ name, frontend }: Pick<Deployed, 'name' | 'frontend'>): string =>
  `${name}-${frontend.toLowerCase()}`.replaceAll('.', '-');

export const addressOf = (deployed: Deployed): string =>
  `http://${serviceOf(deployed)}.${deployed.namespace}.svc.cluster.local:${port}/v1`;

const versionsOf = ({ release, engine }: Deployed): Record<string, string> => ({
  ...(release === null ? {} : { dynamo: release }),
  ...(engine === null ? {} : { vllm: engine }),
});

type Serving = Extract<Answered, { kind: 'passed' }> & {
  readonly model: string;
  readonly findings: readonly Finding[];
};

/** A deployment that the operator itself does not call successful is not ready, whatever failed first. */
const verdictOf = ({ verdict }: Failed, { state }: Deployed): ProbeReport['verdict'] =>
  state !== null && state !== 'successful' ? 'not-ready' : verdict;

const report = (run: Run, ended: Serving | Failed): ProbeReport => {
  const { deployed, steps } = run;
  const passed = ended.kind === 'passed' ? ended : null;
  return {
    verdict: ended.kind === 'passed' ? 'serving' : verdictOf(ended, deployed),
    steps,
    findings: ended.findings,
    model: passed?.model ?? deployed.served[0] ?? '',
    answer: passed?.first.text ?? null,
    firstTokenMs: passed?.firstTokenMs ?? null,
    tokensPerSecond: passed?.tokensPerSecond ?? null,
    address: addressOf(deployed),
    versions: versionsOf(deployed),
  };
};

const stages = async (run: Run): Promise<Serving | Failed> => {
  const alive = await live(run);
  if (alive.kind === 'failed') return alive;
  await health(run);
  const found = await listed(run);
  if (found.kind === 'failed') return found;
  const baseline = await baselineOf(run);
  const answers = await answered(run, found.model);
  if (answers.kind === 'unlisted') return stages(run);
  if (answers.kind === 'failed') return answers;
  const routing = await proveRouter(run, found.model);
  const prefill = await provePrefill(run, baseline);
  await showKvbm(run);
  return { ...answers, model: found.model, findings: [...routing, ...prefill] };
};

export const probe: Probe = {
  target: ({ name, namespace, graph }) => {
    const deployed = deployedBy(graph, name, namespace);
    return {
      service: serviceOf(deployed),
      port,
      frontend: deployed.frontend,
      podSelector: component =>
        `nvidia.com/dynamo-graph-deployment-name=${name},nvidia.com/dynamo-component=${component}`,
    };
  },
  run: async (ask: ProbeAsk, tools: ProbeTools) => {
    const run: Run = {
      deployed: deployedBy(ask.graph, ask.name, ask.namespace),
      tools,
      deadline: tools.now() + ask.patienceMs,
      steps: [],
    };
    return report(run, await stages(run));
  },
};
