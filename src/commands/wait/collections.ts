/** Keeps the objects of watched collections current, one watch each. */

import type { Client } from '../../cluster/client.ts';
import { type ClusterError, isClusterError } from '../../cluster/refusal.ts';
import type { News, watchCollection } from '../../cluster/watch.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import type { WatchAsk } from '../../core/sight.ts';
import { pause } from './bell.ts';

export type Key = WatchAsk['key'];

/** What the watches tell besides objects. */
export type Hearing = {
  /** Objects changed. */
  readonly onNews: () => void;
  /** A watch works, or works again. */
  readonly onHeard: (key: Key) => void;
  /** A watch failed and will be tried again. */
  readonly onTrouble: (key: Key, message: string) => void;
  /** A watch is not allowed, and is given up. */
  readonly onForbidden: (key: Key, error: ClusterError) => void;
  /** This program went wrong. */
  readonly onBug: (error: unknown) => void;
};

export type Collections = {
  readonly of: (key: Key) => readonly KubernetesObject[];
  /** Whether every watch has brought its first list or was given up. */
  readonly complete: () => boolean;
};

export type Watch = typeof watchCollection;

type Store = {
  objects: Map<string, KubernetesObject>;
  /** The same as a list, made when it is asked for; null after a change. */
  list: readonly KubernetesObject[] | null;
  known: boolean;
};

/** Between two tries of a watch that failed, in milliseconds. */
const firstPause = 1_000;
const longestPause = 15_000;

const identity = ({ metadata }: KubernetesObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

const take = (store: Store, news: News): void => {
  if (news.type === 'SYNC') store.objects = new Map(news.objects.map(object => [identity(object), object]));
  else if (news.type === 'DELETED') store.objects.delete(identity(news.object));
  else store.objects.set(identity(news.object), news.object);
  store.list = null;
  store.known = true;
};

type Surroundings = {
  readonly client: Client;
  readonly watch: Watch;
  readonly signal: AbortSignal;
  readonly hearing: Hearing;
};

/** One watch, from its start to its end; whether another makes sense. */
const watchOnce = async (
  around: Surroundings,
  ask: WatchAsk,
  onNews: (news: News) => void,
): Promise<boolean> => {
  const { client, watch, signal, hearing } = around;
  const { key, path, labelSelector, fieldSelector } = ask;
  try {
    const onProblem = (error: ClusterError | null): void =>
      error === null ? hearing.onHeard(key) : hearing.onTrouble(key, error.message);
    const selected = { path, labelSelector, fieldSelector, signal, onProblem };
    for await (const news of watch(client, selected)) onNews(news);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    if (!isClusterError(error)) hearing.onBug(error);
    else if (error.kind === 'forbidden') hearing.onForbidden(key, error);
    else hearing.onTrouble(key, error.message);
    return isClusterError(error) && error.kind !== 'forbidden';
  }
};

const follow = async (around: Surroundings, ask: WatchAsk, store: Store): Promise<void> => {
  let wait = firstPause;
  const onNews = (news: News): void => {
    take(store, news);
    wait = firstPause;
    around.hearing.onHeard(ask.key);
    around.hearing.onNews();
  };
  while (!around.signal.aborted) {
    if (!(await watchOnce(around, ask, onNews))) break;
    await pause(wait, around.signal);
    wait = Math.min(wait * 2, longestPause);
  }
  store.known = true;
};

/** Watches until the signal fires. Objects are those of the last news, whatever happens to a watch later. */
export const keepCollections = (around: Surroundings, asks: readonly WatchAsk[]): Collections => {
  const stores = new Map<Key, Store>();
  for (const ask of asks) {
    const store: Store = { objects: new Map(), list: null, known: false };
    stores.set(ask.key, store);
    void follow(around, ask, store);
  }
  return {
    of: key => {
      const store = stores.get(key);
      if (store === undefined) return [];
      store.list ??= [...store.objects.values()];
      return store.list;
    },
    complete: () => [...stores.values()].every(store => store.known),
  };
};
