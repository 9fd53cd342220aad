/** Finds the word a person most likely meant. */

import { distance } from 'fastest-levenshtein';

/** Flags differ from keys only by their dashes, so `--max_model_len`, `maxModelLen` and `max-model-len` are one word here. */
const plain = (word: string): string =>
  word
    .replace(/^-+/, '')
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[_.\s]/g, '-');

/** A third of the letters may be wrong, at most four; two letters say too little to guess from. */
const tolerance = (length: number): number => (length < 3 ? 0 : Math.min(4, Math.floor(length / 3)));

const least = 4;

/** The one candidate that begins with the word, or else the longest with which the word begins. */
const byPrefix = (wanted: string, candidates: readonly string[]): string | undefined => {
  if (wanted.length < least) return undefined;
  const longer = candidates.filter(c => plain(c).startsWith(wanted));
  if (longer.length === 1) return longer[0];
  return candidates
    .filter(c => plain(c).length >= Math.max(least, wanted.length * 0.6) && wanted.startsWith(plain(c)))
    .toSorted((a, b) => b.length - a.length)[0];
};

const byDistance = (wanted: string, candidates: readonly string[]): string | undefined => {
  let best: string | undefined;
  let least = tolerance(wanted.length) + 1;
  for (const candidate of candidates) {
    const far = distance(wanted, plain(candidate));
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
};

/** The candidate nearest to the word: the same but for dashes, underscores and case; then by prefix; then by few wrong letters. */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  const wanted = plain(word);
  return (
    candidates.find(c => plain(c) === wanted) ??
    byPrefix(wanted, candidates) ??
    byDistance(wanted, candidates)
  );
};
