/** GiB of weights on one GPU. */

import { bytesPerGib, type Choice, type GpuFacts, type ModelFacts, type Range } from './facts.ts';
import { embeddingBytes, expertBytes, guessedGib } from './parameters.ts';

/** Load-time quantisation of a 16-bit checkpoint: what is left of a linear layer, and whether only experts shrink. */
const online: Readonly<Record<string, { readonly share: number; readonly expertsOnly?: true }>> = {
  fp8: { share: 1 / 2 },
  fp8_per_tensor: { share: 1 / 2 },
  fp8_per_block: { share: 1 / 2 },
  ptpc_fp8: { share: 1 / 2 },
  mxfp8: { share: 8.25 / 16 },
  experts_int8: { share: 1 / 2, expertsOnly: true },
  bitsandbytes: { share: 4.25 / 16 },
};

type Parts = { readonly embeddings: number; readonly experts: number; readonly rest: number };

/** A checkpoint's GiB by part. Parts are never more than the whole. */
const partsOf = (model: ModelFacts, totalGib: number): Parts => {
  const embeddings = Math.min(totalGib, embeddingBytes(model) / bytesPerGib);
  const experts = Math.min(totalGib - embeddings, expertBytes(model) / bytesPerGib);
  return { embeddings, experts, rest: totalGib - embeddings - experts };
};

/** Null when nobody knows what that method leaves. */
const quantized = (parts: Parts, method: string | null, model: ModelFacts): Parts | null => {
  if (method === null || model.quantization !== null) return parts;
  const known = online[method];
  if (known === undefined) return null;
  const rest = known.expertsOnly === true ? parts.rest : parts.rest * known.share;
  return { ...parts, experts: parts.experts * known.share, rest };
};

/** Experts are split over all ranks, the rest over TP only; a stage of a pipeline has its share of layers and one embedding. */
const onOneGpu = ({ embeddings, experts, rest }: Parts, model: ModelFacts, choice: Choice): number => {
  const { tensor, pipeline, data } = choice;
  const layers = model.layers ?? pipeline;
  const stage = Math.ceil(layers / pipeline) / layers;
  const embedding = pipeline > 1 && !model.tiedEmbeddings ? embeddings / 2 : embeddings;
  return (experts * stage) / (tensor * data) + (rest * stage + embedding) / tensor;
};

/** Norms, routers and rotary tables are whole on every GPU, and cut weights are padded: seen 0.07 to 0.14 GiB. */
export const uncutGib = 0.15;

/**
 * Files become slightly larger in memory: 0.1 to 0.5 % in logs. Below compute capability 9 block-quantised FP8 runs in Marlin kernels,
 * which want a scale for each column (1.6 % more).
 */
export const growthFactors = { marlinBlocks: 1.02, others: 1.005 } as const;

const growth = (model: ModelFacts, gpu: GpuFacts | null): number =>
  model.quantization?.block != null && (gpu?.capability ?? 0) < 9
    ? growthFactors.marlinBlocks
    : growthFactors.others;

/** Low and high end, or why nobody knows. */
export const weightsOnGpu = (model: ModelFacts, choice: Choice, gpu: GpuFacts | null): Range | null => {
  const total = model.weightsGib ?? guessedGib(model);
  if (total === null) return null;
  const [low, high] = total.map(gib => {
    const parts = quantized(partsOf(model, gib), choice.quantization, model);
    return parts === null ? null : Math.max(0, onOneGpu(parts, model, choice) - choice.cpuOffloadGib);
  });
  if (low == null || high == null) return null;
  const split = choice.tensor * choice.data * choice.pipeline > 1 ? uncutGib : 0;
  return [low, high * growth(model, gpu) + split];
};
