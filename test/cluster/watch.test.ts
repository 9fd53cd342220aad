import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/cluster/client.ts';
import { connect } from '../../src/cluster/connect.ts';
import { readLog } from '../../src/cluster/logs.ts';
import { type News, type WatchQuery, watchCollection } from '../../src/cluster/watch.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import { type FaultProxy, startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import type { PodLife } from '../kit/cluster/pods/podLife.ts';
import { describeWithCluster, eventually } from './support.ts';

const held: PodLife[] = [];
const script = () => async (life: PodLife) => {
  await life.reach('running');
  held.push(life);
};

const opened: Client[] = [];
const open = async (kubeconfig: string, context: string): Promise<Client> => {
  const signal = new AbortController().signal;
  const client = await connect({ cwd: '/', env: process.env }, { kubeconfig, context, signal });
  opened.push(client);
  return client;
};

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Record<string, string> = {}, watched = name) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels: { watched } },
  data,
});

/** What a watch has told so far, by names, and how to end it. */
type Watching = { readonly seen: string[]; readonly done: Promise<void>; readonly end: () => void };

const told = (news: News): string =>
  news.type === 'SYNC'
    ? `SYNC ${news.objects.map(object => `${object.kind}/${object.metadata.name}`).join(' ')}`.trim()
    : `${news.type} ${news.object.metadata.name}`;

/** Watches the objects that are labelled so. */
const follow = (client: Client, watched: string, query: Partial<WatchQuery> = {}): Watching => {
  const abort = new AbortController();
  const seen: string[] = [];
  const read = async () => {
    const ask = { path: configMaps, labelSelector: `watched=${watched}`, signal: abort.signal, ...query };
    for await (const news of watchCollection(client, ask)) seen.push(told(news));
  };
  const done = read();
  // A test that waits for its end sees how it ended.
  done.catch(() => {});
  return { seen, done, end: () => abort.abort() };
};

const until = (watching: Watching, line: string, times = 1) =>
  eventually(
    async () => watching.seen.filter(one => one === line).length >= times || undefined,
    `${line} is told ${times} times, in ${watching.seen.join(', ')}`,
  );

describeWithCluster('watches and logs', { nodes: 'cpu=1', script }, cluster => {
  afterAll(() => {
    for (const client of opened.splice(0)) client.close();
  });
  plain(cluster);
  troubled(cluster);
  logs(cluster);
});

