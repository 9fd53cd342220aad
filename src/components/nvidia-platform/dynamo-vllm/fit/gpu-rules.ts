/** Formats of numbers against the compute capability of the GPU. */

import type { Choice, ModelFacts } from './facts.ts';
import { gpus } from './gpus.ts';
import type { Asking, LegalRule, Problem } from './problem.ts';

/** `get_min_capability` of each method; what is not listed is not checked. */
const minimum: Readonly<Record<string, number>> = {
  modelopt_fp4: 7.5,
  mxfp4: 8,
  awq: 7.5,
  awq_marlin: 8,
  gptq: 6,
  gptq_marlin: 8,
  'compressed-tensors': 7,
  fbgemm_fp8: 8,
};

type Lowered = { readonly from: number; readonly to: number; readonly before: number };

/** What later releases let run on older GPUs, as their published packages say; the first release that is known to. */
const lowered: Readonly<Record<string, Lowered>> = {
  fp8: { from: 14, to: 7.5, before: 8 },
  modelopt: { from: 28, to: 8, before: 8.9 },
  modelopt_mxfp8: { from: 20, to: 8, before: 10 },
  modelopt_mixed: { from: 26, to: 7.5, before: 8.9 },
};

const leastFor = (method: string, engine: number): number | undefined => {
  const change = lowered[method];
  if (change === undefined) return minimum[method];
  return engine >= change.from ? change.to : change.before;
};

const gpusFrom = (capability: number): string => {
  const names = gpus
    .filter(gpu => (gpu.capability ?? 0) >= capability && gpu.from !== 'unsure')
    .map(gpu => gpu.name);
  return `Legal are GPUs of compute capability ${capability} and above: ${names.join(', ')}.`;
};

const problem = (rule: string, message: string, hint: string): Problem => ({
  rule,
  level: 'error',
  about: 'gpu',
  message,
  hint,
});

/** What was asked for; but of modelopt's methods the checkpoint decides. */
const methodOf = (model: ModelFacts, choice: Choice): string | null => {
  const stored = model.quantization?.method ?? null;
  const asked = choice.quantization;
  return asked === null || (asked.startsWith('modelopt') && stored?.startsWith('modelopt') === true)
    ? stored
    : asked;
};

const quantization: LegalRule = ({ model, choice, gpu, modelId }: Asking) => {
  const method = methodOf(model, choice);
  const least = method === null ? undefined : leastFor(method, choice.engine);
  if (gpu === null || gpu.capability === null || least === undefined || gpu.capability >= least) return [];
  const message = `The quantisation ${method} of ${modelId} needs compute capability ${least}; the ${gpu.name} has ${gpu.capability}.`;
  return [problem('fit-illegal-quantization', message, gpusFrom(least))];
};

const firstBfloat = 8;

const bfloat: LegalRule = ({ model, choice, gpu, modelId }: Asking) => {
  const dtype = choice.dtype === 'auto' ? model.dtype : choice.dtype;
  if (dtype !== 'bfloat16' || gpu === null || gpu.capability === null || gpu.capability >= firstBfloat)
    return [];
  const message = `${modelId} computes in bfloat16, which needs compute capability 8; the ${gpu.name} has ${gpu.capability}.`;
  return [problem('fit-illegal-dtype', message, `Add --vllm-args "--dtype half". ${gpusFrom(firstBfloat)}`)];
};

export const gpuRules: readonly LegalRule[] = [quantization, bfloat];
