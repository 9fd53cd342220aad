/** Finds what is worth a line or an event since the last one. */

import type { DownloadRow, Outlook, RoleRow } from '../../core/sight.ts';
import { stageWord } from '../../output/live-lines.ts';

/** Counters and the download change often; they are told at most every so many milliseconds. */
const often = 5_000;

export type Change = { readonly row: RoleRow; readonly before: RoleRow | undefined };
export type Changes = { readonly rows: readonly Change[]; readonly download: DownloadRow | null };

type Told = { readonly row: RoleRow; readonly at: number };

/** Figures in a note, such as how long something takes, make no other state. */
const state = ({ ready, wanted, stage, node, restarts, note }: RoleRow): string =>
  [ready, wanted, stageWord(stage), node, restarts, note.replaceAll(/\d+/g, '#')].join('|');

const isNew = (told: Told | undefined, row: RoleRow, now: number): boolean =>
  told === undefined ||
  state(told.row) !== state(row) ||
  (told.row.stage !== row.stage && now - told.at >= often);

const saysSomething = ({ doneBytes, totalBytes, note }: DownloadRow): boolean =>
  doneBytes !== null || totalBytes !== null || note !== '';

export const createChanges = (): { since: (outlook: Outlook, now: number) => Changes } => {
  const told = new Map<string, Told>();
  let download: { readonly text: string; readonly at: number } | null = null;
  const newDownload = (row: DownloadRow | null, now: number): DownloadRow | null => {
    const text = JSON.stringify(row);
    if (
      row === null ||
      !saysSomething(row) ||
      (download !== null && (now - download.at < often || text === download.text))
    )
      return null;
    download = { text, at: now };
    return row;
  };
  return {
    since: ({ rows, download: row }, now) => {
      const changed = rows
        .filter(one => isNew(told.get(one.role), one, now))
        .map(one => ({ row: one, before: told.get(one.role)?.row }));
      for (const one of changed) told.set(one.row.role, { row: one.row, at: now });
      return { rows: changed, download: newDownload(row, now) };
    },
  };
};
