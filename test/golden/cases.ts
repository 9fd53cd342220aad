/** Every dialect × pattern. Qwen3-32B stands where a parallel size of 4 GPUs is needed, which the FP8 default cannot be cut into. */

import type { Value } from '../../src/core/schema.ts';

type Answers = Readonly<Record<string, Value>>;

/** Newest patch of each line of releases. */
export const releases = [
  '0.8.1',
  '0.9.1',
  '1.0.2',
  '1.1.1',
  '1.2.1',
  '1.3.1',
  '1.4.2',
  '1.5.1',
  '1.6.1',
] as const;

const disaggregated: Answers = { mode: 'disaggregated' };

export const patterns: Readonly<Record<string, Answers>> = {
  aggregated: {},
  router: { kvRouter: true, replicas: 2, routerOverlapWeight: 1.5 },
  disaggregated,
  'disaggregated-router': { ...disaggregated, kvRouter: true, prefillReplicas: 2, decodeReplicas: 2 },
  kvbm: { kvbm: true, kvbmCpuGb: 40, kvbmDiskGb: 100, platform: 'eks' },
  'disaggregated-kvbm': { ...disaggregated, kvbm: true, decodeTensorParallelSize: 2 },
  'tp2-pp2': {
    model: 'Qwen/Qwen3-32B',
    tensorParallelSize: 2,
    pipelineParallelSize: 2,
    vllmArgs: '--max-model-len 32k',
  },
  'expert-parallel': {
    tensorParallelSize: 4,
    expertParallel: true,
    env: ['VLLM_LOGGING_LEVEL=DEBUG'],
    structuredLogging: true,
  },
};

export type Case = {
  readonly name: string;
  readonly release: string;
  readonly pattern: string;
  readonly answers: Answers;
};

export const cases: readonly Case[] = releases.flatMap(release =>
  Object.entries(patterns).map(([pattern, answers]) => ({
    name: `${release}/${pattern}`,
    release,
    pattern,
    answers: { release, ...answers },
  })),
);
