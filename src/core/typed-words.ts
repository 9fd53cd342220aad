/** The words of a command line that somebody is still typing. */

import { splitWords } from './words.ts';

/** Null while a quote is open: what stands in it is nobody's to complete. The last word is the one being typed, and may be empty. */
export const typedWords = (line: string): string[] | null => {
  // A backslash at the end escapes what comes next.
  const split = splitWords(line.endsWith('\\') ? line.slice(0, -1) : line);
  if ('problem' in split) return null;
  return /[^\\]\s$|^\s*$/.test(line) ? [...split.words, ''] : split.words;
};

/** readline replaces only what follows the last of its word breaks: the part of a value that it already has is left out. */
export const afterBreak = (value: string, current: string, breaks: string): string => {
  const last = [...current].findLastIndex(character => breaks.includes(character));
  return value.slice([...current].slice(0, last + 1).join('').length);
};
