/** Start-up memory that vLLM reported on real GPUs against what the estimate says to the same settings, and the rule by which it is judged. */

import { choiceFrom } from '../../src/components/nvidia-platform/dynamo-vllm/fit/asked.ts';
import { knownModel } from '../../src/components/nvidia-platform/dynamo-vllm/fit/catalogue.ts';
import { type Estimate, estimate } from '../../src/components/nvidia-platform/dynamo-vllm/fit/estimate.ts';
import type {
  Choice,
  GpuFacts,
  ModelFacts,
} from '../../src/components/nvidia-platform/dynamo-vllm/fit/facts.ts';

/** One start. Null where the log does not say. */
export type Point = {
  readonly id: string;
  /** Where the log is from. */
  readonly source: string;
  readonly engineVersion: string;
  readonly model: string;
  /** The GPU, in a few words. */
  readonly card: string;
  /** GiB that CUDA reported. */
  readonly visibleGib: number | null;
  readonly capability: number;
  readonly tensor: number;
  readonly data: number;
  readonly expert: boolean;
  readonly utilization: number | null;
  readonly maxModelLen: number | null;
  readonly maxNumBatchedTokens: number | null;
  readonly kvCacheDtype: string;
  readonly eager: boolean;
  /** On one GPU, as loaded. */
  readonly weightsGib: number | null;
  /** KV cache of one request as long as the context. */
  readonly neededGib: number | null;
  /** Free for KV cache. */
  readonly availableGib: number | null;
  /** KV cache on one GPU. */
  readonly bytesPerToken: number;
  readonly starts: boolean;
};

/** The Dynamo release with that vLLM or the nearest one, for defaults that the point does not say. */
const release = '1.3.1';

const choiceOf = (point: Point): Choice => ({
  ...choiceFrom({
    release,
    engineVersion: point.engineVersion,
    parallelism: { tensor: point.tensor, pipeline: 1, data: point.data, expert: point.expert },
    maxModelLen: point.maxModelLen === null ? null : String(point.maxModelLen),
    words: [],
    connector: false,
    env: [],
  }),
  utilization: point.utilization ?? 0.9,
  kvCacheDtype: point.kvCacheDtype,
  eager: point.eager,
  maxNumBatchedTokens: point.maxNumBatchedTokens,
});

export const predicted = (point: Point): Estimate => {
  const model: ModelFacts | undefined = knownModel(point.model);
  if (model === undefined) throw new Error(`${point.model} is not in the catalogue.`);
  const gpu: GpuFacts | null =
    point.visibleGib === null
      ? null
      : { name: 'measured', visibleGib: point.visibleGib, capability: point.capability, nvlink: null };
  return estimate(model, choiceOf(point), gpu);
};

/** Without utilisation or visible memory the free memory cannot be worked out; the exact figures can. */
export const isBlind = ({ utilization, visibleGib }: Point): boolean =>
  utilization === null || visibleGib === null;

/** The middle of the range is what is held against the log. */
export const middleGib = ([low, high]: readonly [number, number]): number => (low + high) / 2;

/** Within 0.70 to 1.05 of the log from 2 GiB on, else within 1.5 GiB. */
export const isNear = (gib: number, observedGib: number): boolean =>
  observedGib >= 2
    ? gib >= 0.7 * observedGib && gib <= 1.05 * observedGib
    : Math.abs(gib - observedGib) <= 1.5;

const halfPercent = 0.005;
const isExact = (value: number | null, seen: number | null): boolean =>
  seen === null || Math.abs((value ?? 0) / seen - 1) < halfPercent;

/** What of a point the estimate gets wrong, in words; empty when it is right. */
export const misses = (point: Point): string[] => {
  const sum = predicted(point);
  const { availableGib } = point;
  const blind = isBlind(point);
  const range = sum.kvCacheGib;
  return [
    ...(isExact(sum.kvBytesPerToken, point.bytesPerToken) ? [] : ['bytes per token']),
    ...(isExact(sum.requestGib, point.neededGib) ? [] : ['KV cache of one request']),
    ...(point.starts && sum.verdict === 'does-not-fit' ? ['refuses what started'] : []),
    ...(!blind && !point.starts && sum.verdict === 'fits' ? ['lets through what failed'] : []),
    ...(blind || availableGib === null || (range !== null && isNear(middleGib(range), availableGib))
      ? []
      : ['free KV cache']),
  ];
};
