/** Reads members of objects that came from an API server and may be incomplete: whatever is missing reads as empty. */

export type Data = Readonly<Record<string, unknown>>;

export const record = (value: unknown): Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Empty for what is no text. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const number = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

export const count = (value: unknown): number => number(value) ?? 0;

/** The texts of a map, such as labels. */
export const texts = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(record(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

export const metadataOf = (object: unknown): Data => record(record(object).metadata);
export const nameOf = (object: unknown): string => text(metadataOf(object).name);
export const labelsOf = (object: unknown): Readonly<Record<string, string>> =>
  texts(metadataOf(object).labels);
