/** Text and data: the one value helper of the templates, and reading YAML back with every complaint and its place. */

import { CORE_SCHEMA, dump, loadAll, YAMLException } from 'js-yaml';

/** Code points that JSON allows and YAML 1.1 readers refuse or fold, and the byte order mark. */
const unsafe = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A value as JSON that every YAML reader takes for the same value. */
export const yamlScalar = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null').replace(
    unsafe,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export type Parsed = {
  /** One entry a document; empty documents are left out. */
  readonly documents: readonly unknown[];
  /** The first complaint, with its 1-based line and column. */
  readonly problem: { readonly message: string; readonly line: number; readonly column: number } | null;
};

/** Plain data as YAML for people, in the order of its keys; texts that a reader might take for something else are quoted. */
export const yamlText = (data: unknown): string =>
  dump(data, { lineWidth: -1, noRefs: true, quotingType: '"' });

/** More values than any manifest has: aliases of aliases would otherwise grow without end. */
const mostValues = 200_000;

const isEndless = (data: unknown): boolean => {
  const waiting: unknown[] = [data];
  for (let seen = 0; waiting.length > 0; seen++) {
    if (seen > mostValues) return true;
    const value = waiting.pop();
    if (typeof value === 'object' && value !== null) waiting.push(...Object.values(value));
  }
  return false;
};

const wrong = (message: string, line = 1, column = 1): Parsed => ({
  documents: [],
  problem: { message, line, column },
});

/** Reads a YAML stream; duplicate keys, tabs and unknown tags are problems. Never throws. */
export const parseYaml = (text: string): Parsed => {
  try {
    // Kubernetes reads dates and the like as text.
    const documents: unknown[] = loadAll(text, null, { schema: CORE_SCHEMA });
    if (documents.some(isEndless)) return wrong('its aliases stand for too many values');
    return { documents: documents.filter(data => data !== null && data !== undefined), problem: null };
  } catch (error) {
    if (!(error instanceof YAMLException))
      return wrong(error instanceof Error ? error.message : String(error));
    return wrong(error.reason, error.mark.line + 1, error.mark.column + 1);
  }
};
