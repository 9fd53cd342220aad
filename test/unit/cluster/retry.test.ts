import { describe, expect, test } from 'vitest';
import { ClusterError } from '../../../src/cluster/refusal.ts';
import { type Failure, waitBeforeRetry } from '../../../src/cluster/retry.ts';

const read = { method: 'GET', path: '/api/v1/nodes' } as const;
const apply = { method: 'PATCH', path: '/x', contentType: 'application/apply-patch+yaml' } as const;
const merge = { method: 'PATCH', path: '/x', contentType: 'application/merge-patch+json' } as const;
const create = { method: 'POST', path: '/api/v1/namespaces' } as const;
const review = { method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews' } as const;
const remove = { method: 'DELETE', path: '/x' } as const;

const answered = (
  kind: 'server' | 'throttled' | 'forbidden' | 'invalid',
  status: number,
  message = 'no',
  retryAfterMs?: number,
): Failure => ({
  kind: 'refused',
  refusal: new ClusterError(kind, message, { status, retryAfterMs }),
});
const cut = (sent: boolean): Failure => ({ kind: 'no-answer', sent, passing: true });
const again = (ask: Parameters<typeof waitBeforeRetry>[0], failure: Failure, tries = 1) =>
  waitBeforeRetry(ask, failure, tries, 0.5);

test('waits longer each time, and not for ever', () => {
  const waits = [1, 2, 3, 4, 5].map(tries => again(read, cut(true), tries));
  expect(waits).toEqual([100, 300, 800, 2000, null]);
});

test('what may have arrived is sent again only when that does no more than sending it once', () => {
  const asks = [read, apply, review, merge, create, remove];
  expect(asks.map(ask => again(ask, cut(true)) !== null)).toEqual([true, true, true, false, false, false]);
  expect(asks.map(ask => again(ask, cut(false)) !== null)).toEqual([true, true, true, true, true, true]);
  expect(asks.map(ask => again(ask, answered('server', 503)) !== null)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('a server with too much to do has done nothing; its wish is respected up to eight seconds', () => {
  expect(again(create, answered('throttled', 429, 'no', 2_000))).toBe(2_000);
  expect(again(create, answered('throttled', 429))).toBe(100);
  expect(again(read, answered('throttled', 429, 'no', 9_000))).toBeNull();
});

describe('final', () => {
  test.each([
    [
      'a webhook that denies',
      apply,
      answered('server', 500, 'admission webhook "v.example" denied the request'),
    ],
    [
      'a webhook that cannot be called',
      apply,
      answered('server', 500, 'Internal error: failed calling webhook "v"'),
    ],
    ['a refusal', read, answered('forbidden', 403)],
    ['a server that does not do this', read, answered('server', 501)],
    ['an unknown field', apply, answered('invalid', 500)],
    ['no connection in all the time', read, { kind: 'no-answer', sent: false, passing: false } as const],
  ])('%s', (_name, ask, failure) => {
    expect(again(ask, failure)).toBeNull();
  });
});
