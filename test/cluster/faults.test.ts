import { CoreV1Api, KubeConfig, Watch } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import { describeWithCluster } from './support.ts';

describeWithCluster('the proxy that makes faults', { nodes: 'cpu=1' }, cluster => {
  let proxy: FaultProxy | undefined;
  beforeAll(async () => {
    proxy = await startFaultProxy(cluster().plane);
  });
  afterAll(async () => {
    await proxy?.stop();
  });
  const faults = () => {
    if (!proxy) throw new Error('The proxy is not running.');
    return proxy;
  };
  const config = () => {
    const loaded = new KubeConfig();
    loaded.loadFromFile(faults().kubeconfig);
    return loaded;
  };
  const listNodes = () => config().makeApiClient(CoreV1Api).listNode();

  test('changes nothing without a fault', async () => {
    faults().set();
    expect((await listNodes()).items.map(node => node.metadata?.name)).toEqual(['cpu-0']);
    expect(faults().requests.at(-1)).toBe('GET /api/v1/nodes');
  });

  for (const status of [401, 429, 500, 503] as const) {
    test(`answers ${status} as often as asked`, async () => {
      faults().set({
        kind: 'answer',
        status,
        times: 1,
        when: request => request.url.startsWith('/api/v1/nodes'),
      });
      await expect(listNodes()).rejects.toMatchObject({ code: status });
      expect((await listNodes()).items.length).toBe(1);
    });
  }

  test('breaks an answer in the middle', async () => {
    faults().set({ kind: 'cut', afterBytes: 100, times: 1 });
    await expect(listNodes()).rejects.toThrow();
    expect((await listNodes()).items.length).toBe(1);
  });

  test('ends a watch with "gone"', async () => {
    faults().set({ kind: 'endWatch', afterMs: 100, gone: true });
    const seen = await new Promise<string[]>(resolve => {
      const types: string[] = [];
      const onEvent = (type: string) => types.push(type);
      void new Watch(config()).watch('/api/v1/nodes', {}, onEvent, () => resolve(types));
    });
    expect(seen).toEqual(['ADDED', 'ERROR']);
  });

  test('delays by as much as asked, and not more requests than asked', async () => {
    faults().set({ kind: 'delay', ms: 300, times: 1 });
    const order: string[] = [];
    await Promise.all([
      listNodes().then(() => order.push('delayed')),
      new Promise(resolve => setTimeout(resolve, 30)).then(() =>
        listNodes().then(() => order.push('prompt')),
      ),
    ]);
    expect(order).toEqual(['prompt', 'delayed']);
  });
});
