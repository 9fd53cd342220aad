/** What vLLM's source, its issues and start-up logs say may be cut how, and what is refused: statements to hold the rules against. */

import type { Choice } from '../../src/components/nvidia-platform/dynamo-vllm/fit/facts.ts';

/** TP sizes of 1, 2, 4, 8 and 16 that a model may be cut into, and who says so. */
export type SizeCase = { readonly model: string; readonly sizes: readonly number[]; readonly says: string };

const all = [1, 2, 4, 8, 16];
const source = "vLLM's source";
const shapes = 'shapes of the checkpoint';

/** Block-quantised FP8, without expert parallelism, up to vLLM 0.28. */
export const blockCases: readonly SizeCase[] = [
  { model: 'Qwen/Qwen3-30B-A3B-FP8', sizes: [1, 2], says: 'vllm#25292' },
  {
    model: 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8',
    sizes: [1, 2],
    says: 'started and refused on 4 x H200, vLLM 0.23.0',
  },
  { model: 'Qwen/Qwen3-235B-A22B-FP8', sizes: [1, 2, 4], says: 'vllm#17569, Qwen documentation' },
  { model: 'Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8', sizes: [1, 2, 4], says: 'vLLM recipes use TP 4' },
  { model: 'Qwen/Qwen3-Next-80B-A3B-Instruct-FP8', sizes: [1, 2, 4], says: 'sglang#10852' },
  { model: 'Qwen/Qwen3.5-35B-A3B-FP8', sizes: [1, 2, 4], says: 'vllm#52997' },
  { model: 'Qwen/Qwen3.8-Flash-Next-FP8', sizes: [1], says: 'vllm#54178' },
  { model: 'Qwen/Qwen3.6-27B-FP8', sizes: [1, 2, 4, 8], says: shapes },
  { model: 'Qwen/Qwen3.5-122B-A10B-FP8', sizes: [1, 2, 4, 8], says: shapes },
  { model: 'deepseek-ai/DeepSeek-R1', sizes: all, says: 'sglang#3491 (TP 32 is refused)' },
  { model: 'moonshotai/Kimi-K2-Instruct', sizes: all, says: shapes },
  { model: 'MiniMaxAI/MiniMax-M2.5', sizes: [1, 2, 4], says: 'vllm#48173' },
  { model: 'sgl-project/DeepSeek-V4-Pro-FP8', sizes: [1, 2, 4, 8], says: 'vllm recipes#567' },
  { model: 'zai-org/GLM-5.1-FP8', sizes: all, says: shapes },
  { model: 'Qwen/Qwen3-4B-FP8', sizes: [1, 2, 4], says: shapes },
  { model: 'Qwen/Qwen3-0.6B-FP8', sizes: [1, 2, 4, 8], says: shapes },
  { model: 'Qwen/Qwen3-1.7B-FP8', sizes: all, says: shapes },
  { model: 'Qwen/Qwen3-8B-FP8', sizes: all, says: shapes },
  { model: 'Qwen/Qwen3-14B-FP8', sizes: [1, 2, 4, 8], says: shapes },
  { model: 'Qwen/Qwen3-32B-FP8', sizes: [1, 2, 4, 8], says: shapes },
];

