/** Owns following all objects of one kind: list, watch, and begin again when the watch breaks. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, ApiProblem, type KubeObject } from './client.ts';

/** A live copy of one collection. */
export type Collection = {
  /** The newest known state, by `namespace/name`. */
  readonly items: ReadonlyMap<string, KubeObject>;
  /** Resolves once the first list is in. */
  readonly ready: Promise<void>;
};

/** Called for every object that appeared, changed (`gone` false) or went. */
export type OnChange = (object: KubeObject, gone: boolean) => void;

/** The key of an object in a collection. */
export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** Follows the collection at `path` until the signal fires; errors are retried, never thrown. */
export function follow(api: Api, path: string, signal: AbortSignal, onChange: OnChange): Collection {
  const items = new Map<string, KubeObject>();
  const following = { api, path, signal, items, onChange };
  const ready = new Promise<void>(resolve => {
    void loop(following, resolve);
  });
  return { items, ready };
}

type Following = {
  readonly api: Api;
  readonly path: string;
  readonly signal: AbortSignal;
  readonly items: Map<string, KubeObject>;
  readonly onChange: OnChange;
};

async function loop(following: Following, onListed: () => void): Promise<void> {
  while (!following.signal.aborted) {
    try {
      await listAndWatch(following, onListed);
    } catch (error) {
      // 410: what the watch asked for is no longer kept; listing again is the answer.
      await sleep(error instanceof ApiProblem && error.code === 410 ? 0 : 200);
    }
  }
}

async function listAndWatch(following: Following, onListed: () => void): Promise<void> {
  let version = await listOnce(following);
  onListed();
  while (!following.signal.aborted) version = await watchOnce(following, version);
}

async function listOnce({ api, path, items, onChange }: Following): Promise<string> {
  const list = await api.send('GET', path);
  const kind = list.kind.replace(/List$/, '');
  const seen = new Set<string>();
  for (const item of (list.items ?? []) as KubeObject[]) {
    const object = { ...item, apiVersion: list.apiVersion, kind };
    seen.add(keyOf(object));
    put(items, object, onChange);
  }
  for (const [key, object] of [...items]) {
    if (seen.has(key)) continue;
    items.delete(key);
    onChange(object, true);
  }
  return list.metadata.resourceVersion ?? '0';
}

function put(items: Map<string, KubeObject>, object: KubeObject, onChange: OnChange): void {
  const known = items.get(keyOf(object));
  items.set(keyOf(object), object);
  if (known?.metadata.resourceVersion !== object.metadata.resourceVersion) onChange(object, false);
}

async function watchOnce(following: Following, from: string): Promise<string> {
  let version = from;
  const { api, path, signal } = following;
  const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${from}`;
  for await (const line of api.lines(`${path}${path.includes('?') ? '&' : '?'}${query}`, signal)) {
    const event = JSON.parse(line) as WatchEvent;
    take(following, event);
    version = event.object.metadata.resourceVersion ?? version;
  }
  return version;
}

type WatchEvent = { readonly type: string; readonly object: KubeObject };

function take({ items, onChange }: Following, { type, object }: WatchEvent): void {
  if (type === 'ERROR') throw new ApiProblem(Number(object.code ?? 500), 'the watch ended');
  if (type === 'DELETED') {
    items.delete(keyOf(object));
    onChange(object, true);
  } else if (type !== 'BOOKMARK') {
    put(items, object, onChange);
  }
}
