/** Well-known models, for work without the Hub: each entry a shortened config.json with the size of its checkpoint, source and date. */

import type { Json } from '../../../../core/json.ts';
import type { ModelFacts } from './facts.ts';
import data from './models.catalogue.json' with { type: 'json' };
import { readConfig } from './read-config.ts';

type Entry = {
  readonly id: string;
  /** The Hub wants a token whose owner accepted the licence. */
  readonly gated: boolean;
  /** Whole checkpoint as stored; null when not known. */
  readonly weightsGib: number | null;
  /** `listing` from the Hub's file sizes, `log` from a start, `estimate` from parameters times bytes. */
  readonly weightsFrom: 'listing' | 'log' | 'estimate' | null;
  /** Where the dimensions were read. */
  readonly source: string;
  readonly date: string;
  /** What is partial or assumed. */
  readonly note?: string;
  /** Null when only the size is known. */
  readonly config: Json | null;
};

const entries = data as unknown as readonly Entry[];

/** How far parameters times bytes may be from the files: embeddings, norms and scales are counted differently by each model. */
const estimateSpread = 0.05;

const weightsOf = ({ weightsGib, weightsFrom }: Entry): ModelFacts['weightsGib'] => {
  if (weightsGib === null) return null;
  const spread = weightsFrom === 'estimate' ? estimateSpread : 0;
  return [weightsGib * (1 - spread), weightsGib * (1 + spread)];
};

const entryOf = (id: string): Entry | undefined =>
  entries.find(entry => entry.id.toLowerCase() === id.toLowerCase());

/** Facts about a model; undefined when it is not in the catalogue. Ids are compared without case, as the Hub does. */
export const knownModel = (id: string): ModelFacts | undefined => {
  const entry = entryOf(id);
  return entry === undefined ? undefined : readConfig(entry.config ?? {}, weightsOf(entry));
};

export const knownModels: readonly string[] = entries.map(entry => entry.id);

/** GiB of a model's checkpoint on the Hub; undefined when it is not known. */
export const weightsGiB = (id: string): number | undefined => entryOf(id)?.weightsGib ?? undefined;
