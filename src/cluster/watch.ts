/** Follows a collection: one list, then one watch, which goes on after whatever interrupts it. */

import type { KubernetesObject } from '../core/manifest.ts';
import { pause } from './abort.ts';
import type { Client, Query } from './client.ts';
import { listAll } from './pages.ts';
import { ClusterError, isClusterError, type RefusalKind } from './refusal.ts';

export type News =
  /** Everything that is there; what was known before and is not in it has gone. Comes first, and again after a gap. */
  | { readonly type: 'SYNC'; readonly objects: KubernetesObject[] }
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubernetesObject };

export type WatchQuery = {
  /** Of the collection, such as /api/v1/namespaces/NS/pods. */
  readonly path: string;
  readonly labelSelector?: string | null;
  readonly fieldSelector?: string | null;
  readonly signal: AbortSignal;
  /** Called once, when the first list has been taken and the watch begins. */
  readonly onReady?: () => void;
  /** Called when tries fail one after the other; with `null` when news come again after that. */
  readonly onProblem?: (error: ClusterError | null) => void;
};

/** What another try does not change. */
const final: readonly RefusalKind[] = [
  'no-config',
  'credentials',
  'unauthorized',
  'forbidden',
  'not-found',
  'invalid',
];

/** The server ends a watch after so long, so that one whose server was replaced does not hang for good. */
const watchSeconds = 570;

/** Silence after which a watch is given up: the server should have ended it before. */
const longestMs = (watchSeconds + 20) * 1_000;

const firstPauseMs = 250;
const longestPauseMs = 10_000;

/** A watch that stays open for so long works, also where nothing changes. */
const soundMs = 2_000;

/** Where the watch stands. */
type Course = {
  /** What the next watch begins after; null when a list has to come first. */
  version: string | null;
  /** Tries in a row that brought nothing. */
  failures: number;
  /** Whether somebody was told of them. */
  troubled: boolean;
  ready: boolean;
};

type Line = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubernetesObject & {
    readonly metadata: { readonly resourceVersion: string };
    readonly code?: number;
    readonly message?: string;
  };
};

const parse = (text: string): Line => {
  try {
    return JSON.parse(text) as Line;
  } catch {
    throw new ClusterError('unreachable', 'A watch was cut in the middle of an event.');
  }
};

/** An ERROR event is a refusal that came late. */
const refusalIn = ({ object }: Line): ClusterError => {
  const status = object.code ?? 500;
  const message = `A watch was ended by the server (${status}): ${object.message ?? 'no reason given'}`;
  return new ClusterError(status === 410 ? 'gone' : 'server', message, { status });
};

const selection = ({ labelSelector, fieldSelector }: WatchQuery): Query => ({
  labelSelector: labelSelector ?? undefined,
  fieldSelector: fieldSelector ?? undefined,
});

const sound = (course: Course, ask: WatchQuery): void => {
  course.failures = 0;
  if (course.troubled) ask.onProblem?.(null);
  course.troubled = false;
};

/** One watch, from where the course stands to its end. */
async function* watchOnce(client: Client, ask: WatchQuery, course: Course): AsyncGenerator<News> {
  const query = {
    ...selection(ask),
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: course.version ?? '',
    timeoutSeconds: watchSeconds,
  };
  const signal = AbortSignal.any([ask.signal, AbortSignal.timeout(longestMs)]);
  let open: NodeJS.Timeout | undefined;
  const onOpen = (): void => {
    open = setTimeout(sound, soundMs, course, ask);
  };
  try {
    for await (const text of client.lines({ path: ask.path, query, signal, onOpen })) {
      const line = parse(text);
      if (line.type === 'ERROR') throw refusalIn(line);
      course.version = line.object.metadata.resourceVersion;
      sound(course, ask);
      if (line.type !== 'BOOKMARK') yield { type: line.type, object: line.object };
    }
  } finally {
    clearTimeout(open);
  }
}

/** The list if one is needed, then a watch until it ends. */
async function* listAndWatch(client: Client, ask: WatchQuery, course: Course): AsyncGenerator<News> {
  if (course.version === null) {
    const { objects, resourceVersion } = await listAll(client, ask.path, selection(ask), ask.signal);
    course.version = resourceVersion;
    yield { type: 'SYNC', objects };
  }
  if (!course.ready) ask.onReady?.();
  course.ready = true;
  yield* watchOnce(client, ask, course);
}

/** Waits before the next try, longer after every one that brought nothing; until the signal fires. */
const breathe = async (ask: WatchQuery, course: Course, leastMs: number): Promise<void> => {
  const usual = Math.min(firstPauseMs * 2 ** course.failures, longestPauseMs);
  const ms = Math.max(leastMs, usual * (0.75 + Math.random() / 2));
  await pause(ms, [ask.signal], () => new ClusterError('interrupted', 'Interrupted.')).catch(() => {});
};

/** Notes what went wrong, or throws it when another try makes no sense. Returns how long to wait at least. */
const judge = (error: unknown, ask: WatchQuery, course: Course): number => {
  if (!isClusterError(error) || final.includes(error.kind)) throw error;
  // What is known is too old to go on from. The list that follows tells what was missed.
  if (error.kind === 'gone') course.version = null;
  course.failures += 1;
  // One cut is nothing to speak of.
  if (course.failures > 1) {
    course.troubled = true;
    ask.onProblem?.(error);
  }
  return error.retryAfterMs ?? 0;
};

/** One list or watch to its end. Returns how long to wait at least before the next, or null when there is to be none. */
async function* follow(client: Client, ask: WatchQuery, course: Course): AsyncGenerator<News, number | null> {
  try {
    yield* listAndWatch(client, ask, course);
    // Ended in order, with news or without: what failed before it is over.
    sound(course, ask);
    return 0;
  } catch (error) {
    // The run's own signal, or the end of the client.
    if (ask.signal.aborted || (isClusterError(error) && error.kind === 'interrupted')) return null;
    return judge(error, ask, course);
  }
}

/**
 * Ends when the signal fires. Goes on after the server's time limit, cut connections, 429, 5xx and 410, and with fresh credentials after a 401.
 * Rejects with a ClusterError when another try would not help, such as `forbidden`.
 */
export async function* watchCollection(client: Client, ask: WatchQuery): AsyncGenerator<News> {
  const course: Course = { version: null, failures: 0, troubled: false, ready: false };
  while (!ask.signal.aborted) {
    const leastMs = yield* follow(client, ask, course);
    if (leastMs === null) return;
    await breathe(ask, course, leastMs);
  }
}
