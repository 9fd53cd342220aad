/** Preflight checks as data: each has a code, a sentence and one of four outcomes. */

import type { Finding, Level } from './finding.ts';

/** `unknown` means that something could not be read: it never blocks. */
export type Outcome = 'pass' | 'warn' | 'fail' | 'unknown';

/** Exit code of a run that ends because of this check, by name (see errors.ts). */
export type Blame = 'unavailable' | 'forbidden' | 'refused';

export type CheckResult = {
  /** Stable code, a key of the catalogue. */
  readonly code: string;
  /** What is checked, as a statement that is true when all is well, such as `the Dynamo CRD is installed`. */
  readonly title: string;
  readonly outcome: Outcome;
  readonly blame: Blame;
  /** Setting that caused it; empty when none did. */
  readonly path: string;
  /** What was found, with its values: one sentence. Also when it passes, then short. */
  readonly message: string;
  /** What to do, with a command ready to copy; empty when nothing needs doing. */
  readonly hint: string;
  /** A warning that needs a person's yes before anything is changed; absent for others. */
  readonly question?: string;
};

const levels: Readonly<Record<Exclude<Outcome, 'pass'>, Level>> = {
  warn: 'warning',
  fail: 'error',
  unknown: 'unknown',
};

/** The findings of results; what passed has none. */
export const findingsOf = (results: readonly CheckResult[]): Finding[] =>
  results.flatMap(({ code, outcome, path, message, hint }) =>
    outcome === 'pass' ? [] : [{ rule: code, level: levels[outcome], path, message, hint }],
  );

/** Failures whose code a person skipped become warnings that say so. */
export const skipChecks = (results: readonly CheckResult[], skipped: readonly string[]): CheckResult[] =>
  results.map(result =>
    result.outcome === 'fail' && skipped.includes(result.code)
      ? {
          ...result,
          outcome: 'warn',
          message: `${result.message} (let through by --skip-check ${result.code})`,
        }
      : result,
  );

/** What the first failure, in the order of the checks, blames. */
export const blameOf = (results: readonly CheckResult[]): Blame | null =>
  results.find(result => result.outcome === 'fail')?.blame ?? null;
