/** Engine arguments and the architecture against this model and this vLLM: context, block size, utilisation. */

import { engineTable, listedReleases } from '../engine/table.ts';
import type { Asking, LegalRule, Problem } from './problem.ts';

const error = (rule: string, about: Problem['about'], message: string, hint: string): Problem => ({
  rule,
  level: 'error',
  about,
  message,
  hint,
});

const context: LegalRule = ({ model, choice, modelId }) => {
  const { maxModelLen, allowsLongContext } = choice;
  if (typeof maxModelLen !== 'number' || model.contextTokens === null || allowsLongContext) return [];
  if (maxModelLen <= model.contextTokens) return [];
  const message = `--max-model-len ${maxModelLen} is more than the ${model.contextTokens} tokens of ${modelId}.`;
  const hint = `Legal are 1 to ${model.contextTokens}; --env VLLM_ALLOW_LONG_MAX_MODEL_LEN=1 lets more through.`;
  return [error('fit-illegal-context', 'args', message, hint)];
};

const utilization: LegalRule = ({ choice }) => {
  const value = choice.utilization;
  if (value > 0 && value <= 1) return [];
  const message = `--gpu-memory-utilization ${value} is no fraction of the GPU's memory.`;
  return [
    error('fit-illegal-utilization', 'args', message, 'Legal is above 0 up to 1, usually 0.85 to 0.95.'),
  ];
};

/** `[16, 32, MultipleOf(64)]` → the numbers; a block need only be a multiple of one. Undefined for what is no such list. */
const kernelBlocks = (text: string | undefined): number[] | undefined => {
  const list = /^\[((?:\d+|MultipleOf\(\d+\))(?:, (?:\d+|MultipleOf\(\d+\)))*)\]$/.exec(text ?? '')?.[1];
  return list?.match(/\d+/g)?.map(Number);
};

const blockSize: LegalRule = ({ model, choice }) => {
  const { attentionBackend, blockSize: size, release } = choice;
  // Hybrids set their own block size, whatever was asked for.
  if (attentionBackend === null || size === null || model.kinds.some(one => one.kind === 'state')) return [];
  const legal = kernelBlocks(engineTable(release)?.attentionBlockSizes[attentionBackend]);
  if (legal === undefined || legal.some(block => size % block === 0)) return [];
  const message = `--block-size ${size} does not suit the attention backend ${attentionBackend}.`;
  return [
    error('fit-illegal-block-size', 'args', message, `Legal are multiples of ${legal.join(' or of ')}.`),
  ];
};

const versionLike = /^\d+\.\d+/;

/** Not listed anywhere: vLLM may still run it through Transformers. */
const strange = ({ modelId, choice }: Asking, architecture: string): Problem => ({
  rule: 'fit-unknown-architecture',
  level: 'unknown',
  about: 'model',
  message: `The architecture ${architecture} of ${modelId} is in no list of vLLM's models up to Dynamo ${choice.release}.`,
  hint: 'vLLM may run it through Transformers; try it.',
});

const architecture: LegalRule = asking => {
  const { model, choice, modelId } = asking;
  const table = engineTable(choice.release);
  const name = model.architecture;
  if (table === null || name === null || table.architectures.includes(name)) return [];
  const holders = listedReleases().filter(release => engineTable(release)?.architectures.includes(name));
  const last = table.removedArchitectures[name];
  if (holders.length === 0 && (last === undefined || !versionLike.test(last))) return [strange(asking, name)];
  const message = `vLLM ${table.vllm} in Dynamo ${choice.release} does not have the architecture ${name} of ${modelId}.`;
  const hint =
    holders.length > 0
      ? `Releases that have it: ${holders.map(release => `--release ${release}`).join(', ')}.`
      : `The last vLLM with it was ${last}; no Dynamo release known here has it.`;
  return [error('fit-illegal-architecture', 'model', message, hint)];
};

export const engineRules: readonly LegalRule[] = [context, utilization, blockSize, architecture];
