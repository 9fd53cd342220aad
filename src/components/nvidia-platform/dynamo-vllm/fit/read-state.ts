/** Bytes of the state that a Mamba-2 or gated-delta-net layer keeps for a request, whole model, before tensor parallelism. */

import type { Json } from '../../../../core/json.ts';
import { numberOf, textOf } from './json.ts';

const bytesOf = (dtype: string | null): number => (dtype === 'float32' ? 4 : 2);

/** All of the named numbers, or undefined when one is missing. */
const all = (text: Json, keys: readonly string[]): number[] | undefined => {
  const found = keys.map(key => numberOf(text, key));
  return found.includes(null) ? undefined : (found as number[]);
};

/** Gated delta net: a short convolution over queries, keys and values, and one matrix a value head. */
const deltaNet = (text: Json): number | undefined => {
  const sizes = all(text, [
    'linear_num_key_heads',
    'linear_key_head_dim',
    'linear_num_value_heads',
    'linear_value_head_dim',
    'linear_conv_kernel_dim',
  ]);
  if (sizes === undefined) return undefined;
  const [keyHeads = 0, keyDim = 0, valueHeads = 0, valueDim = 0, kernel = 1] = sizes;
  const convolution = (2 * keyHeads * keyDim + valueHeads * valueDim) * (kernel - 1) * 2;
  return convolution + valueHeads * valueDim * keyDim * bytesOf(textOf(text, 'mamba_ssm_dtype'));
};

/** The same five sizes in the words of Nemotron and of Granite. */
const mambaKeys = [
  ['mamba_num_heads', 'mamba_head_dim', 'ssm_state_size', 'n_groups', 'conv_kernel'],
  ['mamba_n_heads', 'mamba_d_head', 'mamba_d_state', 'mamba_n_groups', 'mamba_d_conv'],
] as const;

/** Mamba 2: a convolution over inputs and both projections, and one matrix a head. */
const mamba = (text: Json): number | undefined => {
  const [sizes] = mambaKeys.flatMap(keys => [all(text, keys) ?? []].filter(found => found.length > 0));
  if (sizes === undefined) return undefined;
  const [heads = 0, headDim = 0, stateSize = 0, groups = 0, kernel = 1] = sizes;
  const convolution = (heads * headDim + 2 * groups * stateSize) * (kernel - 1) * 2;
  return convolution + heads * headDim * stateSize * bytesOf(textOf(text, 'mamba_ssm_cache_dtype'));
};

/** Null when the configuration does not say enough. */
export const stateBytesOf = (text: Json): number | null => deltaNet(text) ?? mamba(text) ?? null;
