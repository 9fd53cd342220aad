/** Ids that a person may have meant by one that does not exist. */

import { objectOf, parseJson } from '../core/json.ts';
import { nearest } from '../core/suggest.ts';
import type { Session } from './request.ts';
import { textOf } from './text.ts';

const most = 3;

const partsOf = (model: string): { readonly author: string | null; readonly name: string } => {
  const slash = model.indexOf('/');
  return slash < 0
    ? { author: null, name: model }
    : { author: model.slice(0, slash), name: model.slice(slash + 1) };
};

const query = (search: string, author: string | null, more: string): string => {
  const by = author === null ? '' : `&author=${encodeURIComponent(author)}`;
  return `/api/models?search=${encodeURIComponent(search)}${by}${more}`;
};

/** The name without its last word, where mistakes and variants are most frequent. */
const firstSearch = (model: string): string => {
  const { author, name } = partsOf(model);
  return query(name.replace(/(?!^)-[^-]*$/, ''), author, '');
};

/** Wider: the family's name alone, and the name under whatever author. */
const widerSearches = (model: string): string[] => {
  const { author, name } = partsOf(model);
  const family = /^[A-Za-z]+/.exec(name)?.[0] ?? name;
  const popular = '&sort=downloads&limit=';
  return [query(family, author, `${popular}200`), query(name, null, `${popular}20`)];
};

/** At most three candidates, nearest first; then those of the same name under another author. */
export const rank = (model: string, candidates: readonly string[]): string[] => {
  const found: string[] = [];
  let left = [...new Set(candidates)].filter(candidate => candidate !== model);
  for (
    let next = nearest(model, left);
    next !== undefined && found.length < most;
    next = nearest(model, left)
  ) {
    found.push(next);
    const taken = next;
    left = left.filter(candidate => candidate !== taken);
  }
  const { name } = partsOf(model.toLowerCase());
  const elsewhere = left.filter(candidate => partsOf(candidate.toLowerCase()).name === name);
  return [...found, ...elsewhere].slice(0, most);
};

const search = async (session: Session, path: string, anonymous: boolean): Promise<string[]> => {
  const reply = await session.get(path, { most: 4 * 2 ** 20, anonymous });
  const list = reply.kind === 'answer' && reply.status === 200 ? parseJson(reply.text) : null;
  if (!Array.isArray(list)) return [];
  return list.flatMap(entry => textOf(objectOf(entry)?.id) ?? []);
};

/** At most three questions; empty when the Hub knows nothing near. */
export const suggest = async (session: Session, model: string, anonymous: boolean): Promise<string[]> => {
  const near = rank(model, await search(session, firstSearch(model), anonymous));
  if (near.length > 0) return near;
  const wider = await Promise.all(widerSearches(model).map(path => search(session, path, anonymous)));
  return rank(model, wider.flat());
};
