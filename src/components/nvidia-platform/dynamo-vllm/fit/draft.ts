/** What speculative decoding adds to a worker: the weights and KV cache of a draft model, or of one more layer of the model itself. */

import type { Json } from '../../../../core/json.ts';
import { cacheTypeOf } from './cache-type.ts';
import { knownModel } from './catalogue.ts';
import { bytesPerGib, type Choice, type ModelFacts, type Range } from './facts.ts';
import { numberOf, parseLenient, textOf } from './json.ts';
import { costOf, tokenBytesTotal } from './kv.ts';

export type Draft = {
  /** On one GPU. */
  readonly weightsGib: Range;
  /** On one GPU; beside the model's own. */
  readonly kvBytesPerToken: number;
};

export type DraftRead = Draft | 'none' | 'unknown';

/** Methods that guess from the text alone. */
const weightless: readonly string[] = ['ngram', 'ngram_gpu', 'suffix'];

/** The model of a speculator by its id; its tensors are cut as the model's unless said otherwise, and cached in the same type. */
const ofModel = (config: Json, model: ModelFacts, choice: Choice): Draft | undefined => {
  const kvCacheDtype = cacheTypeOf(model, choice);
  const draft = knownModel(textOf(config, 'model') ?? '');
  const tensor = numberOf(config, 'draft_tensor_parallel_size') ?? choice.tensor;
  const cost = draft === undefined ? null : costOf(draft, { ...choice, tensor, kvCacheDtype });
  if (draft === undefined || draft.weightsGib === null || cost === null) return undefined;
  const [low, high] = draft.weightsGib;
  return { weightsGib: [low / tensor, high / tensor], kvBytesPerToken: tokenBytesTotal(cost) };
};

/** Multi-token prediction has a layer of its own, about as large as any other; whether it is in the checkpoint differs. */
const ofLayer = (model: ModelFacts, choice: Choice): Draft | undefined => {
  const cost = costOf(model, choice);
  const { layers, weightsGib } = model;
  if (cost === null || layers === null || weightsGib === null) return undefined;
  const ranks = choice.tensor * (model.experts === null ? 1 : choice.data);
  return { weightsGib: [0, weightsGib[1] / layers / ranks], kvBytesPerToken: cost.tokenBytes };
};

export const draftOf = (model: ModelFacts, choice: Choice): DraftRead => {
  if (choice.speculative === null) return 'none';
  const config = parseLenient(choice.speculative);
  const method = config === undefined ? '' : (textOf(config, 'method') ?? '');
  if (config === undefined) return 'unknown';
  if (weightless.includes(method)) return 'none';
  const layer = method.endsWith('mtp') ? ofLayer(model, choice) : undefined;
  return layer ?? ofModel(config, model, choice) ?? 'unknown';
};

const nothing: Draft = { weightsGib: [0, 0], kvBytesPerToken: 0 };

/** What counts: nothing where nothing is known, which a finding says. */
export const countedDraft = (model: ModelFacts, choice: Choice): Draft => {
  const draft = draftOf(model, choice);
  return typeof draft === 'string' ? nothing : draft;
};

export const draftGib = (draft: Draft, tokens: number): number =>
  (draft.kvBytesPerToken * tokens) / bytesPerGib;
