/** Which layers cache what: grouped-query, latent, sliding, hybrid with states. Empty where it is not understood, never guessed. */

import { type Json, objectOf } from '../../../../core/json.ts';
import type { LayerKind } from './facts.ts';
import { counterOf, listOf, numberOf, textOf } from './json.ts';
import { contextOf } from './read-context.ts';
import { stateBytesOf } from './read-state.ts';

/** DeepSeek's latent attention carries `num_key_value_heads` too, so this is looked for first. */
const latent = (text: Json, layers: number): LayerKind | undefined => {
  const rank = numberOf(text, 'kv_lora_rank');
  if (rank === null || rank === 0) return undefined;
  return { kind: 'latent', layers, entryElements: rank + (numberOf(text, 'qk_rope_head_dim') ?? 0) };
};

const present = (kinds: readonly LayerKind[]): readonly LayerKind[] =>
  kinds.filter(({ layers }) => layers > 0);

/** Attention and state layers of a hybrid; not understood when the size of a state is not. */
const hybrid = (text: Json, full: number, states: number): readonly LayerKind[] => {
  const stateBytes = stateBytesOf(text);
  const attention = latent(text, full) ?? { kind: 'full' as const, layers: full };
  if (states > 0 && stateBytes === null) return [];
  return present([attention, { kind: 'state', layers: states, stateBytes: stateBytes ?? 0 }]);
};

/** Gemma 4 has wider heads, and mostly fewer of them, where it sees everything. */
const fullOf = (text: Json, layers: number): LayerKind => {
  const headDim = numberOf(text, 'global_head_dim');
  if (headDim === null) return { kind: 'full', layers };
  const own = text['attention_k_eq_v'] === true ? numberOf(text, 'num_global_key_value_heads') : null;
  return { kind: 'full', layers, heads: { kvHeads: own ?? numberOf(text, 'num_key_value_heads'), headDim } };
};

const sliding = (text: Json, layers: number, ofWindow: number): readonly LayerKind[] => {
  const windowTokens = numberOf(text, 'sliding_window');
  if (windowTokens === null || windowTokens === 0) return [{ kind: 'full', layers }];
  return present([fullOf(text, layers - ofWindow), { kind: 'sliding', layers: ofWindow, windowTokens }]);
};

/** Llama 4's chunked attention is counted as full: vLLM caches it so unless told otherwise. */
const byLayerTypes = (text: Json): readonly LayerKind[] | undefined => {
  const all = listOf(text['layer_types']);
  if (all.length === 0) return undefined;
  // The last layers of some models use what earlier ones keep.
  const types = all.slice(0, all.length - (numberOf(text, 'num_kv_shared_layers') ?? 0));
  const count = counterOf(types);
  const full = count('full_attention', 'chunked_attention', 'attention');
  const window = count('sliding_attention');
  const states = count('linear_attention', 'mamba', 'mamba2');
  if (full + window + states !== types.length) return [];
  return states > 0 ? (window > 0 ? [] : hybrid(text, full, states)) : sliding(text, types.length, window);
};

/** Nemotron-H: `*` is attention, `M` a Mamba layer. */
const byPattern = (text: Json): readonly LayerKind[] | undefined => {
  const pattern = textOf(text, 'hybrid_override_pattern');
  if (pattern === null) return undefined;
  const count = (letter: string): number => pattern.split(letter).length - 1;
  return hybrid(text, count('*'), count('M'));
};

/** The same in words; layers of experts or an MLP cache nothing. */
const byBlockTypes = (text: Json): readonly LayerKind[] | undefined => {
  const types = listOf(text['layers_block_type']);
  if (types.length === 0) return undefined;
  const count = counterOf(types);
  const [full, states] = [count('attention'), count('mamba')];
  return full + states + count('moe', 'mlp') === types.length ? hybrid(text, full, states) : [];
};

const byInterval = (text: Json, layers: number): readonly LayerKind[] | undefined => {
  const interval = numberOf(text, 'full_attention_interval');
  if (interval === null || interval < 1) return undefined;
  const full = Math.floor(layers / interval);
  return hybrid(text, full, layers - full);
};

/** Models found by architecture search leave the attention out of some layers. */
const byBlocks = (text: Json): readonly LayerKind[] | undefined => {
  const blocks = listOf(text['block_configs']).map(block => objectOf(objectOf(block)?.['attention']));
  if (blocks.length === 0) return undefined;
  const full = blocks.filter(
    block => block !== undefined && block['no_op'] !== true && block['replace_with_linear'] !== true,
  );
  return [{ kind: 'full', layers: full.length }];
};

/** Gemma 3: every sixth layer sees everything. */
const bySlidingPattern = (text: Json, layers: number): readonly LayerKind[] | undefined => {
  const every = numberOf(text, 'sliding_window_pattern');
  const usual = (textOf(text, 'model_type') ?? '').startsWith('gemma3') ? 6 : null;
  const pattern = every ?? usual;
  return pattern === null || pattern < 2
    ? undefined
    : sliding(text, layers, layers - Math.floor(layers / pattern));
};

/** Families whose cache is compressed or differs between layers, or that have states too, in ways that are not computed here. */
const notUnderstood = [
  'attn_layer_indices',
  'attn_layer_period',
  'compress_ratios',
  'hybrid_layer_pattern',
  'linear_attn_config',
  'mamba_d_ssm',
  'sparse_attention_config',
  'swa_num_key_value_heads',
] as const;

/** Qwen 2 names a window and switches it off; others name one as long as their context. */
const windowIsOn = (text: Json): boolean => {
  const window = numberOf(text, 'sliding_window') ?? 0;
  const context = contextOf(text);
  return window > 0 && text['use_sliding_window'] !== false && (context === null || window < context);
};

/** MiniMax's first models mark each layer: 1 is attention, 0 a state. */
const hasLinearLayers = (text: Json): boolean => listOf(text['attn_type_list']).includes(0);

const uniform = (text: Json, layers: number): readonly LayerKind[] => {
  if (numberOf(text, 'num_key_value_heads', 'num_attention_heads', 'n_head', 'num_kv_heads') === null)
    return [];
  // A window without a word on which layers have it: Mistral's first models have it everywhere, others do not.
  if (windowIsOn(text)) return textOf(text, 'model_type') === 'mistral' ? sliding(text, layers, layers) : [];
  return [{ kind: 'full', layers }];
};

export const readKinds = (text: Json, layers: number): readonly LayerKind[] => {
  const isStrange = notUnderstood.some(key => text[key] !== undefined && text[key] !== null);
  if (isStrange || hasLinearLayers(text)) return [];
  const whole = latent(text, layers);
  return (
    byPattern(text) ??
    byBlockTypes(text) ??
    byInterval(text, layers) ??
    (whole === undefined ? undefined : [whole]) ??
    (text['use_sliding_window'] === false ? undefined : byLayerTypes(text)) ??
    byBlocks(text) ??
    bySlidingPattern(text, layers) ??
    uniform(text, layers)
  );
};
