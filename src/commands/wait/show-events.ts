/** The wait as events for programs: a stage, a download or a finding at a time. */

import type { DownloadRow } from '../../core/sight.ts';
import { createChanges } from './changes.ts';
import type { Show } from './result.ts';

/** Takes an event's kind and its other members; gives it a time and prints it. */
export type Emit = (kind: string, event: Readonly<Record<string, unknown>>) => void;

/** What a note says is a stage too; an event of nothing but nulls would say nothing. */
const saysAmount = ({ doneBytes, totalBytes }: DownloadRow): boolean =>
  doneBytes !== null || totalBytes !== null;

export const showEvents = (emit: Emit): Show => {
  const changes = createChanges();
  return {
    look: (outlook, { now }) => {
      const { rows, download } = changes.since(outlook, now);
      for (const { row } of rows) {
        const { role, ready, wanted, stage, node, restarts } = row;
        emit('stage', { role, ready, wanted, stage, node, restarts });
      }
      if (download !== null && saysAmount(download)) {
        const { doneBytes, totalBytes, bytesPerSecond, secondsLeft } = download;
        emit('download', { doneBytes, totalBytes, bytesPerSecond, secondsLeft });
      }
    },
    notice: finding => emit('finding', { finding }),
    say: () => {},
    end: () => {},
  };
};
