/** Saved manifests as a table: one line each. */

import { type Column, table } from './columns.ts';
import type { Paint } from './paint.ts';

export type SavedRow = {
  readonly name: string;
  readonly namespace: string;
  readonly savedAt: Date;
  /** Null when the answers do not say, or there are none. */
  readonly release: string | null;
  /** Of the cluster that was looked at when it was saved; null when none was. */
  readonly context: string | null;
  /** Null when nobody knows. */
  readonly live: boolean | null;
  readonly state: 'intact' | 'changed' | 'foreign';
};

type Name = 'name' | 'namespace' | 'saved' | 'release' | 'context' | 'live' | 'files';

const columns: readonly Column<Name>[] = [
  { name: 'name', narrowest: 12 },
  { name: 'namespace', narrowest: 8 },
  { name: 'saved' },
  { name: 'release' },
  { name: 'context', narrowest: 8 },
  { name: 'live' },
  { name: 'files' },
];

const liveText = (live: boolean | null): string => {
  if (live === null) return '?';
  return live ? 'yes' : 'no';
};

const files = { intact: 'as saved', changed: 'changed', foreign: 'not ours' } as const;

/** As the clock on the wall says it: `2025-11-02 14:05`. */
const dateText = (date: Date): string => {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
};

const cells = (row: SavedRow): Readonly<Record<Name, string>> => ({
  name: row.name,
  namespace: row.namespace,
  saved: dateText(row.savedAt),
  release: row.release ?? '-',
  context: row.context ?? '-',
  live: liveText(row.live),
  files: files[row.state],
});

/** A line of titles, then one for each row. */
export const libraryLines = (rows: readonly SavedRow[], paint: Paint, width: number): string[] =>
  table(columns, rows.map(cells), { width, droppable: ['release', 'context'], paint });
