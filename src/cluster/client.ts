/** Access to one API server, as the rest of src/cluster sees it (types only; made by connect.ts). */

import type { Duplex } from 'node:stream';
import type { Target } from '../core/cluster-facts.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export type Ask = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Such as /api/v1/namespaces/NS/pods. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** `application/json` when absent; `application/apply-patch+yaml` for server-side apply. */
  readonly contentType?: string;
  /** `application/json` when absent; lets discovery and metadata-only lists ask for another shape. */
  readonly accept?: string;
  /** Ends the request early, beside the run's own signal. */
  readonly signal?: AbortSignal;
  /** Not ended by the run's own signal: a write that must not be left half known, and tidying up after Ctrl-C. Time limits hold. */
  readonly throughInterrupt?: true;
};

export type Answer<T> = {
  readonly status: number;
  readonly body: T;
  /** Texts of Warning headers. */
  readonly warnings: readonly string[];
};

/** A running port-forward connection to one pod: raw bytes both ways. */
export type Channel = {
  readonly stream: Duplex;
  /** What the kubelet said went wrong; resolves when the channel ends. */
  readonly ended: Promise<string | null>;
};

export type LinesAsk = {
  readonly path: string;
  readonly query?: Query;
  readonly signal: AbortSignal;
  /** Called when the server has agreed to answer, which may be long before the first line. */
  readonly onOpen?: () => void;
};

export type Client = {
  readonly target: Target;
  /** Namespace of the context; null when it says none. */
  readonly contextNamespace: string | null;
  /** One request over the one kept connection. Rejects with a ClusterError (refusal.ts). Safe requests are tried again. */
  readonly request: <T>(ask: Ask) => Promise<Answer<T>>;
  /** Lines of an answer that goes on (watch, log). Ends when the server ends it or the signal fires; rejects with a ClusterError. */
  readonly lines: (ask: LinesAsk) => AsyncIterable<string>;
  /** Opens a port of a pod. Rejects with a ClusterError. */
  readonly openPort: (pod: { namespace: string; name: string; port: number }) => Promise<Channel>;
  readonly close: () => void;
};
