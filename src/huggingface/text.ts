/** Texts in what the Hub sent. */

export const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
