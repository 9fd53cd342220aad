/** The ways in which talking to a cluster can go wrong. */

export type RefusalKind =
  /** No usable kubeconfig, context or in-cluster configuration. */
  | 'no-config'
  /** The credential plugin or the credentials themselves failed before anything was sent. */
  | 'credentials'
  /** Name, network, TLS or time-out: nobody answered. */
  | 'unreachable'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  /** 400 and 422: the object was refused. */
  | 'invalid'
  /** 410: the resource version is too old. */
  | 'gone'
  | 'throttled'
  | 'server'
  | 'interrupted';

/** One of status.details.causes. */
export type RefusalCause = { readonly reason: string; readonly message: string; readonly field: string };

type Details = {
  readonly status?: number | undefined;
  readonly hint?: string | undefined;
  readonly causes?: readonly RefusalCause[] | undefined;
  readonly retryAfterMs?: number | undefined;
};

/** Its message is a sentence for users, with the API server's own words where it answered. */
export class ClusterError extends Error {
  readonly kind: RefusalKind;
  /** HTTP status; 0 when nobody answered. */
  readonly status: number;
  readonly hint: string;
  readonly causes: readonly RefusalCause[];
  readonly retryAfterMs: number | null;

  constructor(kind: RefusalKind, message: string, details: Details = {}) {
    super(message);
    this.name = 'ClusterError';
    this.kind = kind;
    this.status = details.status ?? 0;
    this.hint = details.hint ?? '';
    this.causes = details.causes ?? [];
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

/** Bundles are loaded apart, so `instanceof` would not know another bundle's class. */
export const isClusterError = (error: unknown): error is ClusterError =>
  error instanceof Error && error.name === 'ClusterError' && 'kind' in error;
