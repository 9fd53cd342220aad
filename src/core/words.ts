/**
 * Splits a text into words as a POSIX shell does, and quotes words so that a shell reads them back.
 *
 * Not the package shlex: it turns bash's `$'…'` and `$"…"` into something else, keeps the backslash of `"\$"`, and applies the
 * escapes of a quoted part to the unquoted characters before it, so that `a\\"b"` does not always come back as the shell has it.
 */

/** The words in order; or one sentence that says which quote is open and where (character, counted from 1 over the whole text). */
export type Split = { readonly words: string[] } | { readonly problem: string };

/** A Windows line end separates like a newline; a lone carriage return is a character like any other, as in a shell. */
const blank = /(?:[ \t\n]|\r\n)+/y;

/** One stretch of a word: single-quoted, double-quoted, an escaped character (or line end), or plain characters. */
const stretch = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\(\r\n|[\s\S])|((?:(?!\r\n)[^ \t\n'"\\])+)/y;

const lineEnd = /^\r?\n$/;

/** Inside double quotes a backslash keeps its place except before these. */
const unescaped = (text: string): string => text.replace(/\\(?:([$`"\\])|\r?\n)/g, '$1');

/** What one stretch adds to its word; null for an escaped line end, which joins lines and makes no word. */
const added = (match: RegExpExecArray): string | null => {
  const [, single, double, escaped, plain] = match;
  if (escaped !== undefined) return lineEnd.test(escaped) ? null : escaped;
  return single ?? (double === undefined ? (plain ?? '') : unescaped(double));
};

const openAt = (text: string, at: number): string => {
  const place = `character ${[...text.slice(0, at)].length + 1}`;
  if (text[at] === '\\') return `The backslash at ${place} ends the text and has nothing to escape.`;
  return `The ${text[at] === "'" ? "single quote (')" : 'double quote (")'} opened at ${place} is not closed.`;
};

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** The stretches from `at` to the next blank; `word` is null when they make none. */
const readWord = (text: string, at: number): { readonly word: string | null; readonly end: number } => {
  let word: string | null = null;
  let end = at;
  for (let match = matchAt(stretch, text, end); match !== null; match = matchAt(stretch, text, end)) {
    const more = added(match);
    if (more !== null) word = (word ?? '') + more;
    end += match[0].length;
  }
  return { word, end };
};

/** Quotes and backslashes are read, nothing is expanded: `*`, `$x`, `#`, `;` and the like are plain characters. */
export const splitWords = (text: string): Split => {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { word, end } = readWord(text, at);
    if (word !== null) words.push(word);
    const gap = matchAt(blank, text, end);
    if (gap === null && end < text.length) return { problem: openAt(text, end) };
    at = end + (gap?.[0].length ?? 0);
  }
  return { words };
};

const needsNoQuotes = /^[\w@%+=:,./-]+$/;

/** The word as a shell reads it back, quoted only when needed. */
export const quoteWord = (word: string): string => {
  if (needsNoQuotes.test(word)) return word;
  if (!word.includes("'")) return `'${word}'`;
  return /["$`\\!]/.test(word) || word.includes('\r\n') ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
};

/** Text that splits back into the same words. */
export const joinWords = (words: readonly string[]): string => words.map(quoteWord).join(' ');
