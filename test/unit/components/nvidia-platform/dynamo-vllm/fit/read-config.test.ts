/** The traps that real config.json files set. */

import { describe, expect, it } from 'vitest';
import {
  knownModel,
  knownModels,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/catalogue.ts';
import { parseLenient } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/json.ts';
import { readConfig } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/read-config.ts';
import type { Json } from '../../../../../../src/core/json.ts';

const plain: Json = {
  architectures: ['X'],
  num_hidden_layers: 4,
  hidden_size: 512,
  num_attention_heads: 8,
  num_key_value_heads: 2,
  intermediate_size: 1024,
  vocab_size: 1000,
  max_position_embeddings: 4096,
};
const read = (some: Json) => readConfig({ ...plain, ...some }, null);

describe('dimensions', () => {
  it('takes a missing or empty head_dim from the heads', () => {
    expect(read({}).headDim).toBe(64);
    expect(read({ head_dim: null }).headDim).toBe(64);
    expect(read({ head_dim: 128 }).headDim).toBe(128);
  });
  it.each(['text_config', 'llm_config'])('looks into %s and takes the rest from outside', key => {
    const facts = readConfig(
      {
        architectures: ['Y'],
        [key]: plain,
        quantization_config: { quant_method: 'fp8' },
        torch_dtype: 'bfloat16',
      },
      null,
    );
    expect(facts).toMatchObject({ architecture: 'Y', layers: 4, kvHeads: 2, dtype: 'bfloat16' });
    expect(facts.quantization?.method).toBe('fp8');
  });
  it.each(['num_experts', 'n_routed_experts', 'num_local_experts'])('knows experts as %s', key => {
    expect(read({ [key]: 16, moe_intermediate_size: 256 }).experts).toMatchObject({ count: 16, width: 256 });
    expect(read({ [key]: 16 }).experts?.width).toBe(1024);
  });
  it('knows shared experts in both spellings', () => {
    const base = { num_experts: 16, moe_intermediate_size: 256 };
    expect(read({ ...base, shared_expert_intermediate_size: 512 }).experts?.sharedWidth).toBe(512);
    expect(read({ ...base, n_shared_experts: 2 }).experts?.sharedWidth).toBe(512);
    expect(read({ ...base, shared_intermediate_size: 512 }).experts?.sharedWidth).toBe(512);
    expect(read({ ...base, model_type: 'llama4_text' }).experts?.sharedWidth).toBe(256);
    expect(read(base).experts?.sharedWidth).toBe(0);
  });
  it('tells dense layers among experts', () => {
    const base = { num_experts: 16, moe_intermediate_size: 256 };
    expect(read(base)).toMatchObject({ hasDenseMlp: false, experts: { layers: 4 } });
    expect(read({ ...base, first_k_dense_replace: 1 })).toMatchObject({
      hasDenseMlp: true,
      experts: { layers: 3 },
    });
    expect(read({ ...base, interleave_moe_layer_step: 2 })).toMatchObject({
      hasDenseMlp: true,
      experts: { layers: 2 },
    });
  });
});

describe('attention', () => {
  it('is latent where there is a rank, whatever the KV heads say', () => {
    expect(read({ kv_lora_rank: 512, qk_rope_head_dim: 64, num_key_value_heads: 8 }).kinds).toEqual([
      { kind: 'latent', layers: 4, entryElements: 576 },
    ]);
  });
  it('follows layer_types, intervals, patterns and blocks', () => {
    const window = {
      sliding_window: 128,
      layer_types: ['sliding_attention', 'full_attention', 'full_attention', 'full_attention'],
    };
    expect(read(window).kinds).toEqual([
      { kind: 'full', layers: 3 },
      { kind: 'sliding', layers: 1, windowTokens: 128 },
    ]);
    const blocks = { block_configs: [{ attention: { no_op: true } }, { attention: { no_op: false } }] };
    expect(read(blocks).kinds).toEqual([{ kind: 'full', layers: 1 }]);
    const delta = {
      full_attention_interval: 4,
      linear_num_key_heads: 1,
      linear_key_head_dim: 2,
      linear_num_value_heads: 1,
      linear_value_head_dim: 2,
      linear_conv_kernel_dim: 4,
    };
    expect(read(delta).kinds).toEqual([
      { kind: 'full', layers: 1 },
      { kind: 'state', layers: 3, stateBytes: 6 * 3 * 2 + 4 * 2 },
    ]);
  });
  it('reads one word a layer, and counts the layers by it', () => {
    const layers = ['mamba', 'moe', 'mamba', 'mlp', 'attention', 'moe'];
    const mamba = {
      mamba_num_heads: 2,
      mamba_head_dim: 4,
      ssm_state_size: 8,
      n_groups: 1,
      conv_kernel: 4,
      mamba_ssm_cache_dtype: 'float32',
    };
    const { num_hidden_layers: _, ...unnumbered } = plain;
    const hybrid = {
      ...unnumbered,
      ...mamba,
      layers_block_type: layers,
      n_routed_experts: 8,
      moe_intermediate_size: 64,
    };
    expect(readConfig(hybrid, null)).toMatchObject({
      layers: 6,
      hasDenseMlp: true,
      experts: { layers: 2 },
      kinds: [
        { kind: 'full', layers: 1 },
        { kind: 'state', layers: 2, stateBytes: 24 * 3 * 2 + 64 * 4 },
      ],
    });
    expect(read({ ...mamba, layers_block_type: ['mamba', 'hybrid'] }).kinds).toEqual([]);
  });
  it('takes KV heads from what blocks share, where all share alike', () => {
    const blocks = (...sharing: readonly (number | null)[]) => ({
      num_key_value_heads: null,
      block_configs: sharing.map(n_heads_in_group => ({
        attention: { n_heads_in_group, no_op: n_heads_in_group === null },
      })),
    });
    expect(read(blocks(8, null, 8)).kvHeads).toBe(1);
    expect(read(blocks(8, null, 4)).kvHeads).toBeNull();
  });
  it('gives full layers the heads that Gemma 4 has there, and leaves out layers that keep nothing', () => {
    const gemma = {
      sliding_window: 16,
      layer_types: ['sliding_attention', 'full_attention', 'sliding_attention', 'full_attention'],
      global_head_dim: 128,
      num_global_key_value_heads: 1,
    };
    expect(read({ ...gemma, attention_k_eq_v: true }).kinds).toEqual([
      { kind: 'full', layers: 2, heads: { kvHeads: 1, headDim: 128 } },
      { kind: 'sliding', layers: 2, windowTokens: 16 },
    ]);
    expect(read({ ...gemma, num_kv_shared_layers: 2 }).kinds).toEqual([
      { kind: 'full', layers: 1, heads: { kvHeads: 2, headDim: 128 } },
      { kind: 'sliding', layers: 1, windowTokens: 16 },
    ]);
  });
  it('believes Qwen 2 that its window is off', () => {
    expect(read({ sliding_window: 131_072, use_sliding_window: false }).kinds).toEqual([
      { kind: 'full', layers: 4 },
    ]);
  });
  it('takes a window as long as the context for none', () => {
    expect(read({ sliding_window: 4096 }).kinds).toEqual([{ kind: 'full', layers: 4 }]);
    expect(read({ sliding_window: 4095 }).kinds).toEqual([]);
  });
  it('sizes the states of Granite', () => {
    const granite = {
      layer_types: ['mamba', 'mamba', 'mamba', 'attention'],
      mamba_n_heads: 2,
      mamba_d_head: 4,
      mamba_d_state: 8,
      mamba_n_groups: 1,
      mamba_d_conv: 4,
    };
    expect(read(granite).kinds).toEqual([
      { kind: 'full', layers: 1 },
      { kind: 'state', layers: 3, stateBytes: 24 * 3 * 2 + 64 * 2 },
    ]);
  });
  it.each<Json>([
    { attn_layer_period: 8 },
    { attn_layer_indices: [1] },
    { mamba_d_ssm: 4096 },
    { sparse_attention_config: { sparse_index_dim: 128 } },
    { attn_type_list: [0, 1] },
  ])('does not take a hybrid for plain attention: %j', some => {
    expect(read(some).kinds).toEqual([]);
    expect(read({ attn_type_list: [1, 1, 1, 1] }).kinds).toEqual([{ kind: 'full', layers: 4 }]);
  });
  it('does not guess', () => {
    expect(read({ sliding_window: 1024 }).kinds).toEqual([]);
    expect(read({ compress_ratios: [4] }).kinds).toEqual([]);
    expect(read({ full_attention_interval: 4 }).kinds).toEqual([]);
    expect(read({ layer_types: ['full_attention', 'something_new'] }).kinds).toEqual([]);
  });
});

describe('what is not in the file', () => {
  it('is what the class of Gemma 3 says', () => {
    const text_config = {
      model_type: 'gemma3_text',
      num_hidden_layers: 34,
      hidden_size: 2560,
      sliding_window: 1024,
    };
    expect(readConfig({ model_type: 'gemma3', text_config }, null)).toMatchObject({
      heads: 8,
      kvHeads: 4,
      headDim: 256,
      vocab: 262_208,
      contextTokens: 131_072,
      tiedEmbeddings: true,
      kinds: [
        { kind: 'full', layers: 5 },
        { kind: 'sliding', layers: 29, windowTokens: 1024 },
      ],
    });
  });
  it('or beyond counting, is not known', () => {
    expect(read({ hidden_size: 1e308, num_key_value_heads: 1e13 })).toMatchObject({
      hidden: null,
      kvHeads: 8,
    });
  });
});

describe('a params.json of Mistral', () => {
  const params: Json = {
    dim: 512,
    n_layers: 4,
    n_heads: 8,
    n_kv_heads: 2,
    head_dim: 128,
    hidden_dim: 1024,
    vocab_size: 1000,
  };
  const readParams = (some: Json) => readConfig({ ...params, ...some }, null);
  it('says the same in other words', () => {
    expect(readParams({})).toMatchObject({
      architecture: 'MistralForCausalLM',
      layers: 4,
      hidden: 512,
      heads: 8,
      kvHeads: 2,
      headDim: 128,
      intermediate: 1024,
      contextTokens: 128_000,
      kinds: [{ kind: 'full', layers: 4 }],
      quantization: null,
    });
  });
  it('has experts, latent attention, 8 bits and a longer context', () => {
    const moe = {
      num_experts: 128,
      num_experts_per_tok: 4,
      expert_hidden_dim: 64,
      num_shared_experts: 1,
      first_k_dense_replace: 3,
    };
    const large = {
      moe,
      kv_lora_rank: 512,
      qk_rope_head_dim: 64,
      quantization: { qformat_weight: 'fp8_e4m3' },
      max_position_embeddings: 4096,
      yarn: { factor: 16, original_max_position_embeddings: 2048 },
    };
    expect(readParams(large)).toMatchObject({
      architecture: 'MistralLarge3ForCausalLM',
      experts: { count: 128, perToken: 4, width: 64, sharedWidth: 64, layers: 1 },
      kinds: [{ kind: 'latent', layers: 4, entryElements: 576 }],
      quantization: { method: 'fp8' },
      contextTokens: 32_768,
    });
  });
  it('has windows in all layers, or in some', () => {
    expect(readParams({ sliding_window: 1024 }).kinds).toEqual([
      { kind: 'sliding', layers: 4, windowTokens: 1024 },
    ]);
    expect(readParams({ sliding_window: [null, 1024] }).kinds).toEqual([
      { kind: 'full', layers: 2 },
      { kind: 'sliding', layers: 2, windowTokens: 1024 },
    ]);
  });
});

describe('context', () => {
  it.each<[Json, number]>([
    [{}, 4096],
    [{ rope_scaling: { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 2048 } }, 8192],
    [{ rope_scaling: { type: 'linear', factor: 2 } }, 8192],
    [{ rope_scaling: { rope_type: 'llama3', factor: 8 } }, 4096],
    [{ rope_parameters: { rope_type: 'default', rope_theta: 1e6 } }, 4096],
    [{ rope_scaling: { rope_type: 'linear', factor: 8 }, model_type: 'gemma3_text' }, 4096],
    [{ model_max_length: 2048 }, 2048],
  ])('of %j is %i', (some, tokens) => {
    expect(read(some).contextTokens).toBe(tokens);
  });
});

describe('quantisation', () => {
  it.each<[Json, object]>([
    [
      { quant_method: 'fp8', weight_block_size: [128, 128] },
      { method: 'fp8', bits: 8, block: [128, 128] },
    ],
    [{ quant_method: 'fp8' }, { method: 'fp8', bits: 8, block: null }],
    [
      { quant_method: 'awq', bits: 4, group_size: 128 },
      { method: 'awq', bits: 4, groupSize: 128 },
    ],
    [{ quant_method: 'mxfp4' }, { method: 'mxfp4', bits: 4 }],
    [
      { quant_method: 'modelopt', quant_algo: 'NVFP4' },
      { method: 'modelopt_fp4', bits: 4 },
    ],
    [{ quant_method: 'modelopt', quant_algo: 'MIXED_PRECISION' }, { method: 'modelopt_mixed' }],
    [
      { quant_method: 'modelopt', quant_algo: 'MXFP8' },
      { method: 'modelopt_mxfp8', bits: 8 },
    ],
    [
      {
        quant_method: 'compressed-tensors',
        config_groups: {
          group_0: { weights: { num_bits: 8, strategy: 'block', block_structure: [128, 128] } },
        },
      },
      { method: 'compressed-tensors', bits: 8, block: [128, 128] },
    ],
  ])('%j', (config, expected) => {
    expect(read({ quantization_config: config }).quantization).toMatchObject(expected);
  });
});

describe('JSON as Python writes it', () => {
  it('may hold Infinity and NaN outside of texts', () => {
    expect(parseLenient('{"a": Infinity, "b": -Infinity, "c": "NaN", "d": [NaN]}')).toEqual({
      a: null,
      b: null,
      c: 'NaN',
      d: [null],
    });
  });
  it.each(['', '[]', 'null', '{'])('is refused as %j', text => {
    expect(parseLenient(text)).toBeUndefined();
  });
});

describe('the catalogue', () => {
  it('reads every entry, and knows the attention of nearly all', () => {
    const facts = knownModels.map(id => knownModel(id));
    expect(facts).toHaveLength(new Set(knownModels.map(id => id.toLowerCase())).size);
    expect(facts.filter(one => (one?.kinds.length ?? 0) === 0).length).toBeLessThan(15);
  });
  it('compares ids without case', () => {
    expect(knownModel('qwen/qwen3-0.6b')?.layers).toBe(28);
  });
});
