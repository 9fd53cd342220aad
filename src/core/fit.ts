/** The question `fit` asks a component and the answer it gets, as plain data. Both ends of a range are given, the lower one first. */

import type { NodeFact, NodeUse } from './cluster-facts.ts';
import type { Finding } from './finding.ts';
import type { HubFacts } from './hub-facts.ts';
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
  /** What the Hub said of the model; null when it was not asked. */
  readonly hub: HubFacts | null;
  /** Nodes to choose GPUs from; null when a GPU was named or none. */
  readonly nodes: readonly NodeFact[] | null;
  /** What bound pods hold of them; null when that is not known. */
  readonly use: readonly NodeUse[] | null;
  /** Release of the operator of those nodes' cluster, which decides where nobody chose one; null when not known. */
  readonly operatorRelease: string | null;
  /** Null when nobody gave a price table. */
  readonly prices: Prices | null;
};

/** Money an hour, in whatever currency: by instance type for the whole machine, by name of a GPU for one of them. */
export type Prices = Readonly<Record<string, number>>;

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
  /** Only what is added to the settings that there are: `--max-model-len 86016` without the other engine arguments. */
  readonly adds: string;
  /** The same as values of settings; empty for another GPU. */
  readonly settings: Values;
  readonly verdict: FitVerdict;
  /** Context that then fits for certain. */
  readonly maxModelLen: number;
};

/** One GPU and tensor parallel size of the table. */
export type FitCell = {
  /** As in `found` where nodes were given. */
  readonly gpu: string;
  readonly tensorParallelSize: number;
  readonly expertParallel: boolean;
  readonly verdict: FitVerdict | 'illegal';
  readonly kvCacheGiB: FitRange | null;
  /** Longest context that fits for certain; 0 when none does, null when not known. */
  readonly longestContext: number | null;
  /** Whether one node has so many GPUs free; null when that is not known. */
  readonly free: boolean | null;
  /** What its GPUs, or the machine they are in, cost an hour; null without a price. */
  readonly costPerHour: number | null;
};

/** One kind of GPU that was found on nodes that take pods. */
export type FitFound = {
  /** Its name; `(shared)` behind it where pods share each GPU. */
  readonly gpu: string;
  readonly nodes: number;
  /** Whole GPUs, or slices where they are cut. */
  readonly gpus: number;
  /** Null when it is not known what other pods hold. */
  readonly freeGpus: number | null;
  /** On the node that has the most. */
  readonly mostOnOneNode: number;
  /** Pods that are let onto one GPU at the same time. */
  readonly sharedBy: number;
};

/** What one worker needs of its node beside the memory of GPUs. GiB. */
export type FitHost = {
  /** Processes and pinned memory; at the upper end the weights as page cache too, which is faster and not needed. */
  readonly memoryGiB: FitRange;
  /** The part that cannot be swapped: KVBM's CPU tier and offloaded weights. */
  readonly pinnedGiB: number;
  /** /dev/shm. */
  readonly sharedMemoryGiB: number;
  /** Ephemeral storage: logs, compiled kernels, KVBM's disk tier, and the model where no claim keeps it. */
  readonly ephemeralGiB: number;
  /** Size of the claim for the model; null when none is made or the model's size is not known. */
  readonly modelCacheGiB: number | null;
  /** From the pod's start to its first answer, with the image there or not; null when the model's size is not known. */
  readonly startSeconds: FitRange | null;
};

export type FitReport = {
  /** What was asked, for the title: model, GPU, sizes, release. */
  readonly title: string;
  readonly verdict: FitVerdict;
  /** Null when nothing could be worked out. */
  readonly perGpu: FitPerGpu | null;
  /** Where the figures of the model are from; null when nothing is known of it. */
  readonly modelFrom: 'said' | 'hub' | 'catalogue' | null;
  /** Whether both its size and its configuration are known. */
  readonly modelComplete: boolean;
  /** Null when nothing is known of the model. */
  readonly host: FitHost | null;
  /** What one worker's GPUs cost an hour; null without a price. */
  readonly costPerHour: number | null;
  readonly advice: readonly FitAdvice[];
  /** GPUs of the nodes that were given; empty without nodes. */
  readonly found: readonly FitFound[];
  /** Empty when one GPU was asked for. */
  readonly table: readonly FitCell[];
  /** Errors mean that the choice is illegal; a misfit is the verdict. */
  readonly findings: readonly Finding[];
};

export type Fit = (ask: FitAsk) => FitReport;
