/** Reads what a container printed. */

import type { Client } from './client.ts';

export type LogQuery = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** That of the container's life before this one. */
  readonly previous: boolean;
  /** Only so many lines of what is there already. */
  readonly tailLines: number;
  /** Goes on with what is printed from now on, until the container or the signal ends it. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
};

/** Lines, the oldest first. Rejects with a ClusterError: `invalid` while the container has not started, `not-found` for a pod that is gone. */
export const readLog = (client: Client, ask: LogQuery): AsyncIterable<string> => {
  const { namespace, pod, container, previous, tailLines, follow, signal } = ask;
  return client.lines({
    path: `/api/v1/namespaces/${namespace}/pods/${pod}/log`,
    query: { container, tailLines, previous: previous || undefined, follow: follow || undefined },
    signal,
  });
};
