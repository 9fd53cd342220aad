/** How a checkpoint is quantised, in the spellings of its makers. */

import { type Json, objectOf } from '../../../../core/json.ts';
import type { Quantization } from './facts.ts';
import { listOf, numberOf, textOf } from './json.ts';

const pair = (value: unknown): readonly [number, number] | null => {
  const [rows, columns] = listOf(value);
  return typeof rows === 'number' && typeof columns === 'number' && rows > 0 && columns > 0
    ? [rows, columns]
    : null;
};

/** compressed-tensors describes groups of layers; the first is that of the linear layers. */
const firstGroup = (config: Json): Json | undefined => {
  const groups = objectOf(config['config_groups']);
  const [first] = groups === undefined ? [] : Object.values(groups);
  return objectOf(objectOf(first)?.['weights']);
};

const blockOf = (config: Json, group: Json | undefined): Quantization['block'] => {
  if (config['weight_block_size'] !== undefined) return pair(config['weight_block_size']);
  return group?.['strategy'] === 'block' ? (pair(group['block_structure']) ?? [128, 128]) : null;
};

const bitsOfMethod: Readonly<Record<string, number>> = {
  fp8: 8,
  fbgemm_fp8: 8,
  mxfp4: 4,
  nvfp4: 4,
  mxfp8: 8,
};

const bitsOf = (method: string, config: Json, group: Json | undefined): number | null => {
  const algorithm = textOf(config, 'quant_algo')?.toUpperCase() ?? '';
  if (algorithm.includes('FP4')) return 4;
  if (algorithm.includes('FP8')) return 8;
  if (config['load_in_4bit'] === true) return 4;
  return (
    numberOf(config, 'bits', 'w_bit') ??
    (group === undefined ? null : numberOf(group, 'num_bits')) ??
    bitsOfMethod[method] ??
    null
  );
};

const ignoredOf = (config: Json): readonly string[] =>
  ['modules_to_not_convert', 'ignored_layers', 'ignore', 'exclude_modules']
    .flatMap(key => listOf(config[key]))
    .filter(name => typeof name === 'string');

/** NVIDIA's modelopt names an algorithm; vLLM has a method for each, whichever of them the checkpoint says. */
const methodOf = (config: Json): string => {
  const method = textOf(config, 'quant_method') ?? '';
  const algorithm = textOf(config, 'quant_algo')?.toUpperCase() ?? '';
  if (!method.startsWith('modelopt')) return method;
  if (algorithm === 'MIXED_PRECISION') return 'modelopt_mixed';
  if (algorithm.includes('MXFP8')) return 'modelopt_mxfp8';
  return algorithm.includes('FP4') ? 'modelopt_fp4' : method;
};

const floatsOf = (scheme: Json | undefined): string | null => {
  if (scheme === undefined || scheme['type'] !== 'float') return null;
  if (numberOf(scheme, 'num_bits') === 4) return 'nvfp4';
  return numberOf(scheme, 'num_bits') === 8 && scheme['dynamic'] === false ? 'fp8' : null;
};

/**
 * modelopt names an algorithm, or describes it as llm-compressor does; vLLM looks for it at the top of config.json only. Of
 * llm-compressor's models any description means 8 bits.
 */
const cacheTypeOf = (method: string, config: Json, isTop: boolean): string | null => {
  const scheme = objectOf(config['kv_cache_scheme']);
  if (method === 'compressed-tensors') return scheme === undefined ? null : 'fp8';
  if (!method.startsWith('modelopt') || !isTop) return null;
  if (scheme !== undefined) return floatsOf(scheme);
  const algorithm = (
    textOf(config, 'kv_cache_scheme') ??
    textOf(config, 'kv_cache_quant_algo') ??
    ''
  ).toLowerCase();
  return ['fp8', 'nvfp4'].includes(algorithm) ? algorithm : null;
};

/** Null when the model is not quantised; modelopt checkpoints may say it in hf_quant_config.json only. */
export const readQuantization = (whole: Json, text: Json): Quantization | null => {
  const config =
    objectOf(whole['quantization_config']) ??
    objectOf(text['quantization_config']) ??
    objectOf(whole['compression_config']) ??
    objectOf(text['compression_config']);
  if (config === undefined) return null;
  const method = methodOf(config).toLowerCase();
  if (method === '') return null;
  const group = firstGroup(config);
  return {
    method,
    bits: bitsOf(method, config, group),
    block: blockOf(config, group),
    groupSize:
      numberOf(config, 'group_size', 'q_group_size') ??
      (group === undefined ? null : numberOf(group, 'group_size')),
    ignored: ignoredOf(config),
    cacheType: cacheTypeOf(method, config, config === objectOf(whole['quantization_config'])),
  };
};
