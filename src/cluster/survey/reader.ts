/** Owns asking the API server for bodies, under the signal of one survey. */

import type { Ask, Client, Query } from '../client.ts';
import { ClusterError, isClusterError } from '../refusal.ts';

export type Wanted = {
  readonly path: string;
  readonly query?: Query;
  readonly accept?: string;
};

/** Both reject with a ClusterError. */
export type Reader = {
  readonly get: <T>(wanted: Wanted) => Promise<T>;
  readonly post: <T>(path: string, body: unknown) => Promise<T>;
};

/** Gives up once nobody answers any more: what still waits for its turn would only time out as well. */
export const readerOf = (client: Client, signal: AbortSignal): Reader => {
  let lost: unknown;
  const ask = async <T>(asked: Ask): Promise<T> => {
    if (signal.aborted) throw new ClusterError('interrupted', 'The survey of the cluster was stopped.');
    if (lost !== undefined) throw lost;
    try {
      return (await client.request<T>({ ...asked, signal })).body;
    } catch (error) {
      if (isClusterError(error) && error.kind === 'unreachable') lost = error;
      throw error;
    }
  };
  return {
    get: wanted => ask({ method: 'GET', ...wanted }),
    post: (path, body) => ask({ method: 'POST', path, body }),
  };
};
