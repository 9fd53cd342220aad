/** Reads what matters to memory and legality out of a model's config.json, whichever of its dialects it is written in. */

import { type Json, objectOf } from '../../../../core/json.ts';
import type { ModelFacts } from './facts.ts';
import { listOf, numberOf, textOf } from './json.ts';
import { readKinds } from './read-attention.ts';
import { contextOf } from './read-context.ts';
import { readExperts } from './read-experts.ts';
import { asConfig } from './read-params.ts';
import { readQuantization } from './read-quantization.ts';

/** Where models that also see or hear keep the part that counts here. */
const nested = ['text_config', 'llm_config', 'language_config', 'thinker_config'] as const;

/** The language model's own configuration; what it does not say is taken from the whole. */
const textConfig = (config: Json): Json => {
  const inner = nested.map(key => objectOf(config[key])).find(found => found !== undefined);
  if (inner === undefined) return config;
  const deeper = textConfig(inner);
  const shared = [
    'quantization_config',
    'torch_dtype',
    'dtype',
    'tie_word_embeddings',
    'model_type',
  ] as const;
  const fallback = Object.fromEntries(
    shared.flatMap(key => (config[key] === undefined ? [] : [[key, config[key]]])),
  );
  return { ...fallback, ...deeper };
};

/** What Gemma 3's smaller files leave to its class (`Gemma3TextConfig` of Transformers). */
const gemma3 = {
  num_attention_heads: 8,
  num_key_value_heads: 4,
  head_dim: 256,
  vocab_size: 262_208,
  max_position_embeddings: 131_072,
  tie_word_embeddings: true,
} as const;

const withDefaults = (text: Json): Json =>
  ['gemma3', 'gemma3_text'].includes(textOf(text, 'model_type') ?? '') ? { ...gemma3, ...text } : text;

const architectureOf = (config: Json): string | null => {
  const list = config['architectures'];
  const [first] = Array.isArray(list) ? list : [];
  return typeof first === 'string' ? first : null;
};

const headDimOf = (text: Json, hidden: number | null, heads: number | null): number | null =>
  numberOf(text, 'head_dim') ?? (hidden === null || heads === null ? null : Math.floor(hidden / heads));

/** Models found by architecture search (Nemotron's) say for each layer how many heads share one; null where that differs. */
const groupedHeads = (text: Json, heads: number | null): number | null => {
  const said = listOf(text['block_configs']).flatMap(block => {
    const sharing = numberOf(objectOf(objectOf(block)?.['attention']) ?? {}, 'n_heads_in_group');
    return sharing === null || sharing === 0 ? [] : [sharing];
  });
  const [first, ...others] = new Set(said);
  if (heads === null || first === undefined) return heads;
  return others.length === 0 ? Math.floor(heads / first) : null;
};

const kvHeadsOf = (text: Json, heads: number | null): number | null =>
  numberOf(text, 'num_key_value_heads', 'num_kv_heads', 'multi_query_group_num') ?? groupedHeads(text, heads);

const layersOf = (text: Json): number | null =>
  numberOf(text, 'num_hidden_layers', 'n_layer', 'n_layers', 'num_layers') ??
  (listOf(text['layers_block_type']).length || null);

const dtypeOf = (text: Json): string | null =>
  textOf(text, 'torch_dtype')?.replace('torch.', '') ?? textOf(text, 'dtype') ?? null;

/** `weightsGib` is not in config.json; it comes from the checkpoint's own sizes. */
export const readConfig = (said: Json, weightsGib: ModelFacts['weightsGib']): ModelFacts => {
  const config = asConfig(said);
  const text = withDefaults(textConfig(config));
  const heads = numberOf(text, 'num_attention_heads', 'n_head', 'n_heads');
  const hidden = numberOf(text, 'hidden_size', 'n_embd', 'd_model');
  const layers = layersOf(text);
  const { experts, hasDenseMlp } = readExperts(text, layers);
  return {
    architecture: architectureOf(config) ?? architectureOf(text),
    layers,
    hidden,
    heads,
    kvHeads: kvHeadsOf(text, heads),
    headDim: headDimOf(text, hidden, heads),
    intermediate: numberOf(text, 'intermediate_size_mlp', 'intermediate_size', 'ffn_hidden_size', 'n_inner'),
    hasDenseMlp,
    vocab: numberOf(text, 'vocab_size'),
    tiedEmbeddings: text['tie_word_embeddings'] === true,
    contextTokens: contextOf(text),
    dtype: dtypeOf(text),
    experts,
    kinds: layers === null ? [] : readKinds(text, layers),
    quantization: readQuantization(config, text),
    weightsGib,
  };
};
