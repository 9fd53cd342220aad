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

const letters = (word: string): string => [...word].sort().join('');

/** Two neighbouring letters in the wrong order are one mistake, not two. */
const mistakes = (wanted: string, candidate: string): number => {
  const far = distance(wanted, candidate);
  return far === 2 && letters(wanted) === letters(candidate) ? 1 : far;
};

/** The first of the nearest candidates with at most so many mistakes. */
const byDistance = (wanted: string, candidates: readonly string[], most: number): string | undefined => {
  let best: string | undefined;
  let fewest = most + 1;
  for (const candidate of candidates) {
    const found = mistakes(wanted, plain(candidate));
    if (found < fewest) [best, fewest] = [candidate, found];
  }
  return best;
};

/** The candidate nearest to the word: the same but for dashes, underscores and case; one mistake; by prefix; a few mistakes. */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  const wanted = plain(word);
  const most = tolerance(wanted.length);
  return (
    candidates.find(candidate => plain(candidate) === wanted) ??
    byDistance(wanted, candidates, Math.min(1, most)) ??
    byPrefix(wanted, candidates) ??
    byDistance(wanted, candidates, most)
  );
};
