/** Owns reading lists: in pages, each folded when it arrives and then let go. */

import { isClusterError } from '../refusal.ts';
import type { Reader, Wanted } from './reader.ts';

/** Takes items one after the other and says at the end what came of them. */
export type Fold<T, R> = {
  readonly add: (item: T) => void;
  readonly end: () => R;
};

type Page<T> = {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly T[] | null;
};

const pageSize = 500;

/** Changes to the list may make its pages too old more than once; not for ever. */
const restarts = 3;

/** Keeps what `factOf` makes of each item; null drops it. */
export const collect =
  <T, F>(factOf: (item: T) => F | null) =>
  (): Fold<T, readonly F[]> => {
    const facts: F[] = [];
    return {
      add: item => {
        const fact = factOf(item);
        if (fact !== null) facts.push(fact);
      },
      end: () => facts,
    };
  };

/** Folds one page; returns where the next begins. Nothing of the page outlives the call. */
const foldPage = async <T>(
  reader: Reader,
  wanted: Wanted,
  from: string | undefined,
  add: (item: T) => void,
): Promise<string | undefined> => {
  const query = { ...wanted.query, limit: pageSize, continue: from };
  const page = await reader.get<Page<T>>({ ...wanted, query });
  for (const item of page.items ?? []) add(item);
  return page.metadata?.continue || undefined;
};

const foldPages = async <T, R>(reader: Reader, wanted: Wanted, fold: Fold<T, R>): Promise<R> => {
  let from: string | undefined;
  do from = await foldPage(reader, wanted, from, fold.add);
  while (from !== undefined);
  return fold.end();
};

const isGone = (error: unknown): boolean => isClusterError(error) && error.kind === 'gone';

/** Folds a whole list. When its pages got too old on the way (410), all begins again with a new fold. */
export const readList = async <T, R>(reader: Reader, wanted: Wanted, start: () => Fold<T, R>): Promise<R> => {
  for (let left = restarts; left > 0; left -= 1) {
    try {
      return await foldPages(reader, wanted, start());
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return foldPages(reader, wanted, start());
};
