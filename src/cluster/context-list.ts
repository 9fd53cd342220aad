/** Names of contexts in a sentence. */

import { nearest } from '../core/suggest.ts';
import { listed } from '../core/text.ts';

const mostNamed = 8;

/** `a, b and c`, with the nearest to `word` first and at most eight of them. */
export const contextList = (names: readonly string[], word = ''): string => {
  const first = nearest(word, names);
  const ordered = first === undefined ? names : [first, ...names.filter(name => name !== first)];
  const more = ordered.length - mostNamed;
  return more > 0 ? `${ordered.slice(0, mostNamed).join(', ')} and ${more} more` : listed(ordered);
};
