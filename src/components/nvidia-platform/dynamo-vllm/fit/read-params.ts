/** Mistral's own `params.json` in the words of a config.json, as vLLM reads it where a repository has no other. */

import { type Json, objectOf } from '../../../../core/json.ts';
import { listOf, numberOf, textOf } from './json.ts';

/** What vLLM takes for the context where the file does not say it. */
const usualContext = 128_000;

const quantizationOf = (quantization: Json | undefined): Json | undefined => {
  if (quantization === undefined) return undefined;
  return textOf(quantization, 'qformat_weight') === 'fp8_e4m3' ? { quant_method: 'fp8' } : quantization;
};

/** A window for all layers, or a list that is repeated, in which null is a layer that sees everything. */
const windowsOf = (window: unknown, layers: number): Json => {
  const pattern = typeof window === 'number' ? [window] : listOf(window);
  if (pattern.length === 0) return {};
  const types = Array.from({ length: Math.min(layers, 10_000) }, (_, at) =>
    pattern[at % pattern.length] === null ? 'full_attention' : 'sliding_attention',
  );
  return { layer_types: types, sliding_window: pattern.find(one => one !== null) ?? null };
};

const expertsOf = (moe: Json | undefined): Json =>
  moe === undefined
    ? {}
    : {
        num_experts: moe['num_experts'],
        num_experts_per_tok: moe['num_experts_per_tok'],
        moe_intermediate_size: moe['expert_hidden_dim'],
        n_shared_experts: moe['num_shared_experts'],
        first_k_dense_replace: moe['first_k_dense_replace'],
      };

const ropeOf = (yarn: Json | undefined): Json =>
  yarn === undefined ? {} : { rope_parameters: { ...yarn, rope_type: 'yarn' } };

const architectureOf = (params: Json, moe: Json | undefined): string => {
  if (params['vision_encoder'] !== undefined) return 'PixtralForConditionalGeneration';
  if (moe === undefined) return 'MistralForCausalLM';
  return (numberOf(moe, 'num_shared_experts') ?? 0) > 0 ? 'MistralLarge3ForCausalLM' : 'MixtralForCausalLM';
};

/** The object itself where it is no `params.json`. */
export const asConfig = (params: Json): Json => {
  const layers = numberOf(params, 'n_layers');
  if (layers === null || numberOf(params, 'dim') === null) return params;
  const moe = objectOf(params['moe']);
  return {
    ...params,
    architectures: [architectureOf(params, moe)],
    num_hidden_layers: layers,
    hidden_size: params['dim'],
    num_attention_heads: params['n_heads'],
    num_key_value_heads: params['n_kv_heads'],
    intermediate_size: params['hidden_dim'],
    max_position_embeddings: numberOf(params, 'max_position_embeddings') ?? usualContext,
    tie_word_embeddings: params['tied_embeddings'] === true,
    quantization_config: quantizationOf(objectOf(params['quantization'])),
    ...windowsOf(params['sliding_window'], layers),
    ...expertsOf(moe),
    ...ropeOf(objectOf(params['yarn'])),
  };
};
