/**
 * What a worker needs of its budget besides weights and KV cache, in GiB, each part a range with a physical meaning. Shapes of the
 * tensors are vLLM's; where kernels differ, both ends were seen on GPUs (start-up logs 0.6 to 0.29, and measurements on an H200 with 0.23).
 */

import { type Batch, countsGraphs, isV1 } from './engine.ts';
import { bytesPerGib, type Choice, type ModelFacts, type Range } from './facts.ts';

export type Overhead = {
  /** Peak of the profile run: one layer's tensors for a full step, or the sampler's for all requests. */
  readonly activationsGib: Range;
  /** Expert kernels: workspaces that stay, and their code. Zero without experts. */
  readonly expertsGib: Range;
  /** CUDA libraries, and NCCL's buffers between GPUs. */
  readonly librariesGib: Range;
  /** CUDA graphs, where they count. */
  readonly graphsGib: Range;
  /** Buffers of a KV connector. */
  readonly connectorGib: Range;
};

const scaled = (range: Range, factor: number): Range => [range[0] * factor, range[1] * factor];
const larger = (a: Range, b: Range): Range => [Math.max(a[0], b[0]), Math.max(a[1], b[1])];

const bytesOf16Bits = 2;

/**
 * How many sets of a layer's tensors are alive at the peak. V0 freed them one by one. V1's profile runs the compiled model, where the
 * outputs of one piece live on beside the next: 2.1 sets were measured for dense models of 8B, 32B and 70B.
 */
export const liveSets = { v0: [1, 1.2], v1: [1.5, 2.2] } as const satisfies Record<string, Range>;

/** Gate, up and their product, and three residual streams, for each token of a step. */
const layerBytes = (model: ModelFacts, choice: Choice, batch: Batch): number => {
  const width = model.hasDenseMlp ? (model.intermediate ?? 0) : (model.experts?.sharedWidth ?? 0);
  return batch.tokens * (3 * (width / choice.tensor) + 3 * (model.hidden ?? 0)) * bytesOf16Bits;
};

/** Logits as 32-bit floats and their probabilities; at worst also a sorted copy with 64-bit indices. Every GPU has the whole vocabulary. */
export const samplerBytesEach: Range = [8, 16];

const activations = (model: ModelFacts, choice: Choice, batch: Batch): Range => {
  const sets = isV1(choice.engine) ? liveSets.v1 : liveSets.v0;
  const layer = scaled(sets, layerBytes(model, choice, batch) / bytesPerGib);
  return larger(layer, scaled(samplerBytesEach, (batch.requests * (model.vocab ?? 0)) / bytesPerGib));
};

/** Triton, Marlin and DeepGEMM bring code and scratch of their own: up to 1 GiB beyond the workspaces in measurements. */
export const kernelsGib: Range = [0, 1];

/** Workspaces are kept once or twice; with data parallelism gathered tokens are sent and received besides (4 to 5 GiB for 8,192 tokens of the 30B model, kernels included). */
export const workspaceSets = { alone: [1, 2], data: [1, 3] } as const satisfies Record<string, Range>;

const experts = (model: ModelFacts, choice: Choice, batch: Batch): Range => {
  if (model.experts === null) return [0, 0];
  const { perToken, width } = model.experts;
  const cut = choice.expert ? 1 : choice.tensor * choice.data;
  const each = 3 * ((width ?? 0) / cut) + 2 * (model.hidden ?? 0);
  // Whole experts get only what is routed to them, a fair share; cut experts get every rank's tokens.
  const gathered = batch.tokens * (choice.expert ? 1 : choice.data);
  const bytes = gathered * (perToken ?? 1) * each * bytesOf16Bits;
  const sets = scaled(choice.data > 1 ? workspaceSets.data : workspaceSets.alone, bytes / bytesPerGib);
  return [sets[0] + kernelsGib[0], sets[1] + kernelsGib[1]];
};

/** One GPU: 0.02 to 0.3 in logs. NCCL and all-reduce buffers: 0.7 and more, and more again from four ranks on. */
export const librariesGib = { one: [0.05, 0.3], two: [0.7, 1], four: [1, 1.3] } as const satisfies Record<
  string,
  Range
>;

const libraries = (ranks: number): Range => {
  if (ranks === 1) return librariesGib.one;
  return ranks >= 4 ? librariesGib.four : librariesGib.two;
};

/** Estimates that vLLM took off the budget: 0.3 to 0.7 on one H200, a little more with more ranks. */
export const graphsGib: Range = [0.3, 0.8];

/** NIXL registers what is there; KVBM and LMCache stage blocks in buffers on the GPU. */
export const connectorGib: Range = [0, 3];

const none: Range = [0, 0];

export const overheadOf = (model: ModelFacts, choice: Choice, batch: Batch): Overhead => ({
  activationsGib: activations(model, choice, batch),
  expertsGib: experts(model, choice, batch),
  librariesGib: libraries(choice.tensor * choice.data * choice.pipeline),
  graphsGib: countsGraphs(model, choice) ? graphsGib : none,
  connectorGib: choice.connector ? connectorGib : none,
});

export const overheadTotal = (overhead: Overhead): Range => {
  const parts = Object.values(overhead) as Range[];
  return [parts.reduce((sum, [low]) => sum + low, 0), parts.reduce((sum, [, high]) => sum + high, 0)];
};
