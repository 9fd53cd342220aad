/** Whether a model that brings Python code of its own can be loaded without running it. */

import { parseLenient, textOf } from '../fit/json.ts';
import type { Demand } from './demand.ts';

/**
 * Types whose configuration or tokenizer exists only as code beside the weights, by their own model cards: transformers and vLLM
 * have none of their own.
 */
const foreign: readonly string[] = [
  'aquila',
  'arctic',
  'baichuan',
  'chatglm',
  'deci',
  'exaone',
  'internlm',
  'internlm2',
  'internlm3',
  'internvl_chat',
  'jais',
  'kimi_k2',
  'kimi_linear',
  'kimi_vl',
  'minicpm',
  'minicpm3',
  'minicpmo',
  'minicpmv',
  'nemotron-nas',
  'orion',
  'phi3small',
  'plamo2',
  'qwen',
  'skywork',
  'solar',
  'telechat',
  'telechat2',
  'xverse',
];

/** Types that carry code for old libraries and are part of transformers by now, which prefers its own. */
const native: readonly string[] = [
  'bloom',
  'codegen',
  'cohere',
  'dbrx',
  'deepseek_v2',
  'deepseek_v3',
  'deepseek_v32',
  'ernie4_5',
  'ernie4_5_moe',
  'exaone4',
  'falcon',
  'gemma2',
  'glm',
  'glm4',
  'glm4_moe',
  'gpt_oss',
  'granite',
  'hunyuan_v1_dense',
  'hunyuan_v1_moe',
  'jamba',
  'llama',
  'llama4',
  'mamba',
  'minimax',
  'mistral',
  'mixtral',
  'mpt',
  'nemotron',
  'nemotron_h',
  'olmo',
  'olmo2',
  'phi',
  'phi3',
  'phimoe',
  'qwen2',
  'qwen2_5_vl',
  'qwen2_moe',
  'qwen2_vl',
  'qwen3',
  'qwen3_moe',
  'seed_oss',
  'stablelm',
  'starcoder2',
];

/** Of a model that is known to bring code; `maybe` where its type does not tell. */
export const needsRemoteCode = (config: string | null): 'yes' | 'no' | 'maybe' => {
  const read = config === null ? undefined : parseLenient(config);
  const type = (read === undefined ? null : textOf(read, 'model_type')) ?? '';
  if (foreign.includes(type)) return 'yes';
  return native.includes(type) ? 'no' : 'maybe';
};

export const saysTrust = (demands: readonly Demand[]): boolean =>
  demands.some(({ component }) =>
    [...(component?.command ?? []), ...(component?.args ?? [])].some(arg =>
      /(^|\s)--trust[-_]remote[-_]code(\s|=|$)/.test(arg),
    ),
  );
