/** Reading of untrusted JSON by key: what has the wrong kind is not there. */

export type Json = Readonly<Record<string, unknown>>;

export const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

/** The first of several keys that holds a finite number that is not negative; null when none does. */
export const numberOf = (object: Json, ...keys: readonly string[]): number | null => {
  const found = keys
    .map(key => object[key])
    .find(value => typeof value === 'number' && Number.isFinite(value) && value >= 0);
  return typeof found === 'number' ? found : null;
};

export const textOf = (object: Json, key: string): string | null => {
  const value = object[key];
  return typeof value === 'string' ? value : null;
};

/** Empty when it is no list. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** JSON with the bare `Infinity` and `NaN` that Python writes; undefined when it is none, or no object. */
export const parseLenient = (text: string): Json | undefined => {
  const plain = text.replace(
    /("(?:[^"\\]|\\.)*")|-?\bInfinity\b|\bNaN\b/g,
    (_, quoted?: string) => quoted ?? 'null',
  );
  try {
    return objectOf(JSON.parse(plain));
  } catch {
    return undefined;
  }
};
