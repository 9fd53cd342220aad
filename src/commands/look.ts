/** Looks at the cluster while a person answers: connects, surveys, and is waited for only as long as it is worth. */

import type { Client } from '../cluster/client.ts';
import { ClusterError, isClusterError } from '../cluster/refusal.ts';
import type { ClusterFacts } from '../core/cluster-facts.ts';
import { mayConnect } from '../files/kubeconfig.ts';
import type { Context } from './context.ts';
import { type SharedConnection, shareConnection } from './shared-connection.ts';

export type World = { readonly client: Client; readonly cluster: ClusterFacts };

/** `unseen` says why; it matters only to those who need a cluster. */
export type Seen = { readonly world: World } | { readonly unseen: ClusterError };

export type Look = {
  /** Begins, if it has not begun. */
  readonly start: () => void;
  /** Begins too. A bug in it shows here. */
  readonly seen: () => Promise<Seen>;
  /** What was seen by then, or null when it takes longer. Begins too. */
  readonly within: (ms: number) => Promise<Seen | null>;
  readonly connection: SharedConnection;
  readonly close: () => void;
};

/** Name of the context that was looked at; null when none was. */
export const contextSeen = (seen: Seen | null): string | null =>
  seen === null || 'unseen' in seen ? null : seen.world.cluster.target.context;

const offline = new ClusterError('no-config', 'The cluster was not looked at, because of --offline.', {
  hint: 'Leave --offline out, or do what needs no cluster: render, or install --action save.',
});

const nothingThere = new ClusterError(
  'no-config',
  'There is no kubeconfig: neither --kubeconfig, nor KUBECONFIG, nor ~/.kube/config names one.',
  {
    hint: 'Write one (aws eks update-kubeconfig --name CLUSTER) or point KUBECONFIG or --kubeconfig at one.',
  },
);

const lookAt = async (context: Context, namespace: string, connection: SharedConnection): Promise<Seen> => {
  const { io, options, entry } = context;
  if (options.offline === true) return { unseen: offline };
  if (!mayConnect(io, options.kubeconfig)) return { unseen: nothingThere };
  try {
    const client = await connection.open();
    const [{ survey }, preflight] = await Promise.all([import('../cluster/survey.ts'), entry.preflight()]);
    return { world: { client, cluster: await survey(client, preflight.survey, namespace, io.signal) } };
  } catch (error) {
    if (!isClusterError(error)) throw error;
    return { unseen: error };
  }
};

const firstOf = async <T>(promise: Promise<T>, ms: number): Promise<T | null> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

export const prepareLook = (
  context: Context,
  namespace: string,
  connection: SharedConnection = shareConnection(context),
): Look => {
  let running: Promise<Seen> | null = null;
  const seen = (): Promise<Seen> => {
    if (running === null) {
      running = lookAt(context, namespace, connection);
      // Whoever awaits it sees a failure; until then it must not end the process.
      running.catch(() => undefined);
    }
    return running;
  };
  return {
    start: () => void seen(),
    seen,
    within: ms => firstOf(seen(), ms),
    connection,
    close: connection.close,
  };
};
