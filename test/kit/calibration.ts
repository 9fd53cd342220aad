/** Start-up memory that vLLM reported on real GPUs, and what the estimate says to the same settings. */

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
  readonly engineVersion: string;
  readonly model: string;
  /** GiB that CUDA reported. */
  readonly visibleGib: number | null;
  readonly capability: number;
  readonly tensor: number;
  readonly data: number;
  readonly expert: boolean;
  readonly utilization: number | null;
  readonly maxModelLen: number | null;
  readonly maxNumBatchedTokens?: number;
  readonly kvCacheDtype?: string;
  readonly eager?: boolean;
  readonly availableGib: number | null;
  readonly kvTokens: number | null;
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
  kvCacheDtype: point.kvCacheDtype ?? 'auto',
  eager: point.eager ?? false,
  maxNumBatchedTokens: point.maxNumBatchedTokens ?? null,
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

/** The middle of the range, held against the log: within 0.70 to 1.05 of it from 2 GiB on, else within 1.5 GiB. */
export const middleGib = ([low, high]: readonly [number, number]): number => (low + high) / 2;

export const isNear = (gib: number, observedGib: number): boolean =>
  observedGib >= 2
    ? gib >= 0.7 * observedGib && gib <= 1.05 * observedGib
    : Math.abs(gib - observedGib) <= 1.5;

const cell = (value: unknown, width: number): string =>
  (typeof value === 'number' ? value.toFixed(2) : String(value ?? '-')).padStart(width);

/** One line of the table that `FIT_TABLE=1` prints. */
export const tableLine = (point: Point): string => {
  const { kvCacheGib, verdict, weightsGib } = predicted(point);
  const [low, high] = kvCacheGib ?? [undefined, undefined];
  const seen = point.availableGib;
  const inside = kvCacheGib === null || seen === null ? '-' : seen >= kvCacheGib[0] && seen <= kvCacheGib[1];
  const ends =
    kvCacheGib === null || seen === null
      ? '-'
      : kvCacheGib.map(end => (isNear(end, seen) ? 'y' : 'n')).join('');
  const near = kvCacheGib === null || seen === null ? '-' : isNear(middleGib(kvCacheGib), seen);
  return [
    point.id.padEnd(22),
    cell(weightsGib?.[0], 8),
    cell(low, 8),
    cell(high, 8),
    cell(seen, 8),
    cell(inside, 7),
    cell(near, 7),
    cell(ends, 5),
    ` ${verdict} / ${point.starts ? 'started' : 'failed'}`,
  ].join('');
};
