/** What a free-text answer may hold, and how a value is shown in a sentence. */

/** Characters that YAML readers, terminals or Kubernetes cannot carry: C0 and C1 controls, DEL, and half of a surrogate pair. */
const refused = /\p{Cc}|\p{Cs}/u;

/** Code point of the first character that no answer may hold, such as `U+000A`, or undefined. */
export const refusedCharacter = (text: string): string | undefined => {
  const found = refused.exec(text)?.[0];
  if (found === undefined) return undefined;
  return `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
};

const longestShown = 60;

/** A value for a sentence: quoted, cut to 60 characters, control characters made visible. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > longestShown ? `${text.slice(0, longestShown - 4)}..."` : text;
};

/** `a, b and c`. */
export const listed = (items: readonly string[], last = 'and'): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1) ?? ''}`;