function plain(cluster: () => Cluster): void {
  test('tells what is there, then what changes, in one list and one watch', async () => {
    const client = await open(cluster().kubeconfig, 'admin');
    await cluster().objects.apply(configMap('first', {}, 'plain'));
    await cluster().objects.apply({
      ...configMap('other'),
      metadata: { name: 'other', namespace: 'default' },
    });
    let ready = 0;
    const watching = follow(client, 'plain', { onReady: () => (ready += 1) });
    await until(watching, 'SYNC ConfigMap/first');
    await cluster().objects.apply(configMap('second', {}, 'plain'));
    await cluster().objects.apply(configMap('second', { a: 'b' }, 'plain'));
    await cluster().objects.remove(configMap('first'));
    await until(watching, 'DELETED first');
    expect(watching.seen).toEqual([
      'SYNC ConfigMap/first',
      'ADDED second',
      'MODIFIED second',
      'DELETED first',
    ]);
    watching.end();
    await watching.done;
    expect(ready).toBe(1);
    await cluster().objects.remove(configMap('second', {}, 'plain'));
    const calls = cluster()
      .audit()
      .filter(call => call.uri.startsWith(configMaps) && call.uri.includes('labelSelector=watched%3Dplain'));
    expect(calls.map(call => call.verb)).toEqual(['list', 'watch']);
  });

  test('a watch that is forbidden says so, and does not go on', async () => {
    const watching = follow(await open(cluster().kubeconfig, 'restricted'), 'none');
    await expect(watching.done).rejects.toMatchObject({ kind: 'forbidden', status: 403 });
  });

  test('a kind that is not served says so', async () => {
    const watching = follow(await open(cluster().kubeconfig, 'admin'), 'none', {
      path: '/apis/none.example/v1/things',
    });
    await expect(watching.done).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('lists longer than a page are whole', async () => {
    const names = Array.from({ length: 3 }, (_, i) => `paged-${i}`);
    for (const name of names) await cluster().objects.apply(configMap(name, {}, 'paged'));
    const client = await open(cluster().kubeconfig, 'admin');
    // Two to a page.
    const small: Client = {
      ...client,
      request: ask =>
        client.request({ ...ask, query: { ...ask.query, ...(ask.query?.limit && { limit: 2 }) } }),
    };
    const watching = follow(small, 'paged');
    await until(watching, `SYNC ${names.map(name => `ConfigMap/${name}`).join(' ')}`);
    watching.end();
    await watching.done;
    expect(watching.seen.length).toBe(1);
  });
}

function troubled(cluster: () => Cluster): void {
  let proxy: FaultProxy | undefined;
  beforeAll(async () => {
    proxy = await startFaultProxy(cluster().plane);
  });
  afterAll(async () => {
    await proxy?.stop();
  });
  const faults = () => {
    if (proxy === undefined) throw new Error('The proxy is not running.');
    return proxy;
  };
  const isWatch = ({ url }: { url: string }) => url.includes('watch=true');
  const begin = async (name: string, query: Partial<WatchQuery> = {}) => {
    await cluster().objects.apply(configMap(name));
    const watching = follow(await open(faults().kubeconfig, 'through-proxy'), name, query);
    await until(watching, `SYNC ConfigMap/${name}`);
    return watching;
  };
  const finish = async (watching: Watching, name: string) => {
    await cluster().objects.apply(configMap(name, { last: 'change' }));
    await until(watching, `MODIFIED ${name}`);
    watching.end();
    await watching.done;
  };
  const asked = (from: number) =>
    faults()
      .requests.slice(from)
      .map(line => (line.includes('watch=true') ? 'watch' : 'list'));

  test('goes on where it was when the server ends the watch', async () => {
    faults().set({ kind: 'endWatch', afterMs: 50, times: 2 });
    const from = faults().requests.length;
    const watching = await begin('ended');
    await eventually(async () => asked(from).length >= 4 || undefined, 'the third watch');
    await finish(watching, 'ended');
    expect(watching.seen).toEqual(['SYNC ConfigMap/ended', 'MODIFIED ended']);
    expect(asked(from)).toEqual(['list', 'watch', 'watch', 'watch']);
  });

  test('lists again after 410, so that what went meanwhile is known to be gone', async () => {
    faults().set({ kind: 'endWatch', afterMs: 50, gone: true, times: 1 });
    const watching = await begin('gone');
    await until(watching, 'SYNC ConfigMap/gone', 2);
    await finish(watching, 'gone');
    expect(watching.seen.at(-1)).toBe('MODIFIED gone');
  });

  test('goes on when every connection breaks', async () => {
    faults().set();
    const watching = await begin('cut');
    await eventually(async () => faults().requests.at(-1)?.includes('watch=true') || undefined, 'the watch');
    faults().drop();
    await finish(watching, 'cut');
    expect(watching.seen).toEqual(['SYNC ConfigMap/cut', 'MODIFIED cut']);
  });

  for (const status of [401, 410, 429, 500, 503] as const) {
    test(`goes on after ${status}`, async () => {
      faults().set({ kind: 'answer', status, times: 1, when: isWatch });
      const watching = await begin(`after-${status}`);
      if (status === 410) await until(watching, 'SYNC ConfigMap/after-410', 2);
      await finish(watching, `after-${status}`);
      expect(watching.seen.at(-1)).toBe(`MODIFIED after-${status}`);
    });
  }

  test('says when it does not get through, and when it does again', async () => {
    const problems: string[] = [];
    faults().set({ kind: 'answer', status: 503, times: 3, when: isWatch });
    const watching = await begin('told', { onProblem: error => problems.push(error?.kind ?? 'well') });
    await finish(watching, 'told');
    expect(problems).toEqual(['server', 'server', 'well']);
  });

  test('ends when credentials stay refused', async () => {
    faults().set({ kind: 'answer', status: 401, when: isWatch });
    const watching = await begin('refused');
    await expect(watching.done).rejects.toMatchObject({ kind: 'unauthorized' });
    faults().set();
  });
}

function logs(cluster: () => Cluster): void {
  const newPod = async (name: string): Promise<PodLife> => {
    const labels = {
      'nvidia.com/dynamo-graph-deployment-name': 'none',
      'nvidia.com/dynamo-component-type': 'worker',
    };
    await cluster().objects.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels },
      spec: { containers: [{ name: 'main', image: 'example/image:1' }] },
    });
    return eventually(async () => held.find(life => life.pod.metadata.name === name), 'the pod runs');
  };

  test('a log is read to its end, or followed while it grows', async () => {
    const client = await open(cluster().kubeconfig, 'admin');
    const life = await newPod('talker');
    life.logs.add('main', ['one', 'zwölf', 'three']);
    const end = new AbortController();
    const ask = {
      namespace: 'default',
      pod: 'talker',
      container: 'main',
      previous: false,
      signal: end.signal,
    };
    const all: string[] = [];
    for await (const line of readLog(client, { ...ask, tailLines: 2, follow: false })) all.push(line);
    expect(all).toEqual(['zwölf', 'three']);
    const followed: string[] = [];
    for await (const line of readLog(client, { ...ask, tailLines: 1, follow: true })) {
      followed.push(line);
      if (followed.length === 1) life.logs.add('main', ['four']);
      else end.abort();
    }
    expect(followed).toEqual(['three', 'four']);
  });

  test('the log of a pod that is not there', async () => {
    const client = await open(cluster().kubeconfig, 'admin');
    const ask = { namespace: 'default', pod: 'nobody', container: 'main', previous: false, tailLines: 1 };
    const reading = readLog(client, { ...ask, follow: false, signal: new AbortController().signal });
    await expect(reading[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: 'not-found' });
  });
}
