/** One look at a deployment with the eyes of the wait: what is there now, and what its rules make of it. */

import type { Client } from '../../cluster/client.ts';
import { readLog } from '../../cluster/logs.ts';
import { listAll } from '../../cluster/pages.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import { slots } from '../../cluster/survey/slots.ts';
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
import { lifeOf } from './containers.ts';

export type Looked = {
  readonly sight: Sight;
  readonly outlook: Outlook;
  /** What could not be read. */
  readonly unreadable: readonly Finding[];
};

export type LookAsk = {
  readonly client: Client;
  readonly watching: Watching;
  readonly awaited: Awaited;
  /** The deployment as it was read a moment ago; null to read it too. */
  readonly graph: KubernetesObject | null;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly signal: AbortSignal;
  /** The finding for what may not be read. */
  readonly unreadable: (what: string, message: string) => Finding;
};

const atOnce = 6;
/** Lines kept of each log, as the wait keeps them. */
const kept = 400;
/** A log may tell that another is worth reading; more often than this it does not. */
const mostRounds = 3;

/** Without these nothing can be said. */
const needed: readonly WatchAsk['key'][] = ['graph', 'pods'];

type Slot = <T>(work: () => Promise<T>) => Promise<T>;
type Noting = { readonly note: (what: string, message: string) => void; readonly slot: Slot };

const readOne = async (
  { client, signal }: LookAsk,
  ask: WatchAsk,
  noting: Noting,
): Promise<readonly KubernetesObject[]> => {
  const { key, path, labelSelector, fieldSelector } = ask;
  const query = { labelSelector: labelSelector ?? undefined, fieldSelector: fieldSelector ?? undefined };
  try {
    return (await noting.slot(() => listAll(client, path, query, signal))).objects;
  } catch (error) {
    if (!isClusterError(error) || error.kind !== 'forbidden' || needed.includes(key)) throw error;
    noting.note(key, error.message);
    return [];
  }
};

const linesOf = async ({ client, awaited, signal }: LookAsk, ask: LogAsk): Promise<readonly string[]> => {
  const lines: string[] = [];
  const query = { ...ask, namespace: awaited.namespace, tailLines: kept, follow: false, signal };
  for await (const line of readLog(client, query)) lines.push(line);
  return lines;
};

/** Lines of the logs that can be read; a log that cannot is told once, and its pod may have gone meanwhile. */
const readLogs = async (
  look: LookAsk,
  asks: readonly LogAsk[],
  noting: Noting,
): Promise<Record<string, readonly string[]>> => {
  const read = asks.map(async ask => {
    try {
      return [logKey(ask), await noting.slot(() => linesOf(look, ask))] as const;
    } catch (error) {
      if (!isClusterError(error) || error.kind === 'interrupted') throw error;
      if (error.kind === 'forbidden') noting.note('logs', error.message);
      return [logKey(ask), []] as const;
    }
  });
  return Object.fromEntries(await Promise.all(read));
};

const wanted = ({ logs }: Outlook, sight: Sight): LogAsk[] => {
  const pods = new Map(sight.pods.map(pod => [pod.metadata.name, pod]));
  return logs.filter(ask => sight.logs[logKey(ask)] === undefined && lifeOf(pods.get(ask.pod), ask) !== null);
};

/** Reads everything once, then the logs that the rules ask for. Errors: ClusterError when pods or the deployment cannot be read. */
export const lookOnce = async (look: LookAsk): Promise<Looked> => {
  const { watching, awaited, since, graph } = look;
  const found: Finding[] = [];
  const noting: Noting = {
    slot: slots(atOnce),
    note: (what, message) => {
      if (!found.some(({ message: said }) => said.endsWith(message)))
        found.push(look.unreadable(what, message));
    },
  };
  const asks = watching.watches(awaited).filter(({ key }) => graph === null || key !== 'graph');
  const lists = await Promise.all(asks.map(ask => readOne(look, ask, noting)));
  const of = (key: WatchAsk['key']): readonly KubernetesObject[] =>
    asks.flatMap((ask, at) => (ask.key === key ? (lists[at] ?? []) : []));
  let sight: Sight = {
    now: Date.now(),
    since,
    graph: graph ?? of('graph')[0] ?? null,
    jobs: of('jobs'),
    pods: of('pods'),
    events: of('events'),
    logs: {},
  };
  let outlook = watching.outlook(awaited, sight);
  for (let round = 0; round < mostRounds; round++) {
    const more = wanted(outlook, sight);
    if (more.length === 0) break;
    sight = { ...sight, logs: { ...sight.logs, ...(await readLogs(look, more, noting)) } };
    outlook = watching.outlook(awaited, sight);
  }
  return { sight, outlook, unreadable: found };
};
