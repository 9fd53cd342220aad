/** The question `fit` asks a component and the answer it gets, as plain data. Both ends of a range are given, the lower one first. */

import type { Finding } from './finding.ts';
import type { Settled, Values } from './settings.ts';

export type FitAsk = {
  readonly settled: Settled;
  /** Name, product label or instance type; null when none was said. */
  readonly gpu: string | null;
  /** GPUs of one node; null when not said. */
  readonly gpuCount: number | null;
  /** Memory as CUDA shows it, for GPUs that nobody knows; null when not said. */
  readonly gpuMemoryGib: number | null;
  /** Such as 8.9; null when not said. */
  readonly gpuCapability: number | null;
  /** Text of a config.json; null when the catalogue is to be used. */
  readonly modelConfig: string | null;
  /** Whole checkpoint as stored; null when the catalogue is to be used. */
  readonly weightsGib: number | null;
};

export type FitVerdict = 'fits' | 'tight' | 'does-not-fit' | 'unknown';

export type FitRange = readonly [low: number, high: number];

/** Null members are not known. */
export type FitPerGpu = {
  readonly visibleGiB: number | null;
  readonly utilization: number;
  /** Utilisation times visible memory: all that vLLM may use. */
  readonly budgetGiB: number | null;
  readonly weightsGiB: FitRange | null;
  /** Activations, libraries, graphs and the like. */
  readonly overheadGiB: FitRange | null;
  readonly kvCacheGiB: FitRange | null;
  readonly kvBytesPerToken: number | null;
  readonly maxModelLen: number | null;
  /** KV cache of one request of that length. */
  readonly requestGiB: number | null;
  /** Tokens that the cache holds. */
  readonly tokens: FitRange | null;
  /** Requests of full length at the same time. */
  readonly requests: FitRange | null;
  /** What is missing at the optimistic end; 0 when nothing is. */
  readonly shortGiB: number;
};

/** A change that was worked out, and what follows from it. */
export type FitAdvice = {
  /** Flags to add, as typed. */
  readonly change: string;
  /** The same as values of settings; empty for another GPU. */
  readonly settings: Values;
  readonly verdict: FitVerdict;
  /** Context that then fits for certain. */
  readonly maxModelLen: number;
};

/** One GPU and tensor parallel size of the table. */
export type FitCell = {
  readonly gpu: string;
  readonly tensorParallelSize: number;
  readonly expertParallel: boolean;
  readonly verdict: FitVerdict | 'illegal';
  readonly kvCacheGiB: FitRange | null;
  /** Longest context that fits for certain; 0 when none does, null when not known. */
  readonly longestContext: number | null;
};

export type FitReport = {
  /** What was asked, for the title: model, GPU, sizes, release. */
  readonly title: string;
  readonly verdict: FitVerdict;
  /** Null when nothing could be worked out. */
  readonly perGpu: FitPerGpu | null;
  readonly advice: readonly FitAdvice[];
  /** Empty when one GPU was asked for. */
  readonly table: readonly FitCell[];
  /** Errors mean that the choice is illegal; a misfit is the verdict. */
  readonly findings: readonly Finding[];
};

export type Fit = (ask: FitAsk) => FitReport;
