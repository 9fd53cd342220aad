/** The wait as lines: one for every change, where nothing can be redrawn or where it would be read aloud. */

import type { Outlook } from '../../core/sight.ts';
import type { Io } from '../../io.ts';
import { downloadLine } from '../../output/live-download.ts';
import { heartbeatLine, stageLine } from '../../output/live-lines.ts';
import type { WaitTimes } from '../../output/stages.ts';
import { say, sayFindings } from '../talk.ts';
import { createChanges } from './changes.ts';
import type { Show } from './result.ts';

/** Without a line for so long, in milliseconds, the last state is said again. */
const heartbeatAfter = 60_000;

export const showLines = (io: Io): Show => {
  const changes = createChanges();
  let last: { outlook: Outlook; times: WaitTimes } | null = null;
  let timer: NodeJS.Timeout | null = null;
  const beat = (): void => {
    if (last !== null) tell(heartbeatLine(last.outlook, { ...last.times, now: Date.now() }));
  };
  const tell = (...lines: readonly string[]): void => {
    if (lines.length === 0) return;
    say(io, ...lines);
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(beat, heartbeatAfter);
    timer.unref();
  };
  return {
    look: (outlook, times) => {
      last = { outlook, times };
      const { rows, download } = changes.since(outlook, times.now);
      tell(
        ...rows.map(({ row, before }) => stageLine(row, before, times.now)),
        ...(download === null ? [] : [downloadLine(download)]),
      );
    },
    notice: finding => sayFindings(io, [finding]),
    say: line => tell(line),
    end: () => {
      if (timer !== null) clearTimeout(timer);
    },
  };
};
