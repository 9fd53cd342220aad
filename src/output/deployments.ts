/** Deployments for the eye: a line each, or one on a screen. */

import type { SummaryLine } from '../core/component.ts';
import type { DeployedRole, Described } from '../core/deployed.ts';
import type { LastVerify } from '../core/last-verify.ts';
import { type Column, table } from './columns.ts';
import type { Paint } from './paint.ts';
import { summaryLines } from './tables.ts';
import { clock } from './time.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** As kubectl says it, with one unit: `42s`, `12m`, `3h`, `5d`. */
export const ageText = (milliseconds: number): string => {
  if (milliseconds < minute) return `${Math.max(0, Math.floor(milliseconds / 1000))}s`;
  if (milliseconds < hour) return `${Math.floor(milliseconds / minute)}m`;
  return milliseconds < 2 * day
    ? `${Math.floor(milliseconds / hour)}h`
    : `${Math.floor(milliseconds / day)}d`;
};

const readyText = (roles: readonly DeployedRole[]): string => {
  const sum = (of: (role: DeployedRole) => number): number => roles.reduce((all, role) => all + of(role), 0);
  return `${sum(({ ready }) => ready)}/${sum(({ wanted }) => wanted)}`;
};

type Name =
  | 'name'
  | 'namespace'
  | 'model'
  | 'mode'
  | 'gpus'
  | 'ready'
  | 'release'
  | 'age'
  | 'state'
  | 'verified'
  | 'api'
  | 'address';

/** Names are typed again, so they are never cut. */
const usual: readonly Column<Name>[] = [
  { name: 'name' },
  { name: 'namespace' },
  { name: 'model', narrowest: 10 },
  { name: 'mode' },
  { name: 'gpus', title: 'GPUs', right: true },
  { name: 'ready', right: true },
  { name: 'release' },
  { name: 'age', right: true },
  { name: 'state' },
];

const wide: readonly Column<Name>[] = [
  ...usual,
  { name: 'verified' },
  { name: 'api', title: 'API version' },
  { name: 'address' },
];

const modes = { aggregated: 'agg', disaggregated: 'disagg' } as const;

/** `lastVerify` is null when nothing tells. */
export type Verified = Described & { readonly lastVerify: LastVerify | null };

/** What a list needs of a deployment; a leftover has nothing but its place. */
export type ListRow = Verified | { readonly name: string; readonly namespace: string };

const cellsOf =
  (now: number) =>
  (row: ListRow): Readonly<Record<Name, string>> => {
    const { name, namespace } = row;
    if (!('roles' in row)) {
      const none = {
        model: '-',
        mode: '-',
        gpus: '-',
        ready: '-',
        release: '-',
        age: '-',
        verified: '-',
        api: '-',
        address: '-',
      };
      return { ...none, name, namespace, state: 'left over' };
    }
    return {
      name,
      namespace,
      model: row.model ?? '-',
      mode: row.mode === null ? '-' : modes[row.mode],
      gpus: String(row.gpus),
      ready: readyText(row.roles),
      release: row.release ?? '-',
      age: row.createdAt === null ? '-' : ageText(now - row.createdAt),
      state: row.state,
      verified: row.lastVerify === null ? 'unknown' : `${ageText(now - row.lastVerify.at)} ago`,
      api: row.apiVersion,
      address: row.address,
    };
  };

export type ListOptions = {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly paint: Paint;
  /** Everything, however wide. */
  readonly wide: boolean;
  readonly columns: number;
};

/** Titles and one line a deployment. */
export const listLines = (
  rows: readonly ListRow[],
  { now, paint, wide: isWide, columns }: ListOptions,
): string[] =>
  table(isWide ? wide : usual, rows.map(cellsOf(now)), {
    width: isWide ? null : columns - 1,
    droppable: ['mode', 'release', 'age', 'model'],
    paint,
  });