/** Heads, KV heads, experts. */
export const headCases: readonly SizeCase[] = [
  { model: 'Qwen/Qwen2.5-7B-Instruct', sizes: [1, 2, 4], says: source },
  { model: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-7B', sizes: [1, 2, 4], says: source },
  { model: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-14B', sizes: [1, 2, 4, 8], says: source },
  { model: 'Qwen/Qwen2.5-32B-Instruct', sizes: [1, 2, 4, 8], says: source },
  { model: 'meta-llama/Llama-4-Scout-17B-16E-Instruct', sizes: [1, 2, 4, 8], says: source },
  { model: 'meta-llama/Llama-3.3-70B-Instruct', sizes: all, says: source },
  { model: 'Qwen/Qwen3-30B-A3B-Instruct-2507', sizes: all, says: source },
  { model: 'openai/gpt-oss-120b', sizes: all, says: source },
  { model: 'mistralai/Mixtral-8x22B-Instruct-v0.1', sizes: [1, 2, 4, 8], says: source },
  { model: 'meta-llama/Llama-3.1-405B-Instruct-FP8', sizes: all, says: source },
  { model: 'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16', sizes: all, says: source },
];

/** One setting and whether it is refused: by which code, or null when it starts. */
export type StatementCase = {
  readonly what: string;
  readonly refusedBy: string | null;
  readonly model: string;
  readonly some: Partial<Choice>;
  readonly gpu: string | null;
};

const says = (
  what: string,
  refusedBy: string | null,
  model: string,
  some: Partial<Choice>,
  gpu: string | null = null,
): StatementCase => ({ what, refusedBy, model, some, gpu });

const usual = 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8';
const plain = 'Qwen/Qwen3-30B-A3B-Instruct-2507';
const next = 'Qwen/Qwen3-Next-80B-A3B-Instruct-FP8';
const block = 'fit-illegal-fp8-block';
const newest: Partial<Choice> = { engine: 31, release: '1.6.1' };

export const statementCases: readonly StatementCase[] = [
  says('TP 4 with EP (started, vLLM 0.23.0)', null, usual, { tensor: 4, expert: true }),
  says('TP 8 with EP', null, usual, { tensor: 8, expert: true }),
  says('TP 2 with EP (started, vLLM 0.23.0)', null, usual, { tensor: 2, expert: true }),
  says('TP 8 with EP: the shared expert is cut', block, next, { ...newest, tensor: 8, expert: true }),
  says('DP 4 without EP cuts experts too', block, usual, { data: 4 }),
  says('DP 2 without EP', null, usual, { data: 2 }),
  says('TP 2 and DP 2 without EP', block, usual, { tensor: 2, data: 2 }),
  says('PP 4 cuts no expert', null, usual, { pipeline: 4 }),
  says('TP 4 from vLLM 0.29 on', null, usual, { ...newest, tensor: 4 }, 'H100-80GB'),
  says('TP 4 from vLLM 0.29 on, below 8.9', block, usual, { ...newest, tensor: 4 }, 'A100-80GB'),
  says('pieces of 80 from vLLM 0.29 on', block, 'Qwen/Qwen3.8-Flash-Next-FP8', { ...newest, tensor: 8 }),
  says('a dense cut from vLLM 0.29 on', block, 'Qwen/Qwen3-4B-FP8', { ...newest, tensor: 8 }),
  says('EP of a dense model', 'fit-illegal-experts', 'Qwen/Qwen3-32B', { expert: true, tensor: 2 }),
  says('TP above the experts', 'fit-illegal-experts', 'mistralai/Mixtral-8x7B-Instruct-v0.1', { tensor: 16 }),
  says('PP above the layers', 'fit-illegal-pipeline', 'Qwen/Qwen3-0.6B', { pipeline: 29 }),
  says('DCP without copies', 'fit-illegal-context-parallel', 'Qwen/Qwen3-32B', { tensor: 8, context: 2 }),
  says('DCP of copied KV heads', null, plain, { tensor: 8, context: 2 }),
  says('KV heads that are copied', null, plain, { tensor: 16 }),
  says('latent heads', null, 'deepseek-ai/DeepSeek-V2-Lite-Chat', { tensor: 16 }),
  says('MXFP4 below 8.0', 'fit-illegal-quantization', 'openai/gpt-oss-20b', {}, 'T4'),
  says(
    'ModelOpt FP8 below 8.9',
    'fit-illegal-quantization',
    'nvidia/Llama-3.1-70B-Instruct-FP8',
    { tensor: 4 },
    'A100-80GB',
  ),
  says(
    'ModelOpt FP8 below 8.9, vLLM 0.28',
    null,
    'nvidia/Llama-3.1-70B-Instruct-FP8',
    { tensor: 4, engine: 28, release: '1.5.1' },
    'A100-80GB',
  ),
  says(
    'FP8 on Turing, vLLM 0.12',
    'fit-illegal-quantization',
    'Qwen/Qwen3-8B-FP8',
    { engine: 12, release: '0.8.1' },
    'T4',
  ),
  says('FP8 weights on Ampere', null, 'Qwen/Qwen3-8B-FP8', {}, 'A100-80GB'),
  says('bfloat16 below 8.0', 'fit-illegal-dtype', 'Qwen/Qwen3-8B', {}, 'T4'),
  says('half precision below 8.0', null, 'Qwen/Qwen3-0.6B', { dtype: 'half' }, 'T4'),
  says('a context above the model', 'fit-illegal-context', 'Qwen/Qwen3-235B-A22B-FP8', {
    maxModelLen: 131_072,
  }),
  says('a context let through', null, 'Qwen/Qwen3-8B', { maxModelLen: 131_072, allowsLongContext: true }),
  says('blocks of 128', null, 'Qwen/Qwen3-8B', { blockSize: 128, attentionBackend: 'FLASH_ATTN' }),
  says('blocks of 16 with FlashMLA', 'fit-illegal-block-size', 'deepseek-ai/DeepSeek-R1', {
    attentionBackend: 'FLASHMLA',
    blockSize: 16,
  }),
  says('utilisation as a percentage', 'fit-illegal-utilization', 'Qwen/Qwen3-8B', { utilization: 90 }),
  says('an architecture that came later', 'fit-illegal-architecture', 'Qwen/Qwen3.5-27B', {
    engine: 14,
    release: '0.9.1',
  }),
  says('an architecture that came later', 'fit-illegal-architecture', 'moonshotai/Kimi-K3', {
    engine: 26,
    release: '1.4.2',
  }),
];
