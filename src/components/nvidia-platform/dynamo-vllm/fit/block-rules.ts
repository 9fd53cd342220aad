/** Quantised weights against the parallel sizes: a cut must not go through a block or group of weights that share a scale. */

import { type Asking, type LegalRule, type Problem, shapeError } from './problem.ts';
import { ranksOf } from './shape-rules.ts';

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The middle of a sentence; a size that does not divide the width leaves no whole pieces. */
const piecesOf = (piece: number): string => `pieces of ${Number.isInteger(piece) ? piece : piece.toFixed(1)}`;

/** How many pieces each expert is cut into. */
const expertCuts = (asking: Asking): number => (asking.choice.expert ? 1 : ranksOf(asking));

/** vLLM 0.29 learned to divide blocks of experts' weights (vllm#53896), down to this size. */
const firstRefining = 29;
const smallestBlock = 32;
/** Triton has the 8-bit float it needs from Ada on. */
const refiningCapability = 8.9;

const expertMessage = (asking: Asking, width: number, piece: number, block: number): string => {
  const { tensor, data } = asking.choice;
  const sizes = data > 1 ? `TP ${tensor} x DP ${data}` : `TP ${tensor}`;
  return `${sizes} cuts the experts of ${asking.modelId} (${width} wide) into ${piecesOf(piece)}, which is not a multiple of the FP8 block of ${block}.`;
};

const refined = (message: string): Problem => ({
  rule: 'fit-fp8-block-refined',
  level: 'warning',
  about: 'tensor',
  message: `${message} vLLM 0.29 and later should divide the blocks, but nobody has been seen to start it.`,
  hint: 'Add --expert-parallel, which is legal for certain, or lower TP.',
});

const canRefine = ({ model, choice, gpu }: Asking, piece: number, block: number): boolean => {
  const fine = Number.isInteger(piece) ? gcd(gcd(block, piece), model.hidden ?? block) : 1;
  const capable = (gpu?.capability ?? refiningCapability) >= refiningCapability;
  return choice.engine >= firstRefining && capable && fine >= smallestBlock;
};

const experts: LegalRule = asking => {
  const [block] = asking.model.quantization?.block ?? [];
  const width = asking.model.experts?.width ?? null;
  if (block === undefined || width === null) return [];
  const piece = width / expertCuts(asking);
  if (piece % block === 0) return [];
  const message = expertMessage(asking, width, piece, block);
  return [
    canRefine(asking, piece, block)
      ? refined(message)
      : shapeError('fit-illegal-fp8-block', 'tensor', message),
  ];
};

type Row = { readonly what: string; readonly width: number };

const isIgnored = (ignored: readonly string[], part: string): boolean =>
  ignored.some(name => name.includes(`.${part}.`) || name.endsWith(`.${part}`) || name === part);

/** Row-parallel inputs: what TP cuts along the blocks, with EP or without. */
const rows = ({ model }: Asking): Row[] => {
  const { heads, headDim, kinds, quantization, experts } = model;
  const ignored = quantization?.ignored ?? [];
  const attention =
    kinds.some(one => one.kind === 'latent') || heads === null || headDim === null ? 0 : heads * headDim;
  const all: readonly (Row & { readonly part: string })[] = [
    { what: 'the MLP', part: 'mlp', width: model.hasDenseMlp ? (model.intermediate ?? 0) : 0 },
    { what: 'the attention output', part: 'o_proj', width: attention },
    { what: 'the shared expert', part: 'shared_expert', width: experts?.sharedWidth ?? 0 },
  ];
  return all.filter(({ width, part }) => width > 0 && !isIgnored(ignored, part));
};

const cutRows = (asking: Asking, unit: number, name: string, rule: string): Problem[] =>
  rows(asking)
    .filter(({ width }) => (width / asking.choice.tensor) % unit !== 0)
    .slice(0, 1)
    .map(({ what, width }) => {
      const piece = width / asking.choice.tensor;
      const message = `TP ${asking.choice.tensor} cuts ${what} of ${asking.modelId} (${width} wide) into ${piecesOf(piece)}, which is not a multiple of the ${name} of ${unit}; expert parallelism does not change that.`;
      return shapeError(rule, 'tensor', message);
    });

const dense: LegalRule = asking => {
  const [, block] = asking.model.quantization?.block ?? [];
  if (block === undefined || asking.choice.tensor === 1) return [];
  return cutRows(asking, block, 'FP8 block', 'fit-illegal-fp8-block');
};

const grouped: readonly string[] = ['awq', 'gptq', 'awq_marlin', 'gptq_marlin'];

/** Experts of 4-bit checkpoints run in kernels with rules of their own, so only models without experts are held to this. */
const groups: LegalRule = asking => {
  const { model, choice } = asking;
  const { method = '', groupSize = null } = model.quantization ?? {};
  if (!grouped.includes(method) || groupSize === null || groupSize <= 0) return [];
  if (choice.tensor === 1 || model.experts !== null) return [];
  return cutRows(asking, groupSize, 'group', 'fit-illegal-group');
};

export const blockRules: readonly LegalRule[] = [experts, dense, groups];
