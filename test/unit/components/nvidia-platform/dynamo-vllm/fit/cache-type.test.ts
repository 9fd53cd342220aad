/** What the KV cache is kept in where the checkpoint has a word in it, per release of vLLM as it was published. */

import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/advice.ts';
import { draftOf } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/draft.ts';
import { estimate } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/estimate.ts';
import type { Choice } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/facts.ts';
import { readConfig } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/read-config.ts';
import { memoryFindings } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/verdicts.ts';
import type { Json } from '../../../../../../src/core/json.ts';
import { choice, gpu } from '../../../../../kit/asking.ts';

const plain: Json = {
  num_hidden_layers: 4,
  hidden_size: 512,
  num_attention_heads: 8,
  num_key_value_heads: 2,
  head_dim: 64,
  intermediate_size: 1024,
  vocab_size: 1000,
  max_position_embeddings: 4096,
};
const scheme = { num_bits: 8, type: 'float', dynamic: false, strategy: 'tensor' };
const modelopt: Json = { quant_method: 'modelopt', quant_algo: 'NVFP4', kv_cache_quant_algo: 'FP8' };
const described: Json = { quant_method: 'modelopt', quant_algo: 'FP8', kv_cache_scheme: scheme };
const packed: Json = { quant_method: 'modelopt', quant_algo: 'NVFP4', kv_cache_quant_algo: 'NVFP4' };
const compressed: Json = { quant_method: 'compressed-tensors', kv_cache_scheme: scheme };
const silent: Json = { quant_method: 'modelopt', quant_algo: 'FP8', kv_cache_quant_algo: null };

const facts = (quantization: Json, some: Json = {}) =>
  readConfig({ ...plain, ...some, quantization_config: quantization }, [1, 1]);
const bytes = (quantization: Json, some: Partial<Choice>, more: Json = {}): number | null =>
  estimate(facts(quantization, more), choice(some), null).kvBytesPerToken;

/** 2 x 2 heads x 64 x 4 layers, one byte each. */
const eight = 1024;
const engines = [12, 14, 16, 19, 20, 23, 26, 28, 31];

describe('a token of the cache', () => {
  it.each<[string, Json, string, (number | null)[]]>([
    ['modelopt', modelopt, 'auto', [2048, ...Array<number>(8).fill(eight)]],
    ['modelopt as a scheme', described, 'auto', [2048, ...Array<number>(8).fill(eight)]],
    ['modelopt in 4 bits', packed, 'auto', [2048, 2048, 2048, 2048, 576, 576, 576, 576, 576]],
    ['modelopt, 16 bits asked for', modelopt, 'bfloat16', Array<number>(9).fill(2048)],
    ['modelopt without a word', silent, 'auto', Array<number>(9).fill(2048)],
    ['llm-compressor', compressed, 'auto', [2048, 2048, ...Array<number>(7).fill(eight)]],
    [
      'llm-compressor, 16 bits asked for',
      compressed,
      'bfloat16',
      [2048, 2048, eight, eight, eight, 2048, 2048, 2048, 2048],
    ],
    ['another method', { quant_method: 'fp8', kv_cache_scheme: scheme }, 'auto', Array<number>(9).fill(2048)],
  ])('%s', (_, quantization, kvCacheDtype, expected) => {
    expect(engines.map(engine => bytes(quantization, { engine, kvCacheDtype }))).toEqual(expected);
  });
  it('is not told by a quantisation that stands inside of text_config, or by a dynamic scheme', () => {
    const inner = readConfig({ text_config: { ...plain, quantization_config: modelopt } }, [1, 1]);
    expect(estimate(inner, choice({ engine: 31 }), null).kvBytesPerToken).toBe(2048);
    const dynamic = { quant_method: 'modelopt', kv_cache_scheme: { ...scheme, dynamic: true } };
    expect(bytes(dynamic, { engine: 31 })).toBe(2048);
  });
  it('is halved for latent attention by modelopt only', () => {
    const latent = { kv_lora_rank: 100, qk_rope_head_dim: 28 };
    expect(bytes(modelopt, { engine: 31 }, latent)).toBe(128 * 4);
    expect(bytes(compressed, { engine: 31 }, latent)).toBe(128 * 4 * 2);
    expect(bytes(packed, { engine: 31 }, latent)).toBeNull();
  });
  it('is the same for a draft beside the model', () => {
    const speculative = '{"model": "Qwen/Qwen3-0.6B", "num_speculative_tokens": 3}';
    const draft = (quantization: Json) => draftOf(facts(quantization), choice({ engine: 23, speculative }));
    expect(draft(silent)).toMatchObject({ kvBytesPerToken: 114_688 });
    expect(draft(modelopt)).toMatchObject({ kvBytesPerToken: 57_344 });
  });
});

describe('what is said of it', () => {
  const asking = (quantization: Json, some: Partial<Choice>) => ({
    modelId: 'a/model',
    model: facts(quantization, { max_position_embeddings: 2 ** 24 }),
    choice: choice(some),
    gpu: gpu('L40S'),
    gpuCount: null,
  });
  const said = (quantization: Json, some: Partial<Choice>): string[] => {
    const question = asking(quantization, some);
    const sum = estimate(question.model, question.choice, question.gpu);
    return memoryFindings(question, sum, 'warning', [])
      .filter(({ rule }) => rule === 'fit-checkpoint-cache')
      .map(({ message, hint }) => `${message} ${hint}`);
  };
  it('is what this vLLM does, and the argument that does the other', () => {
    expect(said(modelopt, { engine: 23 })).toEqual([
      expect.stringMatching(/in FP8, .* follows it.*--kv-cache-dtype bfloat16$/),
    ]);
    expect(said(modelopt, { engine: 12 })).toEqual([
      expect.stringMatching(/does not look at that: .* 16 bits.*--kv-cache-dtype fp8$/),
    ]);
    expect(said(compressed, { engine: 20, kvCacheDtype: 'bfloat16' })).toEqual([
      expect.stringMatching(/follows it.*whatever --kv-cache-dtype says/),
    ]);
  });
  it('is nothing where the person decided or the checkpoint is silent', () => {
    expect(said(modelopt, { engine: 23, kvCacheDtype: 'bfloat16' })).toEqual([]);
    expect(said(modelopt, { engine: 23, kvCacheDtype: 'fp8' })).toEqual([]);
    expect(said(silent, { engine: 23 })).toEqual([]);
  });
  it('offers no 8-bit cache where there is one already', () => {
    const offered = (quantization: Json): boolean =>
      adviceFor(asking(quantization, { engine: 23 }), []).some(({ adds }) =>
        adds.includes('--kv-cache-dtype'),
      );
    expect([offered(silent), offered(modelopt)]).toEqual([true, false]);
  });
});
