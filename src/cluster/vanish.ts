/** Follows collections until nothing that counts is left in any of them. */

import { setMaxListeners } from 'node:events';
import type { KubernetesObject } from '../core/manifest.ts';
import type { Client } from './client.ts';
import { type ClusterError, isClusterError } from './refusal.ts';
import { type News, watchCollection } from './watch.ts';

export type Vanishing = {
  readonly key: string;
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Everything counts when absent. */
  readonly counts?: (object: KubernetesObject) => boolean;
  /** Without it nothing can be said; others are passed over when they may not be followed or are not served. */
  readonly needed: boolean;
};

/** What is left, by key; only of collections that were read. */
export type Left = ReadonlyMap<string, readonly KubernetesObject[]>;

export type VanishOptions = {
  readonly signal: AbortSignal;
  readonly onChange: (left: Left) => void;
  /** A watch fails again and again; null when it works again. */
  readonly onProblem: (message: string | null) => void;
};

type Store = Map<string, KubernetesObject>;

const take = (store: Store, news: News): Store => {
  if (news.type === 'SYNC') return new Map(news.objects.map(object => [object.metadata.name, object]));
  if (news.type === 'DELETED') store.delete(news.object.metadata.name);
  else store.set(news.object.metadata.name, news.object);
  return store;
};

/** A kind whose definition is gone has no objects any more; one that is not needed is done without. */
const isPassedOver = (error: unknown, needed: boolean): boolean =>
  isClusterError(error) && (error.kind === 'not-found' || (!needed && error.kind === 'forbidden'));

/** One collection until the signal fires; `tell` gets what counts after every change. */
const follow = async (
  client: Client,
  { needed, counts = () => true, path, labelSelector, fieldSelector }: Vanishing,
  options: Pick<VanishOptions, 'signal' | 'onProblem'>,
  tell: (objects: readonly KubernetesObject[]) => void,
): Promise<void> => {
  let store: Store = new Map();
  const onProblem = (error: ClusterError | null): void => options.onProblem(error?.message ?? null);
  const { signal } = options;
  const selected = { path, labelSelector: labelSelector ?? null, fieldSelector: fieldSelector ?? null };
  try {
    for await (const news of watchCollection(client, { ...selected, signal, onProblem })) {
      store = take(store, news);
      tell([...store.values()].filter(counts));
    }
  } catch (error) {
    if (!isPassedOver(error, needed)) throw error;
    tell([]);
  }
};

/** Resolves when all collections are empty at the same time, or when the signal fires. Errors: ClusterError. */
export const untilEmpty = async (
  client: Client,
  collections: readonly Vanishing[],
  { signal, onChange, onProblem }: VanishOptions,
): Promise<void> => {
  const end = new AbortController();
  const either = AbortSignal.any([signal, end.signal]);
  setMaxListeners(0, either);
  const left = new Map<string, readonly KubernetesObject[]>();
  const waiting = new Set(collections.map(({ key }) => key));
  const tell = (key: string, objects: readonly KubernetesObject[]): void => {
    waiting.delete(key);
    left.set(key, objects);
    onChange(left);
    if (waiting.size === 0 && [...left.values()].every(({ length }) => length === 0)) end.abort();
  };
  const all = collections.map(one =>
    follow(client, one, { signal: either, onProblem }, objects => tell(one.key, objects)),
  );
  try {
    await Promise.all(all);
  } finally {
    end.abort();
  }
};
