/** What differs between vLLM releases where memory is concerned. Facts from vLLM's source and release notes, 0.6 to 0.31. */

import { engineTable, newestTable } from '../engine/table.ts';
import type { Choice, GpuFacts, ModelFacts } from './facts.ts';

/** 23 for `0.23.0`: all releases so far are 0.x. A text that is no version counts as the newest. */
export const engineMinor = (version: string): number => {
  const match = /^(\d+)\.(\d+)/.exec(version);
  if (match === null) return 999;
  return Number(match[1]) * 1000 + Number(match[2]);
};

/** The first release with the engine called V1; before it a profile run was as long as the context. */
const firstV1 = 8;

export const isV1 = (engine: number): boolean => engine >= firstV1;

const flag = '--gpu-memory-utilization';

/** 0.90 up to vLLM 0.19, 0.92 from 0.20.1, as the release's own parser says. */
export const defaultUtilization = (release: string): number => {
  const value = (engineTable(release) ?? newestTable()).worker[flag]?.default;
  return typeof value === 'number' ? value : 0.9;
};

export type Batch = {
  /** Tokens of one step. */
  readonly tokens: number;
  /** Requests of one step. */
  readonly requests: number;
};

/** `get_batch_defaults` for an API server: by the memory of the GPU, with the A100 left out. */
const usualBatch = (gpu: GpuFacts | null, engine: number): Batch => {
  const visibleGib = gpu?.visibleGib ?? 0;
  if (engine >= 28 && visibleGib >= 160) return { tokens: 16_384, requests: 1024 };
  return visibleGib >= 70 && gpu?.capability !== 8
    ? { tokens: 8192, requests: 1024 }
    : { tokens: 2048, requests: 256 };
};

/** V0 took a whole prompt at once, and pieces of it only for contexts above 32,768. */
const oldBatch = (contextTokens: number): Batch => ({
  tokens: contextTokens > 32_768 ? 2048 : Math.max(2048, contextTokens),
  requests: 256,
});

export const batchOf = (gpu: GpuFacts | null, choice: Choice, contextTokens: number): Batch => {
  const usual = isV1(choice.engine) ? usualBatch(gpu, choice.engine) : oldBatch(contextTokens);
  return {
    tokens: choice.maxNumBatchedTokens ?? usual.tokens,
    requests: choice.maxNumSeqs ?? usual.requests,
  };
};

/** The first of the releases here in which windows keep room for all steps under way; 0.23 counts one (`max_in_flight_tokens`). */
const firstInFlight = 26;

/** The first whose usual runner overlaps steps of a pipeline, too. */
const firstOverlappedStages = 29;

/** Steps under way at once: the stages of a pipeline, and one more while the next is scheduled ahead, as is usual. */
const stepsInFlight = ({ engine, pipeline, asyncScheduling }: Choice): number => {
  if (engine < firstInFlight) return 1;
  const ahead = asyncScheduling && (pipeline === 1 || engine >= firstOverlappedStages);
  return pipeline + (ahead ? 1 : 0);
};

/** Tokens that a window must have room for besides its own. */
export const inFlightTokens = (choice: Choice, { tokens }: Batch): number => tokens * stepsInFlight(choice);

/**
 * Whether an estimate of the CUDA graphs is taken off the budget (since 0.21). On 0.23 this was so for models with experts only; the
 * model runner of dense models got it in 0.29. Otherwise graphs come on top of the budget.
 */
export const countsGraphs = (model: ModelFacts, choice: Choice): boolean =>
  !choice.eager && choice.engine >= (model.experts === null ? 29 : 21);

/** Up to 0.15 the admission check held the whole model's KV cache against one pipeline stage. */
export const admitsByStage = (engine: number): boolean => engine >= 16;

/**
 * Whether layers with a window are cached as such. Any connector turned that off up to about 0.16; the way to keep it with NIXL came
 * with 0.17 and became the default with 0.23.
 */
export const keepsWindows = (choice: Choice): boolean => !choice.connector || choice.engine >= 17;
