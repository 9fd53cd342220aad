/** Which failed requests may be sent again, and when. */

import type { Ask } from './client.ts';
import type { ClusterError } from './refusal.ts';

type Asked = Pick<Ask, 'method' | 'path' | 'contentType'>;

/** Milliseconds before the second, third, … try. */
const delays = [100, 300, 800, 2_000] as const;

/** A server that asks for more patience than this gets its answer told instead. */
const mostPatienceMs = 8_000;

/** Whether sending it twice does no more than sending it once: reads, server-side apply, and reviews, which store nothing. */
const isRepeatable = (ask: Asked): boolean =>
  ask.method === 'GET' ||
  (ask.method === 'PATCH' && (ask.contentType ?? '').startsWith('application/apply-patch')) ||
  (ask.method === 'POST' && ask.path.startsWith('/apis/authorization.k8s.io/'));

const passing = new Set([500, 502, 503, 504]);

/** Words of admission.go: what a webhook said, or that it could not be asked, does not change by asking again. */
const isAdmission = (message: string): boolean =>
  /admission webhook|calling webhook|conversion webhook/i.test(message);

/** What became of a try: nobody answered (was it sent?), or a refusal. */
export type Failure =
  | { readonly kind: 'no-answer'; readonly sent: boolean; readonly passing: boolean }
  | { readonly kind: 'refused'; readonly refusal: ClusterError };

const isPassing = (ask: Asked, { kind, status, message }: ClusterError): boolean =>
  kind === 'server' &&
  passing.has(status) &&
  isRepeatable(ask) &&
  (ask.method === 'GET' || !isAdmission(message));

/** Whether asking again may help, and cannot do it twice. */
const isWorthwhile = (ask: Asked, failure: Failure): boolean => {
  if (failure.kind === 'no-answer') return failure.passing && (isRepeatable(ask) || !failure.sent);
  // Too many requests: the server says that it did nothing.
  return failure.refusal.kind === 'throttled' || isPassing(ask, failure.refusal);
};

const patience = (failure: Failure): number =>
  failure.kind === 'refused' ? (failure.refusal.retryAfterMs ?? 0) : 0;

/** Milliseconds to wait before trying again, or null when this failure is final. `tries` counts those made, `random` is in [0, 1). */
export const waitBeforeRetry = (
  ask: Asked,
  failure: Failure,
  tries: number,
  random: number,
): number | null => {
  const delay = delays[tries - 1];
  const least = patience(failure);
  if (delay === undefined || least > mostPatienceMs || !isWorthwhile(ask, failure)) return null;
  return Math.max(least, delay * (0.75 + random / 2));
};
