/** Text and data: the one value helper of the templates, and reading YAML back with every complaint and its place. */

import { LineCounter, parseAllDocuments } from 'yaml';

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

/** Reads a YAML stream; duplicate keys, tabs and unknown tags are problems. Never throws. */
export const parseYaml = (text: string): Parsed => {
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: true,
    strict: true,
  });
  const documents = Array.isArray(parsed) ? parsed : [];
  const error = documents.flatMap(document => [...document.errors, ...document.warnings])[0];
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    return { documents: [], problem: { message: error.message, line, column: col } };
  }
  try {
    return {
      documents: documents
        .map(document => document.toJS({ maxAliasCount: 100 }) as unknown)
        .filter(data => data !== null),
      problem: null,
    };
  } catch (problem) {
    return {
      documents: [],
      problem: { message: problem instanceof Error ? problem.message : String(problem), line: 1, column: 1 },
    };
  }
};
