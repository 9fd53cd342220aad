/** `install -o json`: one event a line, the last is the result. */

import type { Finding } from '../core/finding.ts';
import { type CliError, type ErrorKind, exitCodes, isCliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { schemaVersion } from './talk.ts';

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

const emit = (io: Io, event: Readonly<Record<string, unknown>>): void => {
  io.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
};

const finish = (io: Io, verdict: string, findings: readonly Finding[]): void => {
  for (const finding of findings) emit(io, { kind: 'finding', finding });
  emit(io, { kind: 'result', schemaVersion, verdict, findings });
};

/** Runs something and prints its events; a {@link CliError} becomes the result, everything else is thrown on. */
export const eventsFor = (io: Io) => ({
  run: async (work: () => Promise<Outcome>): Promise<number> => {
    try {
      const { code, findings } = await work();
      finish(io, code === 0 ? 'saved' : 'refused', findings);
      return code;
    } catch (error) {
      if (!isCliError(error)) throw error;
      finish(io, verdicts[error.kind] ?? 'refused', findingsOf(error));
      return exitCodes[error.kind];
    }
  },
});