/** One role, as a status shows it. */
export type StatusRole = {
  readonly role: string;
  readonly ready: number;
  readonly wanted: number;
  readonly stage: string;
  /** Milliseconds since 1970. */
  readonly stageSince: number;
  readonly nodes: readonly string[];
  /** Held by its pods right now. */
  readonly gpus: number;
  readonly restarts: number;
  readonly note: string;
};

const roleColumns = [
  { name: 'role', narrowest: 14 },
  { name: 'ready', right: true },
  { name: 'stage', narrowest: 16 },
  { name: 'time', right: true },
  { name: 'gpus', title: 'GPUs', right: true },
  { name: 'restarts', right: true },
  { name: 'nodes', narrowest: 12 },
] as const satisfies readonly Column<string>[];

const nodesText = (nodes: readonly string[]): string => {
  const [first] = nodes;
  if (first === undefined) return '-';
  return nodes.length === 1 ? first : `${first} and ${nodes.length - 1} more`;
};

export const roleLines = (
  roles: readonly StatusRole[],
  { now, paint, columns, wide: isWide }: ListOptions,
): string[] => {
  const rows = roles.map(({ role, ready, wanted, stage, stageSince, gpus, restarts, nodes }) => ({
    role,
    ready: `${ready}/${wanted}`,
    stage,
    time: clock(now - stageSince),
    gpus: String(gpus),
    restarts: String(restarts),
    nodes: isWide ? nodes.join(',') || '-' : nodesText(nodes),
  }));
  return [
    ...table(roleColumns, rows, { width: isWide ? null : columns - 1, droppable: ['nodes'], paint }),
    ...roles.filter(({ note }) => note !== '').map(({ role, note }) => paint.dim(`  ${role}: ${note}`)),
  ];
};

const conditionText = ({ type, status, reason, message }: Described['conditions'][number]): string =>
  `${type} ${status}${reason === '' ? '' : ` (${reason})`}${message === '' ? '' : `: ${message}`}`;

const gpuText = (wanted: number, held: number): string =>
  held === wanted ? `${wanted}, all held` : `${wanted} wanted, ${held} held`;

const lastVerifyLine = (last: LastVerify | null, now: number): string => {
  if (last === null) return 'unknown';
  const { at, by, firstTokenMs } = last;
  const answer = firstTokenMs === null ? '' : `, first token after ${Math.round(firstTokenMs)} ms`;
  return `${ageText(now - at)} ago, by version ${by}${answer}`;
};

/** Labels and values above the roles. */
export const headLines = (
  described: Verified,
  held: number,
  { now, paint, columns, wide: isWide }: ListOptions,
): string[] => {
  const { model, mode, release, apiVersion, image, gpus, address, createdAt, conditions } = described;
  const line = (label: string, value: string | null): SummaryLine[] =>
    value === null ? [] : [{ label, value }];
  return summaryLines(
    [
      ...line('Model', model),
      ...line('Mode', mode),
      ...line('Release', release),
      ...(isWide ? [...line('Image', image), ...line('API version', apiVersion)] : []),
      ...line('GPUs', gpuText(gpus, held)),
      ...line('Address', address),
      ...line('Age', createdAt === null ? null : ageText(now - createdAt)),
      ...line('Verified', lastVerifyLine(described.lastVerify, now)),
      ...conditions.flatMap(condition => line('Condition', conditionText(condition))),
    ],
    paint,
    columns,
  );
};

export type PodRow = {
  readonly pod: string;
  readonly role: string;
  readonly node: string | null;
  readonly phase: string;
};

const podColumns = [
  { name: 'pod' },
  { name: 'role' },
  { name: 'phase' },
  { name: 'node' },
] as const satisfies readonly Column<string>[];

/** Every pod, for `-o wide`. */
export const podLines = (pods: readonly PodRow[], paint: Paint): string[] =>
  table(
    podColumns,
    pods.map(({ pod, role, phase, node }) => ({ pod, role, phase, node: node ?? '-' })),
    { width: null, droppable: [], paint },
  );
