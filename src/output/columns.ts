/** Rows in columns that fit a terminal: some give way, some are left out, none is broken over two lines. */

import type { Paint } from './paint.ts';

export type Column<Name extends string> = {
  readonly name: Name;
  /** What stands above it; its name when absent. */
  readonly title?: string;
  readonly right?: true;
  /** How narrow it may become; it keeps its width when absent. */
  readonly narrowest?: number;
};

export type Cells<Name extends string> = Readonly<Record<Name, string>>;

const gap = '  ';

/** In the middle, because names differ at their ends. */
const cutMiddle = (text: string, room: number): string => {
  if (text.length <= room) return text;
  const head = Math.ceil((room - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (room - 1 - head))}`;
};

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + gap.length + width, 0);

const titleOf = <Name extends string>({ name, title }: Column<Name>): string => title ?? name;

const natural = <Name extends string>(
  columns: readonly Column<Name>[],
  rows: readonly Cells<Name>[],
): number[] =>
  columns.map(column => Math.max(titleOf(column).length, ...rows.map(row => row[column.name].length)));

/** The widest that may give way is made narrower, a character at a time, so that they give way together. */
const narrowed = <Name extends string>(
  columns: readonly Column<Name>[],
  widths: readonly number[],
  room: number,
): number[] => {
  const result = [...widths];
  const spare = (at: number): number =>
    (result[at] ?? 0) - Math.min(widths[at] ?? 0, columns[at]?.narrowest ?? widths[at] ?? 0);
  while (total(result) > room) {
    const [widest] = columns
      .map((_, at) => at)
      .filter(at => spare(at) > 0)
      .sort((a, b) => (result[b] ?? 0) - (result[a] ?? 0));
    if (widest === undefined) break;
    result[widest] = (result[widest] ?? 0) - 1;
  }
  return result;
};

export type TableOptions<Name extends string> = {
  /** Null for as wide as it gets. */
  readonly width: number | null;
  /** Left out one after the other when even the narrowest do not fit. */
  readonly droppable: readonly Name[];
  readonly paint: Paint;
};

/** A line of titles and one for each row. */
export const table = <Name extends string>(
  columns: readonly Column<Name>[],
  rows: readonly Cells<Name>[],
  { width, droppable, paint }: TableOptions<Name>,
): string[] => {
  const room = width ?? Number.POSITIVE_INFINITY;
  const widths = narrowed(columns, natural(columns, rows), room);
  const [next, ...more] = droppable;
  if (total(widths) > room && next !== undefined) {
    const rest = columns.filter(({ name }) => name !== next);
    return table(rest, rows, { width, droppable: more, paint });
  }
  const line = (textOf: (column: Column<Name>) => string): string =>
    columns
      .map((column, at) => {
        const text = cutMiddle(textOf(column), widths[at] ?? 0);
        return gap + (column.right ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0));
      })
      .join('')
      .trimEnd();
  return [paint.dim(line(titleOf)), ...rows.map(row => line(({ name }) => row[name]))];
};
