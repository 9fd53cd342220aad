/** The sum for one choice on one GPU: budget - weights - overhead = KV cache, as a range, and the verdict that follows. */

import type { FitVerdict } from '../../../../core/fit.ts';
import { countedDraft, draftGib } from './draft.ts';
import { admitsByStage, batchOf, inFlightTokens } from './engine.ts';
import { bytesPerGib, type Choice, type GpuFacts, type ModelFacts, type Range } from './facts.ts';
import { type Cost, costOf, requestBytes, tokenBytesTotal } from './kv.ts';
import { type Overhead, overheadOf, overheadTotal } from './overhead.ts';
import { weightsOnGpu } from './weights.ts';

export type Estimate = {
  readonly verdict: FitVerdict;
  /** What is not known and would be needed; empty unless the verdict is `unknown`, and when only the utilisation is wrong. */
  readonly missing: readonly string[];
  readonly utilization: number;
  /** Utilisation times visible memory; null without a GPU. */
  readonly budgetGib: number | null;
  readonly weightsGib: Range | null;
  readonly overhead: Overhead | null;
  /** Free for the KV cache, pessimistic end first. Negative: the weights alone are too much. */
  readonly kvCacheGib: Range | null;
  /** On one GPU; exact. */
  readonly kvBytesPerToken: number | null;
  /** KV cache of one request as long as the context; exact. */
  readonly requestGib: number | null;
  /** Tokens a request may have; null when nobody said and the model does not. */
  readonly contextTokens: number | null;
  /** Tokens that the KV cache of one data-parallel rank holds. */
  readonly tokens: Range | null;
  /** Requests as long as the context at the same time. */
  readonly requests: Range | null;
  /** What is missing at the optimistic end; 0 when nothing is. */
  readonly shortGib: number;
};

/** The shortest context that is worth a start when the engine may choose. */
const leastAutoTokens = 2048;

const contextOf = (model: ModelFacts, choice: Choice): number | null =>
  typeof choice.maxModelLen === 'number' ? choice.maxModelLen : model.contextTokens;

/** An explicit size of the cache goes past utilisation; it still has to be there. */
const cacheOf = (choice: Choice, gpu: GpuFacts, budgetGib: number, used: Range): Range => {
  if (choice.kvCacheMemoryBytes === null) return [budgetGib - used[1], budgetGib - used[0]];
  const asked = choice.kvCacheMemoryBytes / bytesPerGib;
  return [Math.min(asked, gpu.visibleGib - used[1]), Math.min(asked, gpu.visibleGib - used[0])];
};

const verdictOf = ([low, high]: Range, neededGib: number): FitVerdict => {
  if (low >= neededGib) return 'fits';
  return high >= neededGib ? 'tight' : 'does-not-fit';
};

/** A share of the memory; anything else is refused and says nothing about a budget. */
const isShare = (utilization: number): boolean => utilization > 0 && utilization <= 1;

const missingOf = (
  gpu: GpuFacts | null,
  weights: Range | null,
  cost: Cost | null,
  context: number | null,
): string[] => [
  ...(gpu === null ? ['the memory of the GPU'] : []),
  ...(weights === null ? ['the size of the weights'] : []),
  ...(cost === null ? ['what the attention caches'] : []),
  ...(context === null ? ['the length of the context'] : []),
];

const clamp = ([low, high]: Range, each: (gib: number) => number): Range => [
  Math.max(0, each(low)),
  Math.max(0, each(high)),
];

/** Whether the weights alone are too much, which needs no knowledge of the attention. */
const weightsAreTooMuch = (cache: Range | null): boolean => cache !== null && cache[1] < 0;

type Sizes = { readonly gib: number; readonly context: number } | null;

const sizesOf = (model: ModelFacts, choice: Choice, gpu: GpuFacts | null): Sizes => {
  const context = contextOf(model, choice);
  const cost = costOf(model, choice, admitsByStage(choice.engine) ? choice.pipeline : 1);
  if (cost === null || context === null) return null;
  const tokens = inFlightTokens(choice, batchOf(gpu, choice, context));
  const draft = draftGib(countedDraft(model, choice), context);
  return { gib: requestBytes(cost, context, tokens) / bytesPerGib + draft, context };
};

/** What one request must find free for the engine to start; with `auto` the engine shortens the context by itself. */
const neededGib = (model: ModelFacts, choice: Choice, gpu: GpuFacts | null, sizes: Sizes): number | null => {
  if (sizes === null || choice.maxModelLen !== 'auto') return sizes?.gib ?? null;
  const least = Math.min(leastAutoTokens, sizes.context);
  return sizesOf(model, { ...choice, maxModelLen: least }, gpu)?.gib ?? null;
};

const judged = (cache: Range | null, needed: number | null): FitVerdict => {
  if (cache !== null && needed !== null) return verdictOf(cache, needed);
  return weightsAreTooMuch(cache) ? 'does-not-fit' : 'unknown';
};

type Memory = Pick<Estimate, 'utilization' | 'budgetGib' | 'weightsGib' | 'overhead' | 'kvCacheGib'>;

const withDraft = (weights: Range | null, model: ModelFacts, choice: Choice): Range | null => {
  const [low, high] = countedDraft(model, choice).weightsGib;
  return weights === null ? null : [weights[0] + low, weights[1] + high];
};

const memoryOf = (model: ModelFacts, choice: Choice, gpu: GpuFacts | null): Memory => {
  const { utilization } = choice;
  const weightsGib = withDraft(weightsOnGpu(model, choice, gpu), model, choice);
  if (gpu === null || !isShare(utilization))
    return { utilization, weightsGib, budgetGib: null, overhead: null, kvCacheGib: null };
  const overhead = overheadOf(model, choice, batchOf(gpu, choice, contextOf(model, choice) ?? 0));
  const budgetGib = gpu.visibleGib * utilization;
  const [least, most] = overheadTotal(overhead);
  const kvCacheGib =
    weightsGib === null
      ? null
      : cacheOf(choice, gpu, budgetGib, [weightsGib[0] + least, weightsGib[1] + most]);
  return { utilization, weightsGib, budgetGib, overhead, kvCacheGib };
};

/** How much of the context the cache holds; null where either is not known. */
const holdings = (cache: Range | null, sizes: Sizes): Pick<Estimate, 'requests' | 'tokens'> => {
  if (cache === null || sizes === null) return { requests: null, tokens: null };
  const requests = clamp(cache, gib => gib / sizes.gib);
  return { requests, tokens: clamp(requests, count => Math.floor(count * sizes.context)) };
};

export const estimate = (model: ModelFacts, choice: Choice, gpu: GpuFacts | null): Estimate => {
  const memory = memoryOf(model, choice, gpu);
  const contextTokens = contextOf(model, choice);
  const cost = costOf(model, choice);
  const sizes = sizesOf(model, choice, gpu);
  const needed = neededGib(model, choice, gpu, sizes);
  const verdict = judged(memory.kvCacheGib, needed);
  const short = verdict === 'does-not-fit' ? (needed ?? 0) - (memory.kvCacheGib?.[1] ?? 0) : 0;
  return {
    ...memory,
    ...holdings(memory.kvCacheGib, sizes),
    verdict,
    missing: verdict === 'unknown' ? missingOf(gpu, memory.weightsGib, cost, contextTokens) : [],
    kvBytesPerToken:
      cost === null ? null : tokenBytesTotal(cost) + countedDraft(model, choice).kvBytesPerToken,
    requestGib: sizes?.gib ?? null,
    contextTokens,
    shortGib: short,
  };
};
