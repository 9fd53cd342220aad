/** The sum against measured starts, and the default model on the usual GPUs. */

import { describe, expect, it } from 'vitest';
import { estimate } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/estimate.ts';
import type { Choice } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/facts.ts';
import { guessedGib } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/parameters.ts';
import { readConfig } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/read-config.ts';
import { choice, defaultModel, gpu, model } from '../../../../../kit/asking.ts';
import { isBlind, misses, predicted } from '../../../../../kit/calibration.ts';
import { measuredStarts } from '../../../../../kit/measured-starts.ts';

describe('measured starts', () => {
  it.each(measuredStarts.map(one => [one.id, one] as const))('%s', (_, one) => {
    const { kvCacheGib } = predicted(one);
    expect(misses(one), `${kvCacheGib?.join(' .. ')} against ${one.availableGib}`).toEqual([]);
  });
  it('are enough to judge by', () => {
    expect(measuredStarts.length).toBeGreaterThan(20);
    expect(measuredStarts.filter(one => !isBlind(one) && one.availableGib !== null).length).toBeGreaterThan(
      15,
    );
  });
});

describe('the default model with its whole context of 262,144 tokens', () => {
  const verdict = (name: string, some: Partial<Choice>) =>
    estimate(model(defaultModel), choice(some), gpu(name)).verdict;
  const all = ['L4', 'A10G', 'A100-40GB', 'L40S', 'A100-80GB', 'H100-80GB', 'RTX PRO 6000', 'H200', 'B200'];
  it.each([14, 23, 31])('fits nowhere below 80 GB alone, vLLM 0.%i', engine => {
    expect(all.filter(name => verdict(name, { engine }) === 'does-not-fit')).toEqual(all.slice(0, 4));
    expect(all.filter(name => verdict(name, { engine }) === 'fits')).toEqual(all.slice(4));
  });
  it.each([14, 23, 31])('fits on two GPUs but those of 24 GB, vLLM 0.%i', engine => {
    expect(all.filter(name => verdict(name, { engine, tensor: 2 }) === 'does-not-fit')).toEqual(
      all.slice(0, 2),
    );
    expect(all.filter(name => verdict(name, { engine, tensor: 2 }) === 'fits')).toEqual(all.slice(2));
  });
  it.each([4, 8])('fits everywhere on %i GPUs with expert parallelism', tensor => {
    expect(all.filter(name => verdict(name, { tensor, expert: true }) === 'fits')).toEqual(all);
  });
  it('does not load at all on one GPU of 24 GB', () => {
    expect(estimate(model(defaultModel), choice(), gpu('L4')).tokens).toEqual([0, 0]);
  });
});

describe('KV cache by kind of attention', () => {
  it.each<[string, number]>([
    ['Qwen/Qwen3-Next-80B-A3B-Instruct-FP8', 24_576],
    ['Qwen/Qwen3.5-397B-A17B', 30_720],
    ['openai/gpt-oss-20b', 24_576],
    ['openai/gpt-oss-120b', 36_864],
    ['deepseek-ai/DeepSeek-R1', 70_272],
    ['zai-org/GLM-4.6-FP8', 376_832],
    ['nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16', 8192],
    ['nvidia/Llama-3_3-Nemotron-Super-49B-v1', 200_704],
    ['nvidia/NVIDIA-Nemotron-3-Ultra-550B', 12_288],
    ['google/gemma-4-31b-it', 81_920],
    ['google/gemma-4-26b-a4b-it', 20_480],
    ['meta-llama/Llama-4-Scout-17B-16E-Instruct', 196_608],
  ])('%s takes %i bytes a token', (id, bytes) => {
    expect(estimate(model(id), choice(), null).kvBytesPerToken).toBe(bytes);
  });
  it('is cut by TP down to one KV head, except for latent attention', () => {
    const bytes = (id: string, tensor: number) =>
      estimate(model(id), choice({ tensor }), null).kvBytesPerToken;
    expect([1, 2, 4, 8].map(tensor => bytes(defaultModel, tensor))).toEqual([98_304, 49_152, 24_576, 24_576]);
    expect([1, 8].map(tensor => bytes('deepseek-ai/DeepSeek-R1', tensor))).toEqual([70_272, 70_272]);
  });
  it('is halved by an 8-bit cache', () => {
    const sum = estimate(model(defaultModel), choice({ kvCacheDtype: 'fp8' }), null);
    expect(sum.requestGib).toBe(12);
  });
  it('charges windows in full when a connector turns them off on an old engine', () => {
    const bytes = (engine: number) =>
      estimate(model('openai/gpt-oss-120b'), choice({ connector: true, engine }), null).kvBytesPerToken;
    expect([bytes(16), bytes(23)]).toEqual([73_728, 36_864]);
  });
});

