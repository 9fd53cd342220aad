/** How an error is said. */

import { hintTo } from '../core/reach.ts';
import type { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { paintFor } from '../output/paint.ts';
import { hintLines, wrap } from '../output/wrap.ts';
import { say, sayFindings } from './talk.ts';

const head: Readonly<Partial<Record<CliError['kind'], string>>> = { interrupted: '' };

/** Findings first, then the sentence that sums up, then what to do. */
export const sayError = (io: Io, error: CliError): void => {
  const paint = paintFor(io.color.stderr);
  sayFindings(io, error.findings);
  // Some errors are their only finding; once is enough.
  if (error.findings.some(({ message }) => message === error.message)) return;
  const word = head[error.kind] ?? 'error: ';
  const [first = '', ...more] = wrap(`${word}${error.message}`, io.columns);
  say(io, paint.bold(paint.red(word.trimEnd())) + first.slice(word.trimEnd().length), ...more);
  if (error.hint !== '') say(io, ...hintLines(hintTo(error.hint, io.reach ?? []), io.columns));
};

/** A bug of this program: the stack, and how to report it. */
export const sayBug = (io: Io, error: unknown): void => {
  say(
    io,
    `error: This is a bug in dynamo-installer ${io.version}, not a mistake of yours.`,
    error instanceof Error ? (error.stack ?? error.message) : String(error),
    'Please report it with the lines above and the command that you ran. Check first that they hold no secret.',
  );
};
