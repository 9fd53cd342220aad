import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { takeLease } from '../../../src/cluster/lease.ts';
import { judge, type LeaseObject } from '../../../src/cluster/lease-holder.ts';
import { ClusterError } from '../../../src/cluster/refusal.ts';
import { type LeaseApi, leaseApi } from './leaseApi.ts';

const me = 'ann@laptop/100';

const leaseOf = (holder: string, renewed: number): LeaseObject => {
  const time = new Date(renewed).toISOString().replace('Z', '000Z');
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'dynamo-installer-chat', namespace: 'team-a', uid: 'uid-0', resourceVersion: '1' },
    spec: { holderIdentity: holder, leaseDurationSeconds: 30, acquireTime: time, renewTime: time },
  };
};

const take = (api: LeaseApi, more: Partial<Parameters<typeof takeLease>[1]> = {}) =>
  takeLease(api.client, {
    namespace: 'team-a',
    name: 'chat',
    holder: me,
    isAlive: () => true,
    signal: new AbortController().signal,
    say: () => undefined,
    ...more,
  });

const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await pause(2);
};

describe('taking it', () => {
  test('creates it with the labels of the deployment, and gives it back', async () => {
    const api = leaseApi(null);
    const lease = await take(api);
    expect(api.lease?.metadata.name).toBe('dynamo-installer-chat');
    expect(api.lease?.metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'dynamo-installer',
      'app.kubernetes.io/instance': 'chat',
    });
    expect(api.lease?.spec?.renewTime).toMatch(/\.\d{6}Z$/);
    await lease.release();
    expect(api.lease).toBeNull();
    expect(api.calls).toEqual(['POST', 'DELETE']);
  });

  test('names who holds it on this machine, and touches nothing', async () => {
    const api = leaseApi(leaseOf('ann@laptop/7', Date.now()));
    await expect(take(api)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/chat in namespace team-a .*ann@laptop \(process 7\) since 20\d\d-/),
    });
    expect(api.lease?.spec?.holderIdentity).toBe('ann@laptop/7');
  });

  test('is taken at once from a dead process of this machine', async () => {
    const api = leaseApi(leaseOf('ann@laptop/7', Date.now()));
    const said: string[] = [];
    await take(api, { isAlive: pid => pid !== 7, say: sentence => said.push(sentence) });
    expect(api.lease?.spec?.holderIdentity).toBe(me);
    expect(said).toEqual([]);
  });

  test('is taken at once when it ran out long ago elsewhere', async () => {
    const api = leaseApi(leaseOf('bob@server/7', Date.now() - 3_600_000));
    await take(api);
    expect(api.lease?.spec?.holderIdentity).toBe(me);
  });

  test('a renewal on another machine shows that the holder lives', async () => {
    const old = leaseOf('bob@server/7', Date.now());
    const renewed = { type: 'MODIFIED', object: leaseOf('bob@server/7', Date.now() + 10_000) };
    const api = leaseApi(old, {
      watched: async function* () {
        yield JSON.stringify(renewed);
      },
    });
    const said: string[] = [];
    await expect(take(api, { say: sentence => said.push(sentence) })).rejects.toThrow(/bob@server/);
    expect(said[0]).toMatch(/bob@server \(process 7\).*up to 30 s/);
  });

  test('is taken over when no renewal comes for as long as it lasts', async () => {
    const silent = { ...leaseOf('bob@server/7', Date.now()).spec, leaseDurationSeconds: 0.02 };
    const api = leaseApi(
      { ...leaseOf('bob@server/7', Date.now()), spec: silent },
      {
        watched: async function* (signal) {
          await new Promise(resolve => signal.addEventListener('abort', resolve));
          yield* [];
        },
      },
    );
    await take(api);
    expect(api.lease?.spec?.holderIdentity).toBe(me);
  });

  test('is created anew when the other gave it back meanwhile', async () => {
    const api = leaseApi(leaseOf('bob@server/7', Date.now()), {
      watched: async function* () {
        api.lease = null;
        yield JSON.stringify({ type: 'DELETED', object: leaseOf('bob@server/7', 0) });
      },
    });
    await take(api);
    expect(api.calls).toEqual(['POST', 'GET', 'POST']);
  });

  test('an answer that got lost is no other holder', async () => {
    const cut = new ClusterError('unreachable', 'cut');
    const api = leaseApi(null, { failures: [{ method: 'POST', error: cut, after: true }] });
    const lease = await take(api);
    await lease.release();
    expect(api.lease).toBeNull();
  });

  test('Ctrl-C while it waits ends it without a lease', async () => {
    const interrupt = new AbortController();
    const api = leaseApi(leaseOf('bob@server/7', Date.now()), {
      watched: async function* () {
        interrupt.abort();
        yield* [];
      },
    });
    await expect(take(api, { signal: interrupt.signal })).rejects.toMatchObject({ kind: 'interrupted' });
    expect(api.lease?.spec?.holderIdentity).toBe('bob@server/7');
  });
});

describe('holding it', () => {
  const timing = { durationSeconds: 30, renewMs: 3 };

  test('renews it, and gives back the renewed one', async () => {
    const api = leaseApi(null);
    const lease = await take(api, { timing });
    await until(() => api.calls.filter(call => call === 'PUT').length >= 2);
    await lease.release();
    expect(api.lease).toBeNull();
    expect(lease.lost.aborted).toBe(false);
  });

  test('notices that somebody took it, and leaves theirs alone', async () => {
    const api = leaseApi(null);
    const lease = await take(api, { timing });
    api.lease = leaseOf('bob@server/7', Date.now());
    await until(() => lease.lost.aborted);
    await lease.release();
    expect(api.lease?.spec?.holderIdentity).toBe('bob@server/7');
  });

  test('a renewal whose answer got lost does not lose it', async () => {
    const cut = new ClusterError('unreachable', 'cut');
    const api = leaseApi(null, { failures: [{ method: 'PUT', error: cut, after: true }] });
    const lease = await take(api, { timing });
    await until(() => api.calls.filter(call => call === 'PUT').length >= 3);
    await lease.release();
    expect([lease.lost.aborted, api.lease]).toEqual([false, null]);
  });

  test('giving it back never fails', async () => {
    const error = new ClusterError('forbidden', 'no', { status: 403 });
    const api = leaseApi(null, { failures: [{ method: 'DELETE', error, after: false }] });
    const lease = await take(api);
    await expect(lease.release()).resolves.toBeUndefined();
  });
});

test.each([
  ['', 0, 'free'],
  [me, 0, 'free'],
  ['ann@laptop/7', -31_000, 'free'],
  ['ann@laptop/7', 0, 'held'],
  ['bob@server/7', -31_000, 'doubtful'],
  ['bob@server/7', -200_000, 'free'],
])('held by %j, renewed %i ms ago: %s', (holder, ago, verdict) => {
  const now = 1_000_000_000;
  expect(judge(leaseOf(holder, now + ago), { holder: me, isAlive: () => true, now })).toBe(verdict);
});
