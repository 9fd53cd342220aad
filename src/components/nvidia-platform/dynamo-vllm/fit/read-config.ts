/** Reads what matters to memory and legality out of a model's config.json, whichever of its dialects it is written in. */

import { type Json, objectOf } from '../../../../core/json.ts';
import type { ModelFacts } from './facts.ts';
import { numberOf, textOf } from './json.ts';
import { readKinds } from './read-attention.ts';
import { contextOf } from './read-context.ts';
import { readExperts } from './read-experts.ts';
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

const architectureOf = (config: Json): string | null => {
  const list = config['architectures'];
  const [first] = Array.isArray(list) ? list : [];
  return typeof first === 'string' ? first : null;
};

const headDimOf = (text: Json, hidden: number | null, heads: number | null): number | null =>
  numberOf(text, 'head_dim') ?? (hidden === null || heads === null ? null : Math.floor(hidden / heads));

/** Configurations that give each layer a list instead of a number (Nemotron's NAS models) say the number elsewhere. */
const kvHeadsOf = (text: Json, heads: number | null): number | null =>
  numberOf(text, 'num_key_value_heads', 'num_kv_heads', 'multi_query_group_num') ?? heads;

const dtypeOf = (text: Json): string | null =>
  textOf(text, 'torch_dtype')?.replace('torch.', '') ?? textOf(text, 'dtype') ?? null;

/** `weightsGib` is not in config.json; it comes from the checkpoint's own sizes. */
export const readConfig = (config: Json, weightsGib: ModelFacts['weightsGib']): ModelFacts => {
  const text = textConfig(config);
  const heads = numberOf(text, 'num_attention_heads', 'n_head', 'n_heads');
  const hidden = numberOf(text, 'hidden_size', 'n_embd', 'd_model');
  const layers = numberOf(text, 'num_hidden_layers', 'n_layer', 'n_layers', 'num_layers');
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
