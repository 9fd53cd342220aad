/** What was asked of logs: the flags of the verb, read. */

import { CliError } from '../../errors.ts';
import { durationOf } from '../connection.ts';
import type { RunOptions } from '../flags.ts';

export type LogsAsk = {
  /** Null for every role. */
  readonly role: string | null;
  readonly follow: boolean;
  /** Of the lives of containers before the present ones. */
  readonly previous: boolean;
  /** Null for everything that is there. */
  readonly sinceSeconds: number | null;
  /** Last lines of each container; null for all. */
  readonly tail: number | null;
  readonly timestamps: boolean;
};

/** Lines of each container when nothing is said. */
const usualTail = 200;

const tailOf = ({ tail, since }: RunOptions): number | null => {
  if (tail === undefined) return since === undefined ? usualTail : null;
  if (tail === 'all') return null;
  if (/^\d{1,9}$/.test(tail)) return Number(tail);
  throw new CliError('usage', `--tail ${tail} is no number of lines.`, {
    hint: 'Write it as in --tail 500, or --tail all.',
  });
};

/** Errors: `usage`. */
export const logsAskOf = (options: RunOptions): LogsAsk => {
  const { role, follow = false, previous = false, since, timestamps = false } = options;
  if (follow && previous)
    throw new CliError('usage', '--previous shows what has ended, so there is nothing to follow.', {
      hint: 'Leave out --follow or --previous.',
    });
  const seconds = durationOf('--since', since);
  return {
    role: role ?? null,
    follow,
    previous,
    sinceSeconds: seconds === null ? null : Math.max(1, Math.ceil(seconds)),
    tail: tailOf(options),
    timestamps,
  };
};
