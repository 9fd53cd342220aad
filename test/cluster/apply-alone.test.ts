import { expect, test } from 'vitest';
import { applyTo, leases, manifestsOf, prepare, refusedBy, writes } from './applying.ts';
import { describeWithCluster } from './support.ts';

describeWithCluster('two people at once, and Ctrl-C', { nodes: 'p5.48xlarge=1' }, cluster => {
  const objects = manifestsOf('0.9.1', 'aggregated', 'chat');
  const lease = (holder: string, age: number) => {
    const time = new Date(Date.now() - age).toISOString().replace('Z', '000Z');
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'dynamo-installer-chat', namespace: 'dynamo-system' },
      spec: { holderIdentity: holder, leaseDurationSeconds: 30, acquireTime: time, renewTime: time },
    };
  };

  test('the holder is named and nothing is written', async () => {
    await cluster().objects.create(lease('test@here/2', 0));
    const from = cluster().audit().length;
    const refused = await refusedBy(cluster(), { objects, name: 'chat' });
    expect(refused.message).toMatch(/chat .*test@here \(process 2\)/);
    const tried = writes(cluster(), from).map(({ verb, resource }) => `${verb} ${resource}`);
    expect(tried).toEqual(['create leases']);
    await cluster().objects.remove(lease('', 0));
  });

  test('Ctrl-C between two writes says what exists, and a second run goes on', async () => {
    const interrupt = new AbortController();
    const applying = await prepare(cluster(), {
      objects,
      name: 'chat',
      signal: interrupt.signal,
      tell: event => {
        if (event.kind === 'applied' && event.ref.kind === 'PersistentVolumeClaim') interrupt.abort();
      },
    });
    await expect(applying.run()).rejects.toMatchObject({
      kind: 'interrupted',
      message: expect.stringMatching(
        /Applied so far: ConfigMap dynamo-installer-chat and PersistentVolumeClaim/,
      ),
      hint: expect.stringMatching(/resume[\s\S]*undo/),
    });
    applying.client.close();
    expect(await leases(cluster())).toEqual([]);
    const { told } = await applyTo(cluster(), { objects, name: 'chat' });
    expect(told).toEqual([
      'PersistentVolumeClaim dynamo-model-cache: left',
      'ConfigMap dynamo-installer-chat: unchanged',
      expect.stringMatching(/^Job .*: created$/),
      'DynamoGraphDeployment chat: created',
    ]);
  });

  test('the lease of a dead process of this machine is taken over at once', async () => {
    await cluster().objects.create(lease('test@here/2', 0));
    const { told } = await applyTo(cluster(), { objects, name: 'chat', isAlive: pid => pid !== 2 });
    expect(told.length).toBe(objects.length + 1);
    expect(await leases(cluster())).toEqual([]);
  });

  test('a lease that ran out is taken over', async () => {
    await cluster().objects.create(lease('bob@elsewhere/2', 3_600_000));
    const { told } = await applyTo(cluster(), { objects, name: 'chat' });
    expect(told.length).toBe(objects.length + 1);
    expect(await leases(cluster())).toEqual([]);
  });

  test('of two at the same time one applies and one is told who does', async () => {
    const settled = await Promise.allSettled([
      applyTo(cluster(), { objects, name: 'chat', holder: 'test@here/1' }),
      applyTo(cluster(), { objects, name: 'chat', holder: 'test@here/2' }),
    ]);
    const failed = settled.filter(one => one.status === 'rejected');
    for (const { reason } of failed)
      expect(reason).toMatchObject({ message: expect.stringContaining('test@here') });
    expect(settled.filter(one => one.status === 'fulfilled').length).toBeGreaterThan(0);
    expect(await leases(cluster())).toEqual([]);
  });
});
