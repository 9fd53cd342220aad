/** How a model may be cut: heads, experts, layers against the parallel sizes. Facts: vLLM's model and parallel configuration. */

import { type Asking, type LegalRule, shapeError } from './problem.ts';

const isLatent = ({ model }: Asking): boolean => model.kinds.some(one => one.kind === 'latent');

const cutsHeads = ({ model, choice }: Asking): boolean =>
  model.heads === null || model.heads % choice.tensor === 0;

const heads: LegalRule = asking => {
  const { model, choice, modelId } = asking;
  if (cutsHeads(asking)) return [];
  const message = `TP ${choice.tensor} does not divide the ${model.heads} attention heads of ${modelId}.`;
  return [shapeError('fit-illegal-heads', 'tensor', message)];
};

/** Fewer KV heads than GPUs are copied, which needs a whole number of copies. Latent attention has none to cut, and one reason is enough for a size. */
const kvHeads: LegalRule = asking => {
  const { model, choice, modelId } = asking;
  const { tensor } = choice;
  if (model.kvHeads === null || model.kvHeads === 0 || isLatent(asking) || !cutsHeads(asking)) return [];
  const [more, less] = [Math.max(model.kvHeads, tensor), Math.min(model.kvHeads, tensor)];
  if (more % less === 0) return [];
  const message = `TP ${tensor} and the ${model.kvHeads} KV heads of ${modelId} do not divide each other.`;
  return [shapeError('fit-illegal-heads', 'tensor', message)];
};

const enoughExperts: LegalRule = ({ model, choice, modelId }) => {
  if (
    model.experts === null ||
    choice.expert ||
    choice.tensor <= model.experts.count ||
    model.experts.count === 0
  )
    return [];
  const message = `TP ${choice.tensor} is more than the ${model.experts.count} experts of ${modelId}.`;
  return [shapeError('fit-illegal-experts', 'tensor', message)];
};

/** Data parallelism cuts experts too, so the ranks are TP x DP. */
export const ranksOf = ({ choice }: Asking): number => choice.tensor * choice.data;

const expertsNeedExperts: LegalRule = ({ model, choice, modelId }) => {
  if (!choice.expert || model.experts !== null || model.layers === null) return [];
  return [
    {
      rule: 'fit-illegal-experts',
      level: 'error',
      about: 'expert',
      message: `Expert parallelism is asked for, but ${modelId} has no experts.`,
      hint: 'Leave --expert-parallel out: only without it is this model legal.',
    },
  ];
};

const divisors = (count: number): number[] =>
  Array.from({ length: 16 }, (_, at) => at + 1).filter(size => count % size === 0);

const evenExperts: LegalRule = asking => {
  const { model, choice, modelId } = asking;
  const count = model.experts?.count ?? 0;
  if (!choice.expert || count === 0 || count % ranksOf(asking) === 0) return [];
  return [
    {
      rule: 'fit-uneven-experts',
      level: 'warning',
      about: 'tensor',
      message: `The ${count} experts of ${modelId} do not divide evenly among ${ranksOf(asking)} GPUs, so some hold more than others.`,
      hint: `Even are: ${divisors(count).join(', ')}.`,
    },
  ];
};

const stages: LegalRule = ({ model, choice, modelId }) => {
  if (model.layers === null || choice.pipeline <= model.layers) return [];
  return [
    {
      rule: 'fit-illegal-pipeline',
      level: 'error',
      about: 'pipeline',
      message: `PP ${choice.pipeline} is more than the ${model.layers} layers of ${modelId}.`,
      hint: `Legal are 1 to ${model.layers}.`,
    },
  ];
};

/** Decode context parallelism shares out what TP would copy. */
const contextParallel: LegalRule = asking => {
  const { model, choice, modelId } = asking;
  const { context, tensor } = choice;
  if (context === 1) return [];
  const copies = isLatent(asking) ? tensor : Math.floor(tensor / Math.max(1, model.kvHeads ?? 1));
  const legal = divisors(tensor).filter(size => size <= Math.max(1, copies));
  if (legal.includes(context)) return [];
  return [
    {
      rule: 'fit-illegal-context-parallel',
      level: 'error',
      about: 'args',
      message: `--decode-context-parallel-size ${context} is more than the copies of each KV head that TP ${tensor} makes of ${modelId}, or does not divide TP.`,
      hint: `Legal with TP ${tensor}: ${legal.join(', ')}.`,
    },
  ];
};

const oneNode: LegalRule = ({ choice, gpuCount }) => {
  const world = choice.tensor * choice.pipeline * choice.data;
  if (gpuCount === null || world <= gpuCount) return [];
  const sizes = [
    `TP ${choice.tensor}`,
    ...(choice.pipeline > 1 ? [`PP ${choice.pipeline}`] : []),
    ...(choice.data > 1 ? [`DP ${choice.data}`] : []),
  ];
  const message = `${sizes.join(' x ')} needs ${world} GPUs of one node, and a node has at most ${gpuCount}.`;
  return [shapeError('fit-illegal-gpus', 'tensor', message)];
};

export const shapeRules: readonly LegalRule[] = [heads, kvHeads, enoughExperts, oneNode];

export const otherShapeRules: readonly LegalRule[] = [
  expertsNeedExperts,
  evenExperts,
  stages,
  contextParallel,
];
