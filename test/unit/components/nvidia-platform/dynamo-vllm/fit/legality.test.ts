import { describe, expect, it } from 'vitest';
import type { Choice } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/facts.ts';
import {
  checkLegality,
  legalTensorSizes,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/legality.ts';
import { asking, defaultModel } from './asking.ts';

const upTo16 = [1, 2, 4, 8, 16];
const usual = (sizes: readonly number[]): number[] => sizes.filter(size => upTo16.includes(size));

const vllm = (minor: number): Partial<Choice> => ({ engine: minor });
const errors = (id: string, some: Partial<Choice>, gpu: string | null = null): string[] =>
  checkLegality(asking(id, some, gpu))
    .filter(({ level }) => level === 'error')
    .map(({ rule }) => rule);

describe('block-quantised FP8 without expert parallelism, up to vLLM 0.28', () => {
  it.each<[string, number[]]>([
    ['Qwen/Qwen3-30B-A3B-FP8', [1, 2]],
    [defaultModel, [1, 2]],
    ['Qwen/Qwen3-235B-A22B-FP8', [1, 2, 4]],
    ['Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8', [1, 2, 4]],
    ['Qwen/Qwen3-Next-80B-A3B-Instruct-FP8', [1, 2, 4]],
    ['Qwen/Qwen3.5-35B-A3B-FP8', [1, 2, 4]],
    ['Qwen/Qwen3.6-27B-FP8', [1, 2, 4, 8]],
    ['Qwen/Qwen3.5-122B-A10B-FP8', [1, 2, 4, 8]],
    ['deepseek-ai/DeepSeek-R1', upTo16],
    ['moonshotai/Kimi-K2-Instruct', upTo16],
    ['MiniMaxAI/MiniMax-M2.5', [1, 2, 4]],
    ['sgl-project/DeepSeek-V4-Pro-FP8', [1, 2, 4, 8]],
    ['zai-org/GLM-5.1-FP8', upTo16],
    ['Qwen/Qwen3-4B-FP8', [1, 2, 4]],
    ['Qwen/Qwen3-0.6B-FP8', [1, 2, 4, 8]],
    ['Qwen/Qwen3-1.7B-FP8', upTo16],
    ['Qwen/Qwen3-8B-FP8', upTo16],
    ['Qwen/Qwen3-14B-FP8', [1, 2, 4, 8]],
    ['Qwen/Qwen3-32B-FP8', [1, 2, 4, 8]],
  ])('%s may be cut into %j', (id, sizes) => {
    for (const minor of [14, 23, 28]) expect(usual(legalTensorSizes(asking(id, vllm(minor))))).toEqual(sizes);
  });
  it('refuses every TP of an expert 640 wide, which 1 alone can hold whole', () => {
    expect(usual(legalTensorSizes(asking('Qwen/Qwen3.8-Flash-Next-FP8', vllm(28))))).toEqual([1]);
  });
  it.each([4, 8])('lets the default model be cut into %i with expert parallelism', tensor => {
    expect(errors(defaultModel, { tensor, expert: true })).toEqual([]);
  });
  it.each(['Qwen/Qwen3-Next-80B-A3B-Instruct-FP8', 'Qwen/Qwen3.5-35B-A3B-FP8'])(
    'refuses TP 8 of %s even so, for its shared expert',
    id => {
      expect(errors(id, { tensor: 8, expert: true, release: '1.6.1' })).toEqual(['fit-illegal-fp8-block']);
    },
  );
  it('counts data parallelism among the cuts of experts', () => {
    expect(errors(defaultModel, { data: 2 })).toEqual([]);
    expect(errors(defaultModel, { data: 4 })).toEqual(['fit-illegal-fp8-block']);
    expect(errors(defaultModel, { tensor: 2, data: 2 })).toEqual(['fit-illegal-fp8-block']);
    expect(errors(defaultModel, { pipeline: 4 })).toEqual([]);
  });
});

describe('block-quantised FP8 from vLLM 0.29 on', () => {
  const newest: Partial<Choice> = { engine: 31, release: '1.6.1' };
  it.each([4, 8])('warns of TP %i for the default model and refuses nothing', tensor => {
    const problems = checkLegality(asking(defaultModel, { ...newest, tensor }, 'H100-80GB'));
    expect(problems.map(({ rule, level }) => [rule, level])).toEqual([['fit-fp8-block-refined', 'warning']]);
  });
  it('still refuses it where Triton lacks the 8-bit float', () => {
    expect(errors(defaultModel, { ...newest, tensor: 4 }, 'A100-80GB')).toEqual(['fit-illegal-fp8-block']);
  });
  it('still refuses pieces that are too small', () => {
    expect(errors('Qwen/Qwen3.8-Flash-Next-FP8', { ...newest, tensor: 4 })).toEqual([]);
    expect(errors('Qwen/Qwen3.8-Flash-Next-FP8', { ...newest, tensor: 8 })).toEqual([
      'fit-illegal-fp8-block',
    ]);
  });
  it('still refuses a dense cut', () => {
    expect(errors('Qwen/Qwen3-4B-FP8', { ...newest, tensor: 8 })).toEqual(['fit-illegal-fp8-block']);
  });
});

describe('heads, experts, layers', () => {
  it.each<[string, number[]]>([
    ['Qwen/Qwen2.5-7B-Instruct', [1, 2, 4]],
    ['deepseek-ai/DeepSeek-R1-Distill-Qwen-7B', [1, 2, 4]],
    ['deepseek-ai/DeepSeek-R1-Distill-Qwen-14B', [1, 2, 4, 8]],
    ['Qwen/Qwen2.5-32B-Instruct', [1, 2, 4, 8]],
    ['meta-llama/Llama-4-Scout-17B-16E-Instruct', [1, 2, 4, 8]],
    ['meta-llama/Llama-3.3-70B-Instruct', upTo16],
    ['Qwen/Qwen3-30B-A3B-Instruct-2507', upTo16],
    ['openai/gpt-oss-120b', upTo16],
    ['mistralai/Mixtral-8x22B-Instruct-v0.1', [1, 2, 4, 8]],
    ['meta-llama/Llama-3.1-405B-Instruct-FP8', upTo16],
    ['nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16', upTo16],
  ])('%s may be cut into %j', (id, sizes) => {
    expect(usual(legalTensorSizes(asking(id)))).toEqual(sizes);
  });
  it('knows sizes that are no power of two', () => {
    expect(legalTensorSizes(asking('Qwen/Qwen3.5-27B', { release: '1.6.1', engine: 31 }))).toEqual([
      1, 2, 4, 8, 12,
    ]);
  });
  it('lists what is legal, with experts dealt out whole too', () => {
    const [problem] = checkLegality(asking(defaultModel, { tensor: 4 }));
    expect(problem?.hint).toBe(
      'Legal is --tensor-parallel-size 1 or 2, and --tensor-parallel-size 4, 8 or 16 with --expert-parallel.',
    );
  });
  it('says one reason for a size that cuts neither kind of head, and a rounded width of pieces', () => {
    const found = checkLegality(asking('Qwen/Qwen3-30B-A3B-Instruct-2507', { tensor: 3 }));
    expect(found.filter(({ rule }) => rule === 'fit-illegal-heads')).toHaveLength(1);
    const [block] = checkLegality(asking('Qwen/Qwen3-4B-FP8', { tensor: 3 })).filter(
      ({ rule }) => rule === 'fit-illegal-fp8-block',
    );
    expect(block?.message).toContain('into pieces of 3242.7, which');
  });
  it.each<[string, string, Partial<Choice>, string | null]>([
    ['fit-illegal-experts', 'Qwen/Qwen3-32B', { expert: true, tensor: 2 }, null],
    ['fit-illegal-experts', 'mistralai/Mixtral-8x7B-Instruct-v0.1', { tensor: 16 }, null],
    ['fit-illegal-pipeline', 'Qwen/Qwen3-0.6B', { pipeline: 29 }, null],
    ['fit-illegal-context-parallel', 'Qwen/Qwen3-32B', { tensor: 8, context: 2 }, null],
    ['fit-illegal-quantization', 'openai/gpt-oss-20b', {}, 'T4'],
    ['fit-illegal-quantization', 'nvidia/Llama-3.1-70B-Instruct-FP8', { tensor: 4 }, 'A100-80GB'],
    ['fit-illegal-quantization', 'Qwen/Qwen3-8B-FP8', { engine: 12, release: '0.8.1' }, 'T4'],
    ['fit-illegal-dtype', 'Qwen/Qwen3-8B', {}, 'T4'],
    ['fit-illegal-context', 'Qwen/Qwen3-235B-A22B-FP8', { maxModelLen: 131_072 }, null],
    ['fit-illegal-utilization', 'Qwen/Qwen3-8B', { utilization: 90 }, null],
    [
      'fit-illegal-block-size',
      'deepseek-ai/DeepSeek-R1',
      { attentionBackend: 'FLASHMLA', blockSize: 16 },
      null,
    ],
    ['fit-illegal-architecture', 'Qwen/Qwen3.5-27B', { engine: 14, release: '0.9.1' }, null],
    ['fit-illegal-architecture', 'moonshotai/Kimi-K3', { engine: 26, release: '1.4.2' }, null],
  ])('%s: %s with %j', (rule, id, some, on) => {
    const problems = checkLegality(asking(id, some, on)).filter(problem => problem.level === 'error');
    expect(problems.map(problem => problem.rule)).toContain(rule);
    for (const { hint } of problems) expect(hint).toMatch(/[Ll]egal|Releases|only without/);
  });
  it.each<[string, string, Partial<Choice>, string | null]>([
    ['a block of 128', 'Qwen/Qwen3-8B', { blockSize: 128, attentionBackend: 'FLASH_ATTN' }, null],
    ['FP8 weights on Ampere', 'Qwen/Qwen3-8B-FP8', {}, 'A100-80GB'],
    ['half precision on a T4', 'Qwen/Qwen3-0.6B', { dtype: 'half' }, 'T4'],
    ['a context let through', 'Qwen/Qwen3-8B', { maxModelLen: 131_072, allowsLongContext: true }, null],
    ['KV heads that are copied', 'Qwen/Qwen3-30B-A3B-Instruct-2507', { tensor: 16 }, null],
    ['shared-out copies', 'Qwen/Qwen3-30B-A3B-Instruct-2507', { tensor: 8, context: 2 }, null],
    ['latent heads', 'deepseek-ai/DeepSeek-V2-Lite-Chat', { tensor: 16 }, null],
    ['experts that are cut', 'Qwen/Qwen3-30B-A3B-Instruct-2507', { tensor: 8 }, null],
  ])('lets %s through', (_, id, some, on) => {
    expect(errors(id, some, on)).toEqual([]);
  });
});
