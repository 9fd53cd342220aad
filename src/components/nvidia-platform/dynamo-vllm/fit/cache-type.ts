/** What the KV cache is kept in: as asked for with `--kv-cache-dtype`, or as the checkpoint says where this vLLM listens to it. */

import type { Choice, ModelFacts } from './facts.ts';

/**
 * `resolve_kv_cache_dtype_string`: not in 0.12, in 0.14.1 and all that were looked into after it; 4-bit caches are known to 0.20.1, not
 * to 0.16. What was asked for wins.
 */
const firstOfModelopt: Readonly<Record<string, number>> = { fp8: 14, nvfp4: 20 };

/** The attention layers of llm-compressor's models: not in 0.14.1, in 0.16 and all that were looked into after it. */
const firstOfScheme = 16;

/** From 0.16 to 0.20.1 such a checkpoint won over what was asked for; in 0.23 it no longer does. */
const firstThatListens = 23;

const asModelopt = (said: string, { kvCacheDtype, engine }: Choice): string =>
  kvCacheDtype === 'auto' && engine >= (firstOfModelopt[said] ?? Number.POSITIVE_INFINITY)
    ? said
    : kvCacheDtype;

const asScheme = (model: ModelFacts, said: string, { kvCacheDtype, engine }: Choice): string => {
  // Layers with latent attention do not look at it.
  const looks = engine >= firstOfScheme && model.kinds.every(({ kind }) => kind !== 'latent');
  return looks && (kvCacheDtype === 'auto' || engine < firstThatListens) ? said : kvCacheDtype;
};

/** A value of `--kv-cache-dtype`; `auto` is the type that the model computes in. Read in the published packages of vLLM. */
export const cacheTypeOf = (model: ModelFacts, choice: Choice): string => {
  const { method = '', cacheType = null } = model.quantization ?? {};
  if (cacheType === null) return choice.kvCacheDtype;
  return method.startsWith('modelopt') ? asModelopt(cacheType, choice) : asScheme(model, cacheType, choice);
};
