/** What the Hub's metadata of a model says. */

import type { CheckpointFile } from '../core/checkpoint.ts';
import { amountOf, objectOf, parseJson } from '../core/json.ts';
import { textOf } from './text.ts';

export type Card = {
  readonly id: string | null;
  /** Commit. */
  readonly sha: string | null;
  readonly gated: 'auto' | 'manual' | false | null;
  readonly isPrivate: boolean | null;
  readonly disabled: boolean;
  /** Null when not told. */
  readonly files: readonly CheckpointFile[] | null;
};

/** The Hub's own grammar; what it does not fit cannot be put into an address either. */
export const isId = (model: string): boolean =>
  /^\w[\w.-]*(?:\/\w[\w.-]*)?$/.test(model) && !model.includes('..') && model.length <= 96;

/** An id and a commit go into requests and manifests: what looks like neither is not taken over. */
const idOf = (value: unknown): string | null => {
  const text = textOf(value);
  return text !== null && isId(text) ? text : null;
};

export const commitOf = (value: unknown): string | null =>
  /^[0-9a-f]{7,64}$/.exec(textOf(value) ?? '')?.[0] ?? null;

const gatedOf = (value: unknown): Card['gated'] =>
  value === 'auto' || value === 'manual' || value === false ? value : null;

const fileOf = (value: unknown): CheckpointFile[] => {
  const sibling = objectOf(value);
  const path = textOf(sibling?.rfilename);
  if (sibling === undefined || path === null) return [];
  return [{ path, size: amountOf(sibling.size) ?? amountOf(objectOf(sibling.lfs)?.size) }];
};

const filesOf = (value: unknown): CheckpointFile[] | null =>
  Array.isArray(value) ? value.flatMap(fileOf) : null;

const known = ['id', 'modelId', 'sha', 'siblings', 'gated'];

/** Null when the text is not what the Hub says of a model, such as the page of a portal that wants a login. */
export const readCard = (text: string): Card | null => {
  const card = objectOf(parseJson(text));
  if (card === undefined || !known.some(key => key in card)) return null;
  return {
    id: idOf(card.id) ?? idOf(card.modelId),
    sha: commitOf(card.sha),
    gated: gatedOf(card.gated),
    isPrivate: typeof card.private === 'boolean' ? card.private : null,
    disabled: card.disabled === true,
    files: filesOf(card.siblings),
  };
};