describe('windows beside full layers with heads of their own', () => {
  const types = Array.from({ length: 60 }, (_, at) =>
    at % 6 === 5 ? 'full_attention' : 'sliding_attention',
  );
  /** The shape of Gemma 4 31B. */
  const gemma = readConfig(
    {
      num_hidden_layers: 60,
      hidden_size: 5376,
      num_attention_heads: 32,
      num_key_value_heads: 16,
      num_global_key_value_heads: 4,
      attention_k_eq_v: true,
      head_dim: 256,
      global_head_dim: 512,
      sliding_window: 1024,
      layer_types: types,
      max_position_embeddings: 262_144,
    },
    [30, 30],
  );
  const needed = (maxModelLen: number, some: Partial<Choice> = {}) =>
    estimate(gemma, choice({ maxModelLen, maxNumBatchedTokens: 8192, ...some }), null).requestGib;
  it('need what vLLM said in a log: 9.54 GiB for 32,768 tokens, 8.61 for 20,480', () => {
    expect([needed(32_768), needed(20_480)].map(gib => gib?.toFixed(2))).toEqual(['9.54', '8.61']);
  });
  it('cost 81,920 bytes for each further token', () => {
    expect(estimate(gemma, choice(), null).kvBytesPerToken).toBe(81_920);
  });
  it('keep room for a second step from vLLM 0.26 on, unless it is not scheduled ahead', () => {
    const second = (8192 * 16_384 * 50) / 2 ** 30;
    const now = needed(32_768) ?? Number.NaN;
    expect(needed(32_768, { engine: 26 })).toBeCloseTo(now + second, 5);
    expect(needed(32_768, { engine: 26, asyncScheduling: false })).toBeCloseTo(now, 5);
  });
});

describe('the size of a checkpoint that nobody told', () => {
  const shape = {
    num_hidden_layers: 10,
    hidden_size: 4096,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    intermediate_size: 12_288,
    vocab_size: 1000,
  };
  const quantized = (ignore: readonly string[]) =>
    guessedGib(readConfig({ ...shape, quantization_config: { quant_method: 'nvfp4', ignore } }, null));
  it('may have its attention in 16 bits, where some is left out of the quantisation', () => {
    const [low, high] = quantized(['lm_head', 'model.layers.0.post_attention_layernorm']) ?? [0, 0];
    const attention = (10 * 4096 * 128 * 80 * (2 - 0.55)) / 2 ** 30;
    expect(quantized(['model.layers.0.self_attn*'])).toEqual([
      low,
      expect.closeTo(high + attention * 1.05, 5),
    ]);
  });
  it('is not guessed where a layer is attention, a state or experts alone, or is not understood', () => {
    const hybrid = {
      ...shape,
      num_hidden_layers: 4,
      layers_block_type: ['mamba', 'moe', 'attention', 'moe'],
    };
    const sized = { mamba_num_heads: 2, mamba_head_dim: 4, ssm_state_size: 8, n_groups: 1, conv_kernel: 4 };
    expect(guessedGib(readConfig({ ...hybrid, ...sized }, null))).toBeNull();
    expect(guessedGib(readConfig({ ...shape, compress_ratios: [4] }, null))).toBeNull();
    expect(guessedGib(readConfig(shape, null))).not.toBeNull();
  });
});

describe('engine arguments', () => {
  const sum = (some: Partial<Choice>, on = 'L40S') => estimate(model(defaultModel), choice(some), gpu(on));
  const low = (some: Partial<Choice>): number => sum(some).kvCacheGib?.[0] ?? Number.NaN;
  it('take their part in the sum', () => {
    expect(low({ cpuOffloadGib: 10 }) - low({})).toBeCloseTo(10, 0);
    expect(low({ eager: true })).toBeGreaterThan(low({}));
    expect(low({ maxNumBatchedTokens: 32_768 })).toBeLessThan(low({}));
    expect(low({ maxNumSeqs: 1024 })).toBeLessThan(low({}));
    expect(sum({ kvCacheMemoryBytes: 2 ** 32 }).kvCacheGib).toEqual([4, 4]);
  });
  it('let the engine choose the context', () => {
    expect(sum({ maxModelLen: 'auto' }).verdict).toBe('fits');
  });
  it('quantise while loading', () => {
    const weights = (quantization: string | null) =>
      estimate(model('Qwen/Qwen3-32B'), choice({ quantization }), null).weightsGib?.[0] ?? Number.NaN;
    expect(weights('fp8')).toBeCloseTo((61.03 + 2.9) / 2, 0);
    expect(weights('awq')).toBeNaN();
  });
});

describe('pipeline stages', () => {
  const sum = (pipeline: number, engine: number) =>
    estimate(model('Qwen/Qwen3-32B'), choice({ pipeline, engine }), gpu('L40S'));
  it('share the layers, their weights and their cache', () => {
    expect(sum(2, 16).kvBytesPerToken).toBe(131_072);
    // A quarter of the layers, and one of two embeddings of 1.45 GiB.
    expect(sum(4, 16).weightsGib?.[0]).toBeCloseTo((61.03 - 2.9) / 4 + 1.45, 1);
    expect(sum(2, 16).requestGib).toBe(5);
  });
  it('had to hold the whole cache each when vLLM 0.15 and before admitted a model', () => {
    expect(sum(2, 14).requestGib).toBe(10);
  });
});

describe('what is not known', () => {
  it('is said and never held against anything', () => {
    const sum = estimate(model('deepseek-ai/DeepSeek-V4-Flash'), choice(), gpu('H200'));
    expect([sum.verdict, sum.missing]).toEqual(['does-not-fit', []]);
    const partial = estimate(model('zai-org/GLM-5.1-FP8'), choice(), gpu('B200'));
    expect(partial.weightsGib).not.toBeNull();
    const nothing = estimate(model('mistralai/Ministral-3-14B-Instruct-2512'), choice(), gpu('H200'));
    expect([nothing.verdict, nothing.missing]).toEqual([
      'unknown',
      ['what the attention caches', 'the length of the context'],
    ]);
  });
});
