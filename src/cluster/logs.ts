/** Reads what a container printed. */

import type { Client } from './client.ts';

export type LogQuery = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** That of the container's life before this one. */
  readonly previous: boolean;
  /** Only so many lines of what is there already; null for all. */
  readonly tailLines: number | null;
  /** Only what was printed in so many last seconds, or from a moment (RFC 3339, whole seconds) on. */
  readonly sinceSeconds?: number;
  readonly sinceTime?: string;
  /** Each line begins with the time at which it was printed and a blank. */
  readonly timestamps?: boolean;
  /** Goes on with what is printed from now on, until the container or the signal ends it. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
};

/** Lines, the oldest first. Rejects with a ClusterError: `invalid` while the container has not started, `not-found` for a pod that is gone. */
export const readLog = (client: Client, ask: LogQuery): AsyncIterable<string> => {
  const { namespace, pod, container, signal } = ask;
  return client.lines({
    path: `/api/v1/namespaces/${namespace}/pods/${pod}/log`,
    query: {
      container,
      tailLines: ask.tailLines ?? undefined,
      sinceSeconds: ask.sinceSeconds,
      sinceTime: ask.sinceTime,
      timestamps: ask.timestamps || undefined,
      previous: ask.previous || undefined,
      follow: ask.follow || undefined,
    },
    signal,
  });
};
