/** Settings that NVIDIA and vLLM publish for these models are never called impossible. */

import { expect, it } from 'vitest';
import { estimate } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/estimate.ts';
import type { Choice } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/facts.ts';
import { checkLegality } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/legality.ts';
import { asking } from '../../../../../kit/asking.ts';

const newest: Partial<Choice> = { release: '1.5.1', engine: 28, utilization: 0.92 };
const wide = { tensor: 1, expert: true };

it.each<[string, string, Partial<Choice>]>([
  ['Qwen/Qwen3-0.6B', 'L4', {}],
  ['Qwen/Qwen3-0.6B', 'A10G', {}],
  ['Qwen/Qwen3-8B', 'L4', { maxModelLen: 16_384 }],
  ['Qwen/Qwen3-32B-FP8', 'H100-80GB', { tensor: 1 }],
  ['Qwen/Qwen3-32B-FP8', 'H100-80GB', { tensor: 2, connector: true }],
  ['Qwen/Qwen3-32B', 'A100-80GB', { tensor: 2 }],
  ['Qwen/Qwen3-VL-30B-A3B-Instruct', 'H100-80GB', { tensor: 2 }],
  ['Qwen/Qwen3-235B-A22B-Instruct-2507-FP8', 'H100-80GB', { tensor: 4, maxModelLen: 32_768 }],
  ['Qwen/Qwen3-235B-A22B-Instruct-2507-FP8', 'H200', { tensor: 4 }],
  ['Qwen/Qwen3-235B-A22B-FP8', 'H100-80GB', { tensor: 8, expert: true }],
  ['Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8', 'H200', { tensor: 8, expert: true, maxModelLen: 131_072 }],
  ['Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8', 'B200', { tensor: 4 }],
  ['Qwen/Qwen3-Next-80B-A3B-Instruct', 'H100-80GB', { tensor: 4 }],
  ['Qwen/Qwen3-Next-80B-A3B-Instruct-FP8', 'H100-80GB', { tensor: 4 }],
  ['Qwen/Qwen3.5-397B-A17B', 'H200', { tensor: 8 }],
  ['meta-llama/Llama-3.1-8B-Instruct', 'L4', { maxModelLen: 8192 }],
  ['meta-llama/Llama-3.3-70B-Instruct', 'H100-80GB', { tensor: 4 }],
  ['meta-llama/Llama-3.3-70B-Instruct', 'A100-80GB', { tensor: 4 }],
  ['nvidia/Llama-3.1-70B-Instruct-FP8', 'H100-80GB', { tensor: 2, connector: true }],
  ['nvidia/Llama-3.1-70B-Instruct-FP8', 'H100-80GB', { tensor: 8, connector: true }],
  ['meta-llama/Llama-3.1-405B-Instruct-FP8', 'H100-80GB', { tensor: 8, maxModelLen: 8192 }],
  ['meta-llama/Llama-4-Scout-17B-16E-Instruct', 'H100-80GB', { tensor: 8, maxModelLen: 1_000_000 }],
  ['meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8', 'H100-80GB', { tensor: 8, maxModelLen: 430_000 }],
  ['deepseek-ai/DeepSeek-R1', 'H200', { tensor: 8 }],
  ['deepseek-ai/DeepSeek-R1', 'H200', { tensor: 8, expert: true, connector: true }],
  ['deepseek-ai/DeepSeek-R1', 'B200', { tensor: 8, expert: true }],
  ['deepseek-ai/DeepSeek-R1', 'H200', { ...wide, data: 16, maxModelLen: 10_240, connector: true }],
  ['deepseek-ai/DeepSeek-R1', 'H200', { ...wide, data: 8, maxModelLen: 16_384 }],
  ['deepseek-ai/DeepSeek-V3.2', 'H200', { tensor: 8, blockSize: 64 }],
  ['openai/gpt-oss-20b', 'L4', { maxModelLen: 32_768 }],
  ['openai/gpt-oss-120b', 'H100-80GB', {}],
  ['openai/gpt-oss-120b', 'H100-80GB', { tensor: 8 }],
  ['openai/gpt-oss-120b', 'B200', { tensor: 4, connector: true }],
  ['google/gemma-3-27b-it', 'H100-80GB', {}],
  ['zai-org/GLM-4.6-FP8', 'H100-80GB', { tensor: 8, maxModelLen: 32_768 }],
  ['zai-org/GLM-4.5-Air-FP8', 'H100-80GB', { tensor: 4 }],
  ['moonshotai/Kimi-K2-Instruct', 'H200', { tensor: 16 }],
  ['moonshotai/Kimi-K2.5', 'H200', { tensor: 8 }],
  ['MiniMaxAI/MiniMax-M2.5', 'H100-80GB', { tensor: 4, maxModelLen: 131_072 }],
  ['nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16', 'H100-80GB', {}],
  ['nvidia/Llama-3_3-Nemotron-Super-49B-v1', 'H100-80GB', { tensor: 2 }],
  ['mistralai/Mixtral-8x7B-Instruct-v0.1', 'A100-80GB', { tensor: 2 }],
])('%s on %s with %j', (id, on, some) => {
  const question = asking(id, { ...newest, ...some }, on);
  expect(checkLegality(question).filter(({ level }) => level === 'error')).toEqual([]);
  expect(estimate(question.model, question.choice, question.gpu).verdict).not.toBe('does-not-fit');
});
