/** Owns a played API server that knows one Lease, with its rules about resourceVersions. */

import type { Answer, Ask, Client } from '../../../src/cluster/client.ts';
import type { LeaseObject } from '../../../src/cluster/lease-holder.ts';
import { ClusterError, type RefusalKind } from '../../../src/cluster/refusal.ts';

type Options = {
  /** Errors that are thrown instead of answers, one after the other, by `METHOD`. */
  readonly failures?: { readonly method: string; readonly error: ClusterError; readonly after: boolean }[];
  /** Lines of a watch. */
  readonly watched?: (signal: AbortSignal) => AsyncIterable<string>;
};

const refuse = (kind: RefusalKind, status: number): ClusterError =>
  new ClusterError(kind, `played ${kind}`, { status });

export type LeaseApi = {
  readonly client: Client;
  /** What is stored, or null. */
  lease: LeaseObject | null;
  readonly calls: string[];
};

/** Starts with the lease that is there, if any. */
export const leaseApi = (stored: LeaseObject | null, options: Options = {}): LeaseApi => {
  let version = 1;
  const failures = [...(options.failures ?? [])];
  const keep = (body: unknown): LeaseObject => {
    version += 1;
    const given = body as LeaseObject;
    const lease: LeaseObject = {
      ...given,
      metadata: { uid: 'uid-1', ...given.metadata, resourceVersion: String(version) },
    };
    api.lease = lease;
    return lease;
  };
  const handlers: Record<string, (ask: Ask) => LeaseObject> = {
    POST: ({ body }) => {
      if (api.lease !== null) throw refuse('conflict', 409);
      return keep(body);
    },
    GET: () => {
      if (api.lease === null) throw refuse('not-found', 404);
      return api.lease;
    },
    PUT: ({ body }) => {
      if (api.lease === null) throw refuse('not-found', 404);
      if ((body as LeaseObject).metadata.resourceVersion !== api.lease.metadata.resourceVersion)
        throw refuse('conflict', 409);
      return keep(body);
    },
    DELETE: ({ body }) => {
      const { preconditions } = body as { preconditions: { uid: string; resourceVersion: string } };
      if (api.lease === null) throw refuse('not-found', 404);
      const { uid, resourceVersion } = api.lease.metadata;
      if (preconditions.uid !== uid || preconditions.resourceVersion !== resourceVersion)
        throw refuse('conflict', 409);
      const gone = api.lease;
      api.lease = null;
      return gone;
    },
  };
  const request = async <T>(ask: Ask): Promise<Answer<T>> => {
    api.calls.push(ask.method);
    const at = failures.findIndex(one => one.method === ask.method);
    const failure = at < 0 ? undefined : failures.splice(at, 1)[0];
    if (failure?.after === false) throw failure.error;
    const body = handlers[ask.method]?.(ask) as T;
    if (failure !== undefined) throw failure.error;
    return { status: 200, body, warnings: [] };
  };
  const nothing = async function* (): AsyncGenerator<string> {};
  const api: LeaseApi = {
    lease: stored,
    calls: [],
    client: {
      request,
      lines: ({ signal }: { signal: AbortSignal }) => options.watched?.(signal) ?? nothing(),
    } as unknown as Client,
  };
  return api;
};
