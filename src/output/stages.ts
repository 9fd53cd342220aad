/** The roles of a deployment while it comes up: as a table, and as lines for where nothing can be redrawn. */

import type { Outlook, RoleRow } from '../core/sight.ts';
import { downloadBar } from './live-download.ts';
import type { Paint } from './paint.ts';
import { clock } from './time.ts';
import { wrap } from './wrap.ts';

/** Times of a wait, all in milliseconds since 1970; a limit that is not finite is none. */
export type WaitTimes = { readonly now: number; readonly startedAt: number; readonly limitAt: number };

type Name = 'role' | 'ready' | 'stage' | 'time' | 'node' | 'restarts';
type Cells = Readonly<Record<Name, string>>;

const header: Cells = {
  role: 'role',
  ready: 'ready',
  stage: 'stage',
  time: 'time',
  node: 'node',
  restarts: 'restarts',
};

const order = ['role', 'ready', 'stage', 'time', 'node', 'restarts'] as const satisfies readonly Name[];

/** Columns that give way when there is little room, the first one first, and how narrow each may become. */
const yielding: readonly (readonly [Name, number])[] = [
  ['node', 12],
  ['stage', 21],
  ['role', 14],
  ['stage', 12],
];

const gap = '  ';

const cellsOf = (row: RoleRow, now: number): Cells => ({
  role: row.role,
  ready: `${row.ready}/${row.wanted}`,
  stage: row.stage,
  time: clock(now - row.stageSince),
  node: row.node ?? '-',
  restarts: String(row.restarts),
});

/** Without the domain, which all nodes share, and then cut in the middle, because names differ at their ends. */
const cutNode = (name: string, room: number): string => {
  const [host = name] = name.split('.');
  if (host.length < room) return host === name ? name : `${host}…`;
  const head = Math.ceil((room - 1) / 2);
  return `${host.slice(0, head)}…${host.slice(host.length - (room - 1 - head))}`;
};

const cut = (name: Name, text: string, room: number): string => {
  if (text.length <= room) return text;
  return name === 'node' ? cutNode(text, room) : `${text.slice(0, room - 1)}…`;
};

const total = (widths: ReadonlyMap<Name, number>): number =>
  [...widths.values()].reduce((sum, width) => sum + gap.length + width, 0);

/** Widths that fit; without the node where even the narrowest does not. */
const widthsFor = (cells: readonly Cells[], columns: number, names: readonly Name[]): Map<Name, number> => {
  const widths = new Map<Name, number>(
    names.map(name => [name, Math.max(...cells.map(row => row[name].length))]),
  );
  for (const [name, narrowest] of yielding) {
    const width = widths.get(name);
    if (width === undefined) continue;
    const over = total(widths) - columns;
    if (over <= 0) break;
    const room = Math.max(Math.min(width, narrowest), width - over);
    widths.set(name, Math.max(...cells.map(row => cut(name, row[name], room).length)));
  }
  if (total(widths) <= columns || !names.includes('node')) return widths;
  return widthsFor(
    cells,
    columns,
    names.filter(name => name !== 'node'),
  );
};

const isRight = (name: Name): boolean => name === 'ready' || name === 'time' || name === 'restarts';

const padded = (name: Name, text: string, width: number): string => {
  const short = cut(name, text, width);
  return isRight(name) ? short.padStart(width) : short.padEnd(width);
};

type Color = (name: Name, text: string) => string;

const tableLine = (cells: Cells, widths: ReadonlyMap<Name, number>, color: Color): string =>
  order
    .filter(name => widths.has(name))
    .map(name => gap + color(name, padded(name, cells[name], widths.get(name) ?? 0)))
    .join('')
    .trimEnd();

const isReady = ({ ready, wanted }: RoleRow): boolean => wanted > 0 && ready >= wanted;

const colorOf =
  (row: RoleRow, paint: Paint): Color =>
  (name, text) => {
    if (name === 'stage' && isReady(row)) return paint.green(text);
    if (name === 'restarts' && row.restarts > 0) return paint.yellow(text);
    return name === 'time' || name === 'node' ? paint.dim(text) : text;
  };

/** Header, one line a role, and what makes a wait understandable. */
export const roleTable = (rows: readonly RoleRow[], now: number, paint: Paint, columns: number): string[] => {
  const cells = rows.map(row => cellsOf(row, now));
  const widths = widthsFor([header, ...cells], columns - 1, order);
  return [
    tableLine(header, widths, (_, text) => paint.dim(text)),
    ...rows.map((row, at) => tableLine(cells[at] ?? header, widths, colorOf(row, paint))),
    ...rows
      .filter(row => row.note !== '')
      .flatMap(row => wrap(`${row.role}: ${row.note}`, columns - 1, gap).map(paint.dim)),
  ];
};

/** `03:12, at most 40:00`; without a limit only how long. */
export const timeLine = ({ now, startedAt, limitAt }: WaitTimes): string =>
  Number.isFinite(limitAt)
    ? `${clock(now - startedAt)}, at most ${clock(limitAt - startedAt)}`
    : clock(now - startedAt);

/** Everything that is redrawn in place. */
export const waitScreen = (
  outlook: Pick<Outlook, 'rows' | 'download'>,
  times: WaitTimes,
  paint: Paint,
  columns: number,
): string[] => [
  ...(outlook.rows.length === 0 ? [] : roleTable(outlook.rows, times.now, paint, columns)),
  ...(outlook.download === null ? [] : ['', ...downloadBar(outlook.download, columns)]),
  '',
  paint.dim(`${gap}${Number.isFinite(times.limitAt) ? 'waited' : 'watched for'} ${timeLine(times)}`),
];
