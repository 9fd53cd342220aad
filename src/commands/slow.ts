/** Says what a run is waiting for when the cluster takes longer than a moment to answer. */

import type { Io } from '../io.ts';
import type { Context } from './context.ts';
import { say } from './talk.ts';

/** Nobody wonders earlier. Milliseconds. */
const moment = 1000;

/** Passes the work on; calls back when it takes longer than a moment. */
export const onceSlow = async <T>(tell: () => void, work: Promise<T>): Promise<T> => {
  const timer = setTimeout(tell, moment);
  return work.finally(() => clearTimeout(timer));
};

/** Runs that said it already: a slow cluster is slow at each step. */
const said = new WeakSet<Io>();

/** Says once a run that the cluster is looked at, to those who want talk. Nothing may be asked while the work runs. */
export const whileLooking = <T>(
  { io, options }: Pick<Context, 'io' | 'options'>,
  work: Promise<T>,
): Promise<T> =>
  onceSlow(() => {
    if (options.output === 'json' || options.quiet === true || said.has(io)) return;
    said.add(io);
    say(io, 'Looking at the cluster ...');
  }, work);
