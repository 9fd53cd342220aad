/** Bytes of a checkpoint by part, from its dimensions: for cutting a known size into parts, and for guessing an unknown one. */

import type { ModelFacts } from './facts.ts';

/** Bytes of one weight: 16 bits unless the format says less; scales included (one a 128 x 128 block, one or two a group of 4-bit weights). */
const bytesOfBits: Readonly<Record<number, number>> = { 4: 0.55, 8: 1 + 4 / 16_384 };

const weightBytes = (model: ModelFacts): number =>
  model.quantization === null ? 2 : (bytesOfBits[model.quantization.bits ?? 16] ?? 2);

/** Embeddings, and the output layer where it is one of its own, stay in 16 bits. Zero when not known. */
export const embeddingBytes = ({ vocab, hidden, tiedEmbeddings }: ModelFacts): number =>
  (vocab ?? 0) * (hidden ?? 0) * 2 * (tiedEmbeddings ? 1 : 2);

/** Routed experts; each has three matrices. Zero when there are none or their width is not known. */
export const expertBytes = (model: ModelFacts): number => {
  const { experts, hidden, layers } = model;
  if (experts === null || experts.width === null || hidden === null) return 0;
  return experts.count * (experts.layers ?? layers ?? 0) * 3 * hidden * experts.width * weightBytes(model);
};

const attentionParameters = ({ heads, kvHeads, headDim, hidden }: ModelFacts): number | null =>
  heads === null || kvHeads === null || headDim === null || hidden === null
    ? null
    : hidden * headDim * (2 * heads + 2 * kvHeads);

const denseWidth = (model: ModelFacts): number => (model.hasDenseMlp ? (model.intermediate ?? 0) : 0);

/** Spread of a guess: attention with states or compression has other shapes than the sum assumes. */
const spreads = { plain: 0.05, other: 0.2 } as const;

/**
 * Whether each layer is known to have attention, or what stands for it, and an MLP or experts. In some hybrids a layer is one of them
 * only, and where the attention is not understood the rest is mostly new, too (DeepSeek V4 keeps experts in fewer bits than it says).
 */
const isStacked = ({ kinds, layers }: ModelFacts): boolean =>
  kinds.reduce((sum, one) => sum + one.layers, 0) === layers;

const attentionName = /self_attn|linear_attn/;

/** Quantised checkpoints often leave the attention in 16 bits, in all layers or in some. */
const leftInAttention = ({ quantization }: ModelFacts, attention: number, each: number): number =>
  quantization?.ignored.some(name => attentionName.test(name)) === true ? attention * (2 - each) : 0;

/** GiB of a whole checkpoint, guessed from its dimensions; null when too few are known. */
export const guessedGib = (model: ModelFacts): readonly [number, number] | null => {
  const { layers, hidden, vocab, experts } = model;
  const attention = attentionParameters(model);
  if (layers === null || hidden === null || vocab === null || attention === null) return null;
  if (!isStacked(model)) return null;
  if (experts === null ? model.intermediate === null : experts.width === null) return null;
  const expertLayers = experts?.layers ?? 0;
  const mlp =
    3 * hidden * (denseWidth(model) * (layers - expertLayers) + (experts?.sharedWidth ?? 0) * expertLayers);
  const bytes = embeddingBytes(model) + (attention * layers + mlp) * weightBytes(model) + expertBytes(model);
  const spread =
    model.kinds.every(one => one.kind === 'full') && model.kinds.length > 0 ? spreads.plain : spreads.other;
  const most = bytes + leftInAttention(model, attention * layers, weightBytes(model));
  return [(bytes / 2 ** 30) * (1 - spread), (most / 2 ** 30) * (1 + spread)];
};
