/** `-o json` of verbs that act: one event a line, the last is the result. */

import type { Finding } from '../core/finding.ts';
import { hintTo, sentTo } from '../core/reach.ts';
import { type CliError, type ErrorKind, exitCodes, isCliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { printEvent, schemaVersion } from './talk.ts';

export type Verdict =
  | 'serving'
  | 'not-ready'
  | 'not-serving'
  | 'saved'
  | 'removed'
  | 'left-over'
  | 'refused'
  | 'timed-out'
  | 'interrupted';

/** How a verb ended. */
export type Outcome = {
  readonly code: number;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Further members of the result's event. */
  readonly more?: Readonly<Record<string, unknown>>;
};

const verdicts: Readonly<Partial<Record<ErrorKind, Verdict>>> = {
  interrupted: 'interrupted',
  'timed-out': 'timed-out',
};

/** An error that no finding tells is told as one. */
const findingsOf = (error: CliError): readonly Finding[] =>
  error.findings.length > 0
    ? error.findings
    : [{ rule: error.kind, level: 'error', path: '', message: error.message, hint: error.hint }];

const printResult = (io: Io, { verdict, findings, more }: Omit<Outcome, 'code'>): void =>
  printEvent(io, 'result', { schemaVersion, verdict, findings: sentTo(findings, io.reach), ...more });

/** Prints findings as they are found. */
export const printFindings = (io: Io, findings: readonly Finding[]): void => {
  for (const finding of sentTo(findings, io.reach)) printEvent(io, 'finding', { finding });
};

/** Runs something and prints its result; a {@link CliError} becomes the result, everything else is thrown on. */
export const withResult = async (io: Io, work: () => Promise<Outcome>): Promise<number> => {
  // Half of it done, and nobody told, is worse than a result that nobody reads.
  io.seeThrough?.();
  try {
    const outcome = await work();
    printResult(io, outcome);
    return outcome.code;
  } catch (error) {
    if (!isCliError(error)) throw error;
    const findings = findingsOf(error);
    printFindings(io, findings);
    const { kind, message, hint } = error;
    printResult(io, {
      verdict: verdicts[kind] ?? 'refused',
      findings,
      more: { message, hint: hintTo(hint, io.reach ?? []) },
    });
    return exitCodes[error.kind];
  }
};
