/** One exchange with the API server: logs in, sends, and turns whatever is not a good answer into a ClusterError. */

import { X509Certificate } from 'node:crypto';
import type { Target } from '../core/cluster-facts.ts';
import { type Refused, refusalOf } from './answer-sentences.ts';
import { readBody } from './body.ts';
import type { Query } from './client.ts';
import { noAnswer } from './connection-sentences.ts';
import type { Access, Credentials } from './credentials.ts';
import type { ClusterError } from './refusal.ts';
import type { Arrived, Outgoing, Send, Transport } from './transport.ts';
import { TransportError } from './transport-error.ts';

/** Everything that the parts of a client share. */
export type Line = {
  readonly target: Target;
  readonly proxy: string | null;
  readonly credentials: Credentials;
  readonly transport: Transport;
  /** Those of the run and of close(). */
  readonly signals: readonly AbortSignal[];
  /** That of close() alone. */
  readonly closed: AbortSignal;
  readonly limits: Limits;
  /** `dynamo-installer/VERSION`: who asked, in the API server's audit log. */
  readonly userAgent: string;
};

/** Milliseconds. */
export type Limits = {
  /** Until a connection stands, until the answer to a read begins, and of silence while it arrives. */
  readonly requestMs: number;
  /** Until the answer to a write begins: admission webhooks may take their time. */
  readonly writeMs: number;
};

/** `?a=1&b=2`, or nothing. Absent values are left out. */
export const queryText = (query: Query | undefined): string => {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
};

/** The day on which the certificate that was shown ran out; null for one that is valid, and without one. */
const ranOut = ({ headers, tls: { cert } }: Access, now: number): string | null => {
  if (headers['Authorization'] !== undefined || (typeof cert !== 'string' && !Buffer.isBuffer(cert)))
    return null;
  const end = Date.parse(new X509Certificate(cert).validTo);
  return end < now ? new Date(end).toISOString().slice(0, 10) : null;
};

const refused = async (
  line: Line,
  arrived: Arrived,
  outgoing: Outgoing,
  access: Access,
): Promise<ClusterError> => {
  const told: Refused = {
    method: outgoing.method,
    path: outgoing.path,
    status: arrived.status,
    body: await readBody(arrived, outgoing.signals, line.limits.requestMs),
    retryAfter: arrived.headers['retry-after'],
    now: Date.now(),
    ranOut: arrived.status === 401 ? ranOut(access, Date.now()) : null,
  };
  return refusalOf(told, line.target);
};

export type Exchanged<A> =
  | { readonly kind: 'answer'; readonly arrived: A }
  | { readonly kind: 'refused'; readonly refusal: ClusterError };

const exchangeOnce = async <A extends Arrived>(
  line: Line,
  send: Send<A>,
  access: Access,
  outgoing: Outgoing,
): Promise<Exchanged<A>> => {
  const headers = { 'User-Agent': line.userAgent, ...outgoing.headers };
  const arrived = await send(access, { ...outgoing, headers });
  if (arrived.status < 400) return { kind: 'answer', arrived };
  return { kind: 'refused', refusal: await refused(line, arrived, outgoing, access) };
};

/**
 * Sends with the credentials at hand and, when the server does not accept them, once more with fresh ones: a 401 says that nothing was done.
 * Rejects with a TransportError, or with the ClusterError of credentials that cannot be had.
 */
export const exchange = async <A extends Arrived>(
  line: Line,
  send: Send<A>,
  outgoing: Outgoing,
): Promise<Exchanged<A>> => {
  const access = await line.credentials.current();
  const first = await exchangeOnce(line, send, access, outgoing);
  if (first.kind === 'answer' || first.refusal.kind !== 'unauthorized') return first;
  const fresh = await line.credentials.renew(access);
  return exchangeOnce(line, send, fresh, outgoing);
};

/** What to tell of an error that is not the server's answer. */
export const told = (line: Line, error: unknown, limitMs: number): unknown =>
  error instanceof TransportError ? noAnswer(error, line.target, line.proxy, limitMs) : error;
