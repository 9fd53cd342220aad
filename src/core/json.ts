/** Reading of untrusted JSON: what has the wrong kind is not there. */

export type Json = Readonly<Record<string, unknown>>;

export const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

/** A finite number that is not negative. */
export const amountOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;

/** JSON, also with the bare `Infinity` and `NaN` that Python writes; undefined when it is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The usual case costs nothing more.
  }
  const plain = text.replaceAll(
    /("(?:[^"\\]|\\.)*")|-?\b(?:Infinity|NaN)\b/g,
    (_, quoted?: string) => quoted ?? 'null',
  );
  try {
    return JSON.parse(plain);
  } catch {
    return undefined;
  }
};
