/** `install -o json`: one event a line, the last is the result. */

import type { Finding } from '../core/finding.ts';
import { type CliError, type ErrorKind, exitCodes, isCliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { printEvent, schemaVersion } from './talk.ts';

type Outcome = { readonly code: number; readonly findings: readonly Finding[] };

const verdicts: Readonly<Partial<Record<ErrorKind, string>>> = {
  interrupted: 'interrupted',
  'timed-out': 'timed-out',
};

/** An error that no finding tells is told as one. */
const findingsOf = (error: CliError): readonly Finding[] =>
  error.findings.length > 0
    ? error.findings
    : [{ rule: error.kind, level: 'error', path: '', message: error.message, hint: error.hint }];

const printResult = (io: Io, verdict: string, findings: readonly Finding[]): void =>
  printEvent(io, 'result', { schemaVersion, verdict, findings });

/** Prints findings as they are found. */
export const printFindings = (io: Io, findings: readonly Finding[]): void => {
  for (const finding of findings) printEvent(io, 'finding', { finding });
};

/** Runs something and prints its result; a {@link CliError} becomes the result, everything else is thrown on. */
export const withResult = async (io: Io, work: () => Promise<Outcome>): Promise<number> => {
  try {
    const { code, findings } = await work();
    printResult(io, code === 0 ? 'saved' : 'refused', findings);
    return code;
  } catch (error) {
    if (!isCliError(error)) throw error;
    const findings = findingsOf(error);
    printFindings(io, findings);
    printResult(io, verdicts[error.kind] ?? 'refused', findings);
    return exitCodes[error.kind];
  }
};
