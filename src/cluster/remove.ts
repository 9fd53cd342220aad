/** Deletes one object and waits until it and its pods are gone. */

import { type Ref, refText } from '../core/kinds.ts';
import type { KubernetesObject } from '../core/manifest.ts';
import { listed } from '../core/text.ts';
import { CliError } from '../errors.ts';
import type { Client } from './client.ts';
import { deleteObject } from './delete.ts';
import { watchCollection } from './watch.ts';

export type Removal = {
  readonly ref: Ref;
  readonly path: string;
  /** Nothing but the object with it is removed; null takes whatever has the name. */
  readonly uid: string | null;
  /** Of pods that must be gone too; null when there are none to wait for. */
  readonly podSelector: string | null;
  readonly signal: AbortSignal;
  /** Gets a sentence when it takes long: a finalizer that nobody clears, pods that still stop. */
  readonly say: (sentence: string) => void;
  /** Milliseconds until it says why it takes long, and until it gives up. */
  readonly patience?: { readonly sayMs: number; readonly giveUpMs: number };
};

const usualPatience = { sayMs: 10_000, giveUpMs: 300_000 } as const;

type Left = KubernetesObject & {
  readonly metadata: KubernetesObject['metadata'] & {
    readonly uid?: string;
    readonly finalizers?: readonly string[];
  };
};

/** What is still there, kept current by the watches. */
type Remains = { object: Left | null; pods: readonly string[] };

type Selected = {
  readonly path: string;
  readonly labelSelector: string | null;
  readonly fieldSelector: string | null;
};

/** Resolves when nothing that counts is left; `onChange` gets what is. */
const untilNone = async (
  client: Client,
  selected: Selected,
  signal: AbortSignal,
  onChange: (left: readonly Left[]) => void,
): Promise<void> => {
  let left = new Map<string, Left>();
  for await (const news of watchCollection(client, { ...selected, signal })) {
    if (news.type === 'SYNC') left = new Map(news.objects.map(object => [object.metadata.name, object]));
    else if (news.type === 'DELETED') left.delete(news.object.metadata.name);
    else left.set(news.object.metadata.name, news.object);
    onChange([...left.values()]);
    if (left.size === 0) return;
  }
};

const why = ({ ref }: Removal, { object, pods }: Remains): string => {
  const finalizers = object?.metadata.finalizers ?? [];
  if (object !== null && finalizers.length > 0)
    return `${refText(ref)} is still there: nobody clears its finalizer ${listed(finalizers)}. Does the operator run?`;
  if (object !== null) return `${refText(ref)} is still there.`;
  return `${pods.length} of its pods still stop: ${listed(pods.slice(0, 3))}.`;
};

const watchObject = (client: Client, { ref, path, uid }: Removal, remains: Remains, signal: AbortSignal) => {
  const collection = path.slice(0, path.lastIndexOf('/'));
  const fieldSelector = `metadata.name=${ref.name}`;
  const end = new AbortController();
  const both = AbortSignal.any([signal, end.signal]);
  const selected = { path: collection, labelSelector: null, fieldSelector };
  return untilNone(client, selected, both, ([found = null]) => {
    const another = uid !== null && found?.metadata.uid !== uid;
    remains.object = another ? null : found;
    // Somebody made a new one of that name: the old one is gone.
    if (another) end.abort();
  });
};

const watchPods = (
  client: Client,
  { ref, podSelector }: Removal,
  remains: Remains,
  signal: AbortSignal,
): Promise<void> => {
  if (podSelector === null || ref.namespace === null) return Promise.resolve();
  const path = `/api/v1/namespaces/${ref.namespace}/pods`;
  return untilNone(client, { path, labelSelector: podSelector, fieldSelector: null }, signal, left => {
    remains.pods = left.map(({ metadata }) => metadata.name);
  });
};

/** Errors: `timed-out` with what is still there, `interrupted`; ClusterError. */
export const removeAndWait = async (client: Client, removal: Removal): Promise<void> => {
  const { sayMs, giveUpMs } = removal.patience ?? usualPatience;
  const remains: Remains = { object: null, pods: [] };
  await deleteObject(client, removal);
  const timeIsUp = AbortSignal.timeout(giveUpMs);
  const signal = AbortSignal.any([removal.signal, timeIsUp]);
  const timer = setInterval(() => {
    if (remains.object !== null || remains.pods.length > 0) removal.say(why(removal, remains));
  }, sayMs);
  try {
    await watchObject(client, removal, remains, signal);
    await watchPods(client, removal, remains, signal);
  } finally {
    clearInterval(timer);
  }
  if (removal.signal.aborted) throw new CliError('interrupted', 'Interrupted.');
  if (timeIsUp.aborted && (remains.object !== null || remains.pods.length > 0))
    throw new CliError('timed-out', `The removal does not end. ${why(removal, remains)}`, {
      hint: `Look at it: kubectl -n ${removal.ref.namespace} describe ${removal.ref.kind.toLowerCase()} ${removal.ref.name}`,
    });
};
