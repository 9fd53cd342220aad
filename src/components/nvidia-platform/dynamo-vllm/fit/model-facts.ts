/** What is known of a model: what the Hub said of it wins over the catalogue. */

import type { Facts } from '../../../../core/component.ts';
import { knownModel } from './catalogue.ts';
import { bytesPerGib, type ModelFacts } from './facts.ts';
import { parseLenient } from './json.ts';
import { readConfig } from './read-config.ts';

/** What the Hub said of one model; null is "did not say". */
export type HubSaid = {
  /** Text of its config.json. */
  readonly config?: string | null;
  /** Bytes of the whole checkpoint as stored. */
  readonly weightsBytes: number | null;
};

const exactGib = (bytes: number | null): ModelFacts['weightsGib'] =>
  bytes === null ? null : [bytes / bytesPerGib, bytes / bytesPerGib];

const fromConfig = (text: string | null, weightsGib: ModelFacts['weightsGib']): ModelFacts | undefined => {
  const config = text === null ? undefined : parseLenient(text);
  const read = config === undefined ? undefined : readConfig(config, weightsGib);
  // Without layers it describes no language model, or one in a dialect that is not understood.
  return read === undefined || read.layers === null ? undefined : read;
};

/** What a config.json leaves to the code that reads it, the catalogue may know. */
const completed = (read: ModelFacts, known: ModelFacts | undefined): ModelFacts => {
  if (known === undefined) return read;
  const said = Object.fromEntries(Object.entries(read).filter(([, value]) => value !== null));
  return { ...known, ...said, kinds: read.kinds.length > 0 ? read.kinds : known.kinds };
};

/**
 * Facts about the model `id`; undefined when neither the Hub nor the catalogue knows more than its name. Some makers keep the
 * quantisation in a file beside config.json (`hf_quant_config.json`); the catalogue adds it for the models that it lists.
 */
export const modelFactsOf = (id: string, said: HubSaid | null): ModelFacts | undefined => {
  const known = knownModel(id);
  const weightsGib = exactGib(said?.weightsBytes ?? null) ?? known?.weightsGib ?? null;
  const read = fromConfig(said?.config ?? null, weightsGib);
  if (read !== undefined) return completed(read, known);
  if (known !== undefined) return { ...known, weightsGib };
  return weightsGib === null ? undefined : readConfig({}, weightsGib);
};

/** The same out of what planning knows; the Hub's word counts for the model that it was asked about, in either spelling. */
export const modelKnownTo = (facts: Facts, id: string): ModelFacts | undefined => {
  const { model } = facts;
  const isAsked = model !== null && (model.id === id || model.asked === id);
  return modelFactsOf(id, isAsked ? model : null);
};
