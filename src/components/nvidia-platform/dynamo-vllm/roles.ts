/** Builds the roles of a deployment: how many, with how many GPUs, which arguments, which environment, where they run. */

import type { Owned, Taken } from './args.ts';
import type { Dialect } from './dialect.ts';
import { frontendEnv, workerEnv } from './env.ts';
import { cpuOffloadGib } from './fit/asked.ts';
import { patienceFor } from './patience.ts';
import { placementFor } from './placement.ts';
import type { Outline, Parallelism, Plan, Role, RoleKind, Variable } from './plan.ts';
import { kvbmDisk, memoryOf } from './resources.ts';
import type { Settings } from './settings.ts';
import { updateAnnotations } from './update.ts';

const components: Readonly<Record<RoleKind, string>> = {
  frontend: 'Frontend',
  worker: 'worker',
  prefill: 'prefill',
  decode: 'decode',
};

const owned = (said: Owned, size: number, kind: 'tensor' | 'pipeline'): number => said[kind] ?? size;

/** An explicit answer stands against the additional arguments (a rule reports the contradiction); a default gives way to them. */
const parallelismOf = (
  settings: Settings,
  kind: RoleKind,
  taken: Taken,
  explicit: (key: string) => boolean,
): Parallelism => {
  const said = taken.owned;
  const [tp, pp, ep] = parallelKeys[kind === 'prefill' ? 'prefill' : kind === 'decode' ? 'decode' : 'worker'];
  return {
    tensor: explicit(tp) ? settings[tp] : owned(said, settings[tp], 'tensor'),
    pipeline: explicit(pp) ? settings[pp] : owned(said, settings[pp], 'pipeline'),
    data: said.data ?? 1,
    expert: explicit(ep) ? settings[ep] : (said.expert ?? settings[ep]),
  };
};

export const parallelKeys = {
  worker: ['tensorParallelSize', 'pipelineParallelSize', 'expertParallel'],
  prefill: ['prefillTensorParallelSize', 'prefillPipelineParallelSize', 'prefillExpertParallel'],
  decode: ['decodeTensorParallelSize', 'decodePipelineParallelSize', 'decodeExpertParallel'],
} as const;

const replicaKeys = { worker: 'replicas', prefill: 'prefillReplicas', decode: 'decodeReplicas' } as const;

const parallelArgs = (parallelism: Parallelism): string[] => [
  '--tensor-parallel-size',
  String(parallelism.tensor),
  ...(parallelism.pipeline > 1 ? ['--pipeline-parallel-size', String(parallelism.pipeline)] : []),
  ...(parallelism.data > 1 ? ['--data-parallel-size', String(parallelism.data)] : []),
  ...(parallelism.expert ? ['--enable-expert-parallel'] : []),
];

type WorkerKind = keyof typeof replicaKeys;

const transferArgs = (kind: WorkerKind, outline: Outline, dialect: Dialect): readonly string[] => {
  const { kvbm, transfer } = dialect.runtime;
  if (outline.kvbm !== null) return kvbm[kind];
  return kind === 'worker' ? [] : transfer;
};

/** Decode workers publish nothing: their blocks came from prefill and would be counted twice from 1.4 on. */
const eventArgs = (kind: WorkerKind, outline: Outline, dialect: Dialect, taken: Taken): readonly string[] => {
  if (kind === 'decode') return [];
  if (taken.owned.kvEvents.length > 0) return taken.owned.kvEvents;
  return outline.router === null ? [] : dialect.runtime.kvEvents;
};

const eager = '--enforce-eager';

/** Whether an argument list says these words in a row already. */
export const holds = (args: readonly string[], words: readonly string[]): boolean =>
  args.some((_, at) => words.every((word, index) => args[at + index] === word));

/** On the claim the folder holds one revision; without it the engine fetches the one asked for. */
const revisionArgs = ({ cache, model }: Outline): string[] =>
  cache === null && model.revision !== 'main' ? ['--revision', model.revision] : [];

const argsOf = (
  kind: WorkerKind,
  parallelism: Parallelism,
  outline: Outline,
  dialect: Dialect,
  taken: Taken,
): string[] => {
  const { model } = outline;
  const role = kind === 'worker' ? [] : dialect.runtime.role[kind];
  const planned = [
    ...['--model', model.path, '--served-model-name', ...model.servedNames],
    ...revisionArgs(outline),
    ...role,
    ...parallelArgs(parallelism),
    ...(model.maxModelLen === null ? [] : ['--max-model-len', model.maxModelLen]),
    ...transferArgs(kind, outline, dialect),
    ...eventArgs(kind, outline, dialect, taken),
    ...(outline.kvbm !== null ? [eager] : []),
  ];
  const extra = taken.rest.filter(word => !holds(planned, word.tokens));
  return [...planned, ...extra.flatMap(word => word.tokens)];
};

const worker = (
  kind: WorkerKind,
  settings: Settings,
  outline: Outline,
  dialect: Dialect,
  taken: Taken,
  explicit: (key: string) => boolean,
): Role => {
  const parallelism = parallelismOf(settings, kind, taken, explicit);
  const gpus = parallelism.tensor * parallelism.pipeline * parallelism.data;
  const offloads = outline.kvbm !== null && kind !== 'decode' ? outline.kvbm : null;
  const update = updateAnnotations(settings.updateStrategy);
  return {
    kind,
    component: components[kind],
    replicas: settings[replicaKeys[kind]],
    parallelism,
    gpus,
    command: ['python3', '-m', 'dynamo.vllm'],
    args: argsOf(kind, parallelism, outline, dialect, taken),
    env: workerEnv(settings, outline, offloads),
    ...memoryOf(
      settings,
      { gpus, kvbm: offloads, offloadGiB: cpuOffloadGib(taken.rest) },
      dialect.operator.requestsEphemeralStorage,
    ),
    disk: kvbmDisk(offloads),
    ...patienceFor(outline),
    ...(update === null ? {} : { update }),
    placement: placementFor(settings, outline.cache, true),
  };
};

const frontend = (settings: Settings, outline: Outline, dialect: Dialect): Role => {
  const env: readonly Variable[] = frontendEnv(settings, outline, dialect);
  return {
    kind: 'frontend',
    component: components.frontend,
    replicas: 1,
    parallelism: null,
    gpus: 0,
    command: [],
    args: [],
    env,
    requests: {},
    limits: {},
    sharedMemory: null,
    disk: null,
    placement: placementFor(settings, outline.cache, false),
  };
};

const workerKinds: Readonly<Record<Plan['mode'], readonly WorkerKind[]>> = {
  aggregated: ['worker'],
  disaggregated: ['prefill', 'decode'],
};

/** The roles of a mode, in the order in which they are rendered. */
export const kindsOf = (mode: Plan['mode']): readonly WorkerKind[] => workerKinds[mode];

export const planRoles = (
  settings: Settings,
  outline: Outline,
  dialect: Dialect,
  taken: Taken,
  explicit: (key: string) => boolean,
): Role[] => [
  frontend(settings, outline, dialect),
  ...kindsOf(outline.mode).map(kind => worker(kind, settings, outline, dialect, taken, explicit)),
];
