/** Causes: a model that cannot be cut, quantised or run as it was asked for, in the words of vLLM and Transformers. */

import { listed } from '../../../../core/text.ts';
import { again, type LogCause, type Subject, tensorFlag, withArgs } from './cause.ts';

const sizes = [1, 2, 4, 8, 16];

/** Sizes up to the present one for which a predicate holds. */
const legal = (subject: Subject, holds: (size: number) => boolean): string => {
  const some = sizes.filter(size => size < subject.tensor && holds(size)).map(String);
  return some.length === 0 ? '' : `${tensorFlag(subject)} ${listed(some, 'or')}`;
};

const orExperts = (some: string): string =>
  some === '' ? 'Add --expert-parallel.' : `Use ${some}, or add --expert-parallel.`;

/** `89` is 8.9, `100` is 10.0: the last digit is the minor one. */
const capability = (text: string): string => text.replace(/^(\d+)(\d)$/, '$1.$2');

const gpuHint = 'Use nodes with newer GPUs, or a checkpoint in another format.';

export const shapeCauses: readonly LogCause[] = [
  {
    rule: 'start-block-quantised',
    sign: /(output_size of gate's and up's|input_size of down's) weight = (\d+) is not divisible by weight quantization block_[nk] = (\d+)/,
    say: ([, , part = '0', block = '128'], subject) => ({
      why: `with ${tensorFlag(subject)} ${subject.tensor} each GPU gets ${part} of ${Number(part) * subject.tensor} expert columns, which is no multiple of the checkpoint's FP8 blocks of ${block}`,
      hint: orExperts(legal(subject, size => ((Number(part) * subject.tensor) / size) % Number(block) === 0)),
    }),
  },
  {
    rule: 'start-block-quantised',
    sign: /Weight (?:input_size_per_partition|output_partition_size) = (\d+) is not divisible by weight quantization block_[nk] = (\d+)/,
    say: ([, part = '0', block = '128'], subject) => {
      const some = legal(subject, size => ((Number(part) * subject.tensor) / size) % Number(block) === 0);
      return {
        why: `with ${tensorFlag(subject)} ${subject.tensor} each GPU gets ${part} columns of a layer, which is no multiple of the checkpoint's FP8 blocks of ${block}`,
        hint: some === '' ? 'Use a smaller tensor parallel size.' : `Use ${some}.`,
      };
    },
  },
  {
    rule: 'start-not-divisible',
    sign: /attention heads \((\d+)\) must be divisible by tensor parallel size \((\d+)\)/,
    say: ([, heads = '0', tensor = ''], subject) => ({
      why: `${heads} attention heads cannot be divided among ${tensor} GPUs`,
      hint: `Use ${legal(subject, size => Number(heads) % size === 0) || 'another tensor parallel size'}.`,
    }),
  },
  {
    rule: 'start-not-divisible',
    sign: /input_size_per_partition ?= ?(\d+) is not divisible by group_size ?= ?(\d+)/,
    say: ([, part = '', group = ''], subject) => ({
      why: `with ${tensorFlag(subject)} ${subject.tensor} each GPU gets ${part} columns, which is no multiple of the checkpoint's groups of ${group}`,
      hint: `Use a smaller ${tensorFlag(subject)}.`,
    }),
  },
  {
    rule: 'start-not-divisible',
    sign: /Tensor parallel size (\d+) is greater than the number of experts (\d+)/,
    say: ([, tensor = '', experts = ''], subject) => ({
      why: `${experts} experts cannot be divided among ${tensor} GPUs`,
      hint: `Use a smaller ${tensorFlag(subject)}, or add --expert-parallel.`,
    }),
  },
  {
    rule: 'start-not-divisible',
    sign: /AssertionError: (\d+) is not divisible by (\d+)/,
    say: ([, whole = '', part = ''], subject) => ({
      why: `a layer of width ${whole} cannot be divided by ${part} (${tensorFlag(subject)} ${subject.tensor})`,
      hint: `Use ${legal(subject, size => Number(whole) % size === 0) || `a smaller ${tensorFlag(subject)}`}.`,
    }),
  },
  {
    rule: 'start-gpu-unfit',
    sign: /quantization method (\S+) is not supported for the current GPU\. Minimum capability: (\d+)\. Current capability: (\d+)/,
    say: ([, method = '', least = '', has = ''], { pod }) => ({
      why: `quantisation ${method} needs a GPU of compute capability ${capability(least)}, and node ${pod.node ?? ''} has ${capability(has)}`,
      hint: gpuHint,
    }),
  },
  {
    rule: 'start-gpu-unfit',
    sign: /Bfloat16 is only supported on GPUs with compute capability of at least ([\d.]+?)\. Your (.+?) GPU has compute capability ([\d.]+\d)/,
    say: ([, least = '', gpu = '', has = '']) => ({
      why: `${gpu} (compute capability ${has}) cannot compute in bfloat16, which needs ${least}`,
      hint: `Use newer GPUs, or half precision and ${withArgs('--dtype half')}`,
    }),
  },
  {
    rule: 'start-gpu-unfit',
    sign: /type fp8e4nv not supported in this architecture|no kernel image is available for execution on the device/,
    say: (_, { pod }) => ({
      why: `the GPU of node ${pod.node ?? ''} is too old for kernels of this model and image`,
      hint: gpuHint,
    }),
  },
  {
    rule: 'start-architecture',
    sign: /Model architectures? \[?'?([\w, ']+?)'?\]? (?:are|is) not supported|\b(\w+) has no vLLM implementation|model type [`'"]([\w-]+)[`'"] but Transformers does not recognize/,
    say: ([, several, single, type], subject) => ({
      why: `the engine${subject.release === '' ? '' : ` of Dynamo ${subject.release}`} does not know the architecture ${several ?? single ?? type ?? ''} of ${subject.model || 'the model'}`,
      hint: 'Use a newer Dynamo release (--release), or a model of an architecture that this one knows.',
    }),
  },
  {
    rule: 'start-context-length',
    sign: /max_model_len \((\d+)\) is greater than the derived max_model_len \(([^)]*?)=?(\d+)/,
    say: ([, asked = '', , most = ''], subject) => ({
      why: `--max-model-len ${asked} is more than the ${most} tokens that ${subject.model || 'the model'} was made for`,
      hint: `Use at most that and ${withArgs(`--max-model-len ${most}`)}`,
    }),
  },
  {
    rule: 'start-too-few-gpus',
    sign: /World size \((\d+)\) is larger than the number of available GPUs \((\d+)\)/,
    say: ([, wanted = '', has = ''], subject) => ({
      why: `tensor times pipeline parallel size is ${wanted}, and the pod has ${has} GPUs`,
      hint: `Ask for as many GPUs as that, or ${again(`${tensorFlag(subject)} ${has}`)}`,
    }),
  },
  {
    rule: 'start-parallelism',
    sign: /Number of experts in the model must be greater than 0 when expert parallelism is enabled/,
    say: (_, { model }) => ({
      why: `expert parallelism is on, and ${model || 'the model'} has no experts`,
      hint: 'Leave --expert-parallel out.',
    }),
  },
  {
    rule: 'start-parallelism',
    sign: /Pipeline parallelism is not supported for this model/,
    say: (_, { model }) => ({
      why: `${model || 'the model'} cannot be run in pipeline stages`,
      hint: 'Use --pipeline-parallel-size 1 and a larger --tensor-parallel-size.',
    }),
  },
  {
    rule: 'start-attention-backend',
    sign: /No valid attention backend found|Selected backend (\S+) is not valid for this configuration/,
    say: ([, backend]) => ({
      why: `no attention backend works with this model, GPU and block size${backend === undefined ? '' : ` (${backend} was chosen)`}`,
      hint: 'Leave out --block-size, --kv-cache-dtype and --attention-backend from the additional vLLM args.',
    }),
  },
];
