/** Collects many things at once, within a time, and keeps apart what was refused and why. */

import { isClusterError } from '../../cluster/refusal.ts';
import { slots } from '../../cluster/survey/slots.ts';

export type Task = {
  /** For the list of contents. */
  readonly what: string;
  /** Path in the bundle. */
  readonly file: string;
  /** Text, or anything that becomes JSON; null when there is none. */
  readonly read: (signal: AbortSignal) => Promise<unknown>;
};

export type Piece = { readonly what: string; readonly file: string; readonly data: unknown };
export type Refused = { readonly what: string; readonly why: string };

export type Gathered = { readonly pieces: readonly Piece[]; readonly refused: readonly Refused[] };

export type Limits = {
  /** At the same time. */
  readonly atOnce: number;
  /** For everything. */
  readonly milliseconds: number;
};

type Around = { readonly signal: AbortSignal; readonly deadline: AbortSignal; readonly limits: Limits };

type Result = Piece | Refused | null;

const lateness = ({ deadline, limits }: Around, what: string): Refused | null =>
  deadline.aborted ? { what, why: `not within ${Math.round(limits.milliseconds / 1000)} s` } : null;

/** It may have gone since it was seen, and what a cluster does not serve is not there. */
const refusalOf = (around: Around, what: string, error: unknown): Refused | null => {
  if (around.signal.aborted || !isClusterError(error)) throw error;
  if (error.kind === 'not-found') return null;
  return lateness(around, what) ?? { what, why: error.message };
};

const run = async (around: Around, { what, file, read }: Task): Promise<Result> => {
  const { signal, deadline } = around;
  const late = lateness(around, what);
  if (late !== null) return late;
  try {
    const data = await read(AbortSignal.any([signal, deadline]));
    return lateness(around, what) ?? (data === null || data === '' ? null : { what, file, data });
  } catch (error) {
    return refusalOf(around, what, error);
  }
};

const isPiece = (result: Result): result is Piece => result !== null && 'file' in result;
const isRefused = (result: Result): result is Refused => result !== null && 'why' in result;

/** Runs the tasks in their order. Errors: what is no refusal of the cluster; `interrupted` of the signal. */
export const gather = async (
  tasks: readonly Task[],
  limits: Limits,
  signal: AbortSignal,
): Promise<Gathered> => {
  const around: Around = { signal, deadline: AbortSignal.timeout(limits.milliseconds), limits };
  const slot = slots(limits.atOnce);
  const results = await Promise.all(tasks.map(task => slot(() => run(around, task))));
  return { pieces: results.filter(isPiece), refused: results.filter(isRefused) };
};
