/** Knows the ready pods behind a tunnel at any moment, by one watch, and tells when one is lost. */

import type { Client } from './client.ts';
import { type Destination, type Place, type Pod, readyAmong, readyPlace } from './tunnel-target.ts';
import { type News, watchCollection } from './watch.ts';

export type Pods = {
  /** A ready pod, another one than `avoid` where there is one; null when none is ready. Errors: ClusterError when nobody may look. */
  readonly choose: (avoid: string | null) => Promise<Place | null>;
};

/** Keeps to one pod, and asks for another only when that one is to be avoided: for tunnels that live for a few requests. */
export const listPods = (
  client: Client,
  destination: Destination,
  signal: AbortSignal,
  place: Place | null = null,
): Pods => {
  let kept = place;
  return {
    choose: async avoid => {
      if (kept === null || kept.name === avoid) kept = await readyPlace(client, destination, avoid, signal);
      return kept;
    },
  };
};

const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** Changes when what listened before listens no more: another pod of that name, or a container started anew. */
const lifeOf = ({ metadata, status }: Pod): string => {
  const restarts = (status?.containerStatuses ?? []).map(({ restartCount = 0 }) => restartCount);
  return [metadata.uid ?? '', ...restarts].join('/');
};

type Known = Map<string, Pod>;

/** Names of pods whose connections lead nowhere any more. */
const lostBy = (known: Known, now: Known): string[] =>
  [...known].flatMap(([name, before]) => {
    const after = now.get(name);
    const same = after !== undefined && lifeOf(after) === lifeOf(before) && !isOver(after);
    return same ? [] : [name];
  });

const after = (known: Known, news: News): Known => {
  if (news.type === 'SYNC')
    return new Map(news.objects.map(object => [object.metadata.name, object as unknown as Pod]));
  const pod = news.object as unknown as Pod;
  const next = new Map(known);
  if (news.type === 'DELETED') next.delete(pod.metadata.name);
  else next.set(pod.metadata.name, pod);
  return next;
};

/**
 * Follows the pods until the signal fires. A port-forward does not always tell that its pod has gone; the watch does.
 * Where pods may not be watched, they are listed when one is needed.
 */
export const followPods = (
  client: Client,
  destination: Destination,
  signal: AbortSignal,
  onLost: (name: string) => void,
): Pods => {
  let known: Known = new Map();
  let blind = false;
  const take = (news: News): void => {
    const now = after(known, news);
    const lost = lostBy(known, now);
    known = now;
    for (const name of lost) onLost(name);
  };
  const follow = async (onFirst: () => void): Promise<void> => {
    const path = `/api/v1/namespaces/${destination.namespace}/pods`;
    try {
      for await (const news of watchCollection(client, {
        path,
        labelSelector: destination.selector,
        signal,
      })) {
        take(news);
        onFirst();
      }
    } catch {
      // Whoever needs a pod asks for it, and hears the reason then.
    }
    blind = true;
    onFirst();
  };
  const first = new Promise<void>(resolve => void follow(resolve));
  const listed = listPods(client, destination, signal);
  return {
    choose: async avoid => {
      await first;
      return blind ? listed.choose(avoid) : readyAmong(known.values(), destination, avoid);
    },
  };
};
