/** What is seen of a deployment at one moment: one list of each kind, and the logs that would tell more. */

import type { Client } from '../../cluster/client.ts';
import { readLog } from '../../cluster/logs.ts';
import { listAll } from '../../cluster/pages.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import type { Finding } from '../../core/finding.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import {
  type Awaited,
  type LogAsk,
  logKey,
  type Outlook,
  type Sight,
  type WatchAsk,
  type Watching,
} from '../../core/sight.ts';

export type Seen = {
  readonly sight: Sight;
  readonly outlook: Outlook;
  /** What could not be read. */
  readonly unread: readonly Finding[];
};

type Reading = {
  readonly client: Client;
  readonly watching: Watching;
  readonly awaited: Awaited;
  readonly graph: KubernetesObject;
  readonly signal: AbortSignal;
};

/** Lines of each log that is asked for. */
const tailLines = 400;
/** What only has to settle is ready: a status is no wait. Milliseconds. */
const settlesWithinMs = 3_000;
/** Events are kept for an hour, and what was said before says nothing about now. Milliseconds. */
const memoryMs = 3_600_000;

const needed: readonly WatchAsk['key'][] = ['pods'];

const unreadable = (what: string, message: string): Finding => ({
  rule: 'status-unreadable',
  level: 'unknown',
  path: '',
  message: `Without ${what}: ${message}`,
  hint: '',
});

type List = { readonly objects: readonly KubernetesObject[]; readonly unread: readonly Finding[] };

/** Errors: ClusterError, unless only the right is missing and the rest tells enough. */
const listOf = async ({ client, signal }: Reading, ask: WatchAsk | undefined): Promise<List> => {
  if (ask === undefined) return { objects: [], unread: [] };
  const { path, labelSelector, fieldSelector, key } = ask;
  try {
    const query = { labelSelector: labelSelector ?? undefined, fieldSelector: fieldSelector ?? undefined };
    return { objects: (await listAll(client, path, query, signal)).objects, unread: [] };
  } catch (error) {
    if (!isClusterError(error) || error.kind !== 'forbidden' || needed.includes(key)) throw error;
    return { objects: [], unread: [unreadable(key, error.message)] };
  }
};

/** Null when it cannot be read: a container that has not begun, a pod that is gone, a right that is missing. */
const linesOf = async (
  { client, awaited, signal }: Reading,
  { pod, container, previous }: LogAsk,
): Promise<readonly string[] | null> => {
  const lines: string[] = [];
  const ask = {
    namespace: awaited.namespace,
    pod,
    container,
    previous,
    tailLines,
    follow: false,
    signal,
  };
  try {
    for await (const line of readLog(client, ask)) lines.push(line);
    return lines;
  } catch (error) {
    if (isClusterError(error) && error.kind !== 'interrupted') return null;
    throw error;
  }
};

const logsOf = async (
  reading: Reading,
  asks: readonly LogAsk[],
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const read = await Promise.all(asks.map(async ask => [logKey(ask), await linesOf(reading, ask)] as const));
  return Object.fromEntries(read.filter((one): one is [string, readonly string[]] => one[1] !== null));
};

/** The same a moment later, when nothing but that moment is missing. */
const settled = ({ watching, awaited }: Reading, sight: Sight, outlook: Outlook): Outlook => {
  const { done, hopeless, lookAgainAt } = outlook;
  if (done || hopeless.length > 0 || lookAgainAt === null || lookAgainAt - sight.now > settlesWithinMs)
    return outlook;
  const later = watching.outlook(awaited, { ...sight, now: lookAgainAt });
  return later.done ? later : outlook;
};

const createdAt = ({ metadata }: KubernetesObject): number =>
  Date.parse((metadata as { readonly creationTimestamp?: string }).creationTimestamp ?? '') || 0;

/** Errors: ClusterError; `forbidden` when pods may not be listed. */
export const readStatus = async (reading: Reading): Promise<Seen> => {
  const { watching, awaited, graph } = reading;
  const asks = watching.watches(awaited);
  const askFor = (key: WatchAsk['key']): WatchAsk | undefined => asks.find(ask => ask.key === key);
  const [pods, jobs, events] = await Promise.all([
    listOf(reading, askFor('pods')),
    listOf(reading, askFor('jobs')),
    listOf(reading, askFor('events')),
  ]);
  const now = Date.now();
  const bare: Sight = {
    now,
    since: Math.max(createdAt(graph), now - memoryMs),
    graph,
    pods: pods.objects,
    jobs: jobs.objects,
    events: events.objects,
    logs: {},
  };
  const first = settled(reading, bare, watching.outlook(awaited, bare));
  const unread = [...pods.unread, ...jobs.unread, ...events.unread];
  if (first.logs.length === 0) return { sight: bare, outlook: first, unread };
  const sight = { ...bare, logs: await logsOf(reading, first.logs) };
  return { sight, outlook: settled(reading, sight, watching.outlook(awaited, sight)), unread };
};
