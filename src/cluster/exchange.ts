/** One exchange with the API server: logs in, sends, and turns whatever is not a good answer into a ClusterError. */

import type { IncomingMessage } from 'node:http';
import type { Target } from '../core/cluster-facts.ts';
import { onAbort } from './abort.ts';
import { type Refused, refusalOf } from './answer-sentences.ts';
import type { Ask, Query } from './client.ts';
import { noAnswer } from './connection-sentences.ts';
import type { Access, Credentials } from './credentials.ts';
import type { ClusterError } from './refusal.ts';
import { type Outgoing, type Transport, TransportError } from './transport.ts';

/** Everything that the parts of a client share. */
export type Line = {
  readonly target: Target;
  readonly proxy: string | null;
  readonly credentials: Credentials;
  readonly transport: Transport;
  /** Those of the run and of close(). */
  readonly signals: readonly AbortSignal[];
  readonly limits: Limits;
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

/** The whole body. Rejects with a TransportError after so many milliseconds of silence, or when a signal fires. */
export const readAll = (
  response: IncomingMessage,
  signals: readonly AbortSignal[],
  silenceMs: number,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const end = (reason: TransportError['reason'], cause?: unknown): void => {
      settle();
      reject(new TransportError(reason, true, cause));
      response.destroy();
    };
    const timer = setTimeout(end, silenceMs, 'no-answer');
    const forget = onAbort(signals, () => end('aborted'));
    const settle = (): void => {
      clearTimeout(timer);
      forget();
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      timer.refresh();
    });
    response.once('error', error => end('failed', error));
    response.once('close', () => end('failed', { code: 'ECONNRESET' }));
    response.once('end', () => {
      settle();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
  });

/** JSON is parsed, anything else stays text. */
export const decode = (contentType: string | undefined, bytes: Buffer): unknown => {
  const text = bytes.toString('utf8');
  if (!/\bjson\b/.test(contentType ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const refused = async (
  line: Line,
  ask: Pick<Ask, 'method' | 'path'>,
  response: IncomingMessage,
  signals: readonly AbortSignal[],
): Promise<ClusterError> => {
  const bytes = await readAll(response, signals, line.limits.requestMs);
  const told: Refused = {
    method: ask.method,
    path: ask.path,
    status: response.statusCode ?? 0,
    body: decode(response.headers['content-type'], bytes),
    retryAfter: response.headers['retry-after'],
    now: Date.now(),
  };
  return refusalOf(told, line.target);
};

type Sent =
  | { readonly kind: 'answer'; readonly response: IncomingMessage }
  | { readonly kind: 'refused'; readonly refusal: ClusterError };

const sendOnce = async (
  line: Line,
  access: Access,
  ask: Pick<Ask, 'method' | 'path'>,
  outgoing: Outgoing,
): Promise<Sent> => {
  const response = await line.transport.send(access, outgoing);
  const status = response.statusCode ?? 0;
  if (status < 400) return { kind: 'answer', response };
  return { kind: 'refused', refusal: await refused(line, ask, response, outgoing.signals) };
};

/**
 * Sends with the credentials at hand and, when the server does not accept them, once more with fresh ones: a 401 says that nothing was done.
 * Rejects with a TransportError, or with the ClusterError of credentials that cannot be had.
 */
export const exchange = async (
  line: Line,
  ask: Pick<Ask, 'method' | 'path'>,
  outgoing: Outgoing,
): Promise<Sent> => {
  const access = await line.credentials.current();
  const first = await sendOnce(line, access, ask, outgoing);
  if (first.kind === 'answer' || first.refusal.kind !== 'unauthorized') return first;
  const fresh = await line.credentials.renew(access);
  return sendOnce(line, fresh, ask, outgoing);
};

/** What to tell of an error that is not the server's answer. */
export const told = (line: Line, error: unknown, limitMs: number): unknown =>
  error instanceof TransportError ? noAnswer(error, line.target, line.proxy, limitMs) : error;
