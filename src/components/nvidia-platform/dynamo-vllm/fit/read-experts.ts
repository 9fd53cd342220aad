/** Experts under the names that each family of models has for them, and which layers have a dense MLP instead. */

import type { Json } from '../../../../core/json.ts';
import type { Experts } from './facts.ts';
import { counterOf, listOf, numberOf, textOf } from './json.ts';

/** Layers with a dense MLP in a model with experts. */
const denseLayers = (text: Json, layers: number): number => {
  const every = Math.max(1, numberOf(text, 'decoder_sparse_step', 'interleave_moe_layer_step') ?? 1);
  const stepped = layers - Math.floor(layers / every);
  const listed = listOf(text['mlp_only_layers']).length;
  const first = numberOf(text, 'first_k_dense_replace') ?? 0;
  const frequency = listOf(text['moe_layer_freq']).filter(value => value === 0).length;
  return Math.min(layers, Math.max(stepped + listed, first, frequency));
};

/** Hybrids write one letter a layer, `E` for experts and `-` for a dense MLP, or one word. */
const byPattern = (text: Json): { experts: number; dense: number } | undefined => {
  const pattern = text['hybrid_override_pattern'];
  const words = listOf(text['layers_block_type']);
  if (typeof pattern !== 'string' && words.length === 0) return undefined;
  const count = counterOf(typeof pattern === 'string' ? [...pattern] : words);
  return { experts: count('E', 'moe'), dense: count('-', 'mlp') };
};

const sharedKeys = [
  'shared_expert_intermediate_size',
  'moe_shared_expert_intermediate_size',
  'shared_intermediate_size',
  'share_expert_dim',
] as const;

/** Llama 4 has a shared expert as wide as the others, without a word of it. */
const sharedWidth = (text: Json, width: number | null): number => {
  const usual = textOf(text, 'model_type') === 'llama4_text' ? 1 : 0;
  const count = numberOf(text, 'n_shared_experts', 'num_shared_experts') ?? usual;
  return numberOf(text, ...sharedKeys) ?? count * (width ?? 0);
};

type Read = { readonly experts: Experts | null; readonly hasDenseMlp: boolean };

/** Without a width of its own an expert is as wide as an MLP (Mixtral, gpt-oss, MiniMax, Llama 4). */
export const readExperts = (text: Json, layers: number | null): Read => {
  const width = numberOf(text, 'moe_intermediate_size', 'moe_ffn_hidden_size');
  const count = numberOf(text, 'num_experts', 'n_routed_experts', 'num_local_experts', 'moe_num_experts');
  const pattern = byPattern(text);
  if ((count === null || count <= 1) && width === null)
    return { experts: null, hasDenseMlp: (pattern?.dense ?? 1) > 0 };
  const dense = pattern?.dense ?? (layers === null ? 0 : denseLayers(text, layers));
  const own = width ?? numberOf(text, 'intermediate_size');
  return {
    experts: {
      count: count ?? 0,
      perToken: numberOf(
        text,
        'num_experts_per_tok',
        'num_experts_per_token',
        'moe_topk',
        'moe_k',
        'top_k_experts',
      ),
      width: own,
      sharedWidth: sharedWidth(text, own),
      layers: pattern?.experts ?? (layers === null ? null : layers - dense),
    },
    hasDenseMlp: dense > 0,
  };
};
