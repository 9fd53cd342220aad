/** The one shape for schema errors, rule failures, preflight checks and stuck pods, and the catalogue that explains them. */

/** `unknown` means that something could not be read: it never blocks. */
export type Level = 'error' | 'warning' | 'info' | 'unknown';

export type Finding = {
  /** Stable code, a key of a catalogue; what `explain` and `--skip-check` take. */
  readonly rule: string;
  readonly level: Level;
  /** Where: a settings key, `file:line`, or a path in a manifest. Empty when it is about the whole. */
  readonly path: string;
  /** One sentence: what is wrong, with the value. */
  readonly message: string;
  /** One sentence: what to do, with a command or a value ready to copy. Empty when nothing needs doing. */
  readonly hint: string;
};

/** What `explain CODE` prints and what docs/findings.md is generated from. */
export type CatalogueEntry = {
  readonly title: string;
  readonly meaning: string;
  readonly cause: string;
  readonly remedy: string;
};

export type Catalogue = Readonly<Record<string, CatalogueEntry>>;

export const hasErrors = (findings: readonly Finding[]): boolean => findings.some(f => f.level === 'error');

const order: Record<Level, number> = { error: 0, unknown: 2, warning: 1, info: 3 };

/** Errors first, otherwise in the order they were found. */
export const bySeverity = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => order[a.level] - order[b.level]);

/** Errors whose code a person skipped become warnings that say so. */
export const applySkips = (findings: readonly Finding[], skipped: readonly string[]): Finding[] =>
  findings.map(f =>
    f.level === 'error' && skipped.includes(f.rule)
      ? { ...f, level: 'warning', message: `${f.message} (let through by --skip-check ${f.rule})` }
      : f,
  );
