/** Why a request got no answer, as the transport saw it; becomes a ClusterError before anybody else does. */

/** `no-connection` and `no-answer` are time limits that ran out. */
type Reason = 'aborted' | 'no-connection' | 'no-answer' | 'failed';

/** Addresses that were tried one after the other fail as one error with many causes. */
const codeOf = (cause: unknown): string => {
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  const code = (first as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
};

export class TransportError extends Error {
  readonly reason: Reason;
  /** False when the server cannot have seen the request. */
  readonly sent: boolean;
  /** Node's error code, such as ECONNREFUSED; empty when there is none. */
  readonly code: string;

  constructor(reason: Reason, sent: boolean, cause?: unknown) {
    super(cause instanceof Error ? cause.message : reason, { cause });
    this.name = 'TransportError';
    this.reason = reason;
    this.sent = sent;
    this.code = codeOf(cause);
  }
}

/** The connection ended in the middle. */
export const brokenOff = (sent: boolean): TransportError =>
  new TransportError('failed', sent, { code: 'ECONNRESET' });

/** Node gives up an address after 250 ms by default, which is less than a handshake takes around the world. */
export const attemptMs = 3_000;

/** A connection that lay idle for longer may have been forgotten by a load balancer, a VPN or a sleeping machine. */
export const idleMs = 20_000;

export const hostOf = (server: URL): string => server.hostname.replace(/^\[|\]$/g, '');

export const portOf = (server: URL): number =>
  Number(server.port || (server.protocol === 'https:' ? 443 : 80));

/** Path below that of the server's URL, which Rancher and the like have. */
export const pathOf = (server: URL, path: string): string => `${server.pathname.replace(/\/$/, '')}${path}`;
