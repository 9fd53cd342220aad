/** The live wait against a real control plane: pods on their usual way, watches that are cut, rights that lack. */

import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/cluster/client.ts';
import { connect } from '../../src/cluster/connect.ts';
import type { Show, WaitResult } from '../../src/commands/wait/result.ts';
import { waitFor } from '../../src/commands/wait/run.ts';
import { openShow } from '../../src/commands/wait/show.ts';
import { watching as dynamoWatching } from '../../src/components/nvidia-platform/dynamo-vllm/wait/watching.ts';
import type { KubernetesObject } from '../../src/core/manifest.ts';
import type { Awaited, Outlook, Sight, Watching } from '../../src/core/sight.ts';
import type { Io } from '../../src/io.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { type FaultProxy, startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import type { Script } from '../kit/cluster/pods/director.ts';
import { grantRestricted } from '../kit/cluster/restricted.ts';
import { openScreen } from '../kit/screen.ts';
import { goldenManifests } from './golden.ts';
import { describeWithCluster, eventually } from './support.ts';

const space = 'dynamo-system';
const label = 'nvidia.com/dynamo-graph-deployment-name';

const manifests = goldenManifests('1.4.2', 'aggregated').map(manifest =>
  manifest.kind === 'PersistentVolumeClaim'
    ? { ...manifest, spec: { ...manifest.spec, storageClassName: 'efs' } }
    : manifest,
);
const graph = manifests.at(-1) as KubeObject;
const { name } = graph.metadata;

const awaited: Awaited = { name, namespace: space, objects: [], weightsBytes: null };

/** The usual script, and a line of log at its end. */
const script =
  (usual: Script): Script =>
  async life => {
    await usual(life);
    life.logs.add(String(life.pod.spec.containers[0].name), [`${life.role} is up`]);
  };

type Pod = {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly { readonly ready: boolean }[];
  };
};

const isReady = ({ status }: Pod): boolean => status?.containerStatuses?.every(({ ready }) => ready) ?? false;

/** A component as small as it can be: everything is ready when the graph says so and every log was heard. */
const watching: Watching = {
  limitSeconds: () => 60,
  lastWord: () => [],
  watches: () => [
    {
      key: 'graph',
      path: `/apis/nvidia.com/v1beta1/namespaces/${space}/dynamographdeployments`,
      labelSelector: null,
      fieldSelector: `metadata.name=${name}`,
    },
    {
      key: 'pods',
      path: `/api/v1/namespaces/${space}/pods`,
      labelSelector: `${label}=${name}`,
      fieldSelector: null,
    },
    { key: 'events', path: `/api/v1/namespaces/${space}/events`, labelSelector: null, fieldSelector: null },
  ],
  outlook: (_awaited, sight): Outlook => {
    const pods = sight.pods as readonly Pod[];
    const heard = Object.values(sight.logs).filter(lines => lines.some(line => line.endsWith('is up')));
    const state = (sight.graph as { status?: { state?: string } } | null)?.status?.state;
    return {
      done: state === 'successful' && pods.length > 0 && pods.every(isReady) && heard.length === pods.length,
      rows: pods.map(pod => ({
        role: pod.metadata.name.includes('frontend') ? 'frontend' : 'worker',
        ready: isReady(pod) ? 1 : 0,
        wanted: 1,
        stage: pod.status?.phase ?? 'unknown',
        stageSince: sight.since,
        node: null,
        restarts: 0,
        note: pod.metadata.annotations?.['note'] ?? '',
      })),
      download: null,
      notices: [],
      hopeless: [],
      evidence: [],
      logs: pods.map(pod => ({ pod: pod.metadata.name, container: 'main', previous: false })),
      lookAgainAt: null,
    };
  },
};

const settings = { nodes: 'g5.12xlarge=1,cpu=1', release: '1.4.2', script };

describeWithCluster('the live wait', settings, cluster => {
  let proxy: FaultProxy | undefined;
  const faults = () => {
    if (!proxy) throw new Error('The proxy is not running.');
    return proxy;
  };
  beforeAll(async () => {
    proxy = await startFaultProxy(cluster().plane);
  });
  afterAll(async () => {
    await proxy?.stop();
  });

  const pods = `/api/v1/namespaces/${space}/pods?labelSelector=app.kubernetes.io%2Finstance%3D${name}`;
  const podsLeft = async () => (await cluster().api.send('GET', pods)).items.length;
  const install = async () => {
    for (const manifest of manifests) await cluster().objects.apply(manifest, 'dynamo-installer');
  };
  afterEach(async () => {
    faults().set();
    for (const manifest of manifests.slice(1)) await cluster().objects.remove(manifest);
    await cluster().api.send('DELETE', pods);
    await eventually(async () => ((await podsLeft()) === 0 ? true : undefined), 'the pods are gone');
  });

  type Waiting = {
    readonly client: Client;
    readonly stop: AbortController;
    readonly said: string[];
    readonly sights: Sight[];
    readonly ended: Promise<WaitResult>;
  };

  const begin = async (
    more: { kubeconfig?: string; context?: string; watching?: Watching; show?: Show; awaited?: Awaited } = {},
  ): Promise<Waiting> => {
    const stop = new AbortController();
    const { kubeconfig = cluster().kubeconfig, context = 'admin' } = more;
    const client = await connect({ cwd: '.', env: {} }, { kubeconfig, context, signal: stop.signal });
    const said: string[] = [];
    const sights: Sight[] = [];
    const component = more.watching ?? watching;
    const ended = waitFor({
      client,
      io: { signal: stop.signal } as Io,
      awaited: more.awaited ?? awaited,
      timeoutSeconds: null,
      show: more.show ?? {
        look: () => {},
        notice: ({ rule, message }) => void said.push(`${rule}: ${message}`),
        say: line => void said.push(line),
        end: () => {},
      },
      watching: {
        ...component,
        outlook: (what, sight) => {
          sights.push(sight);
          return component.outlook(what, sight);
        },
      },
    }).finally(() => client.close());
    return { client, stop, said, sights, ended };
  };

  test('sees a deployment become ready, with one watch a kind, and asks nothing after it', async () => {
    const before = cluster().audit().length;
    const { ended, said, sights } = await begin();
    await install();
    expect(await ended).toMatchObject({ kind: 'ready', gpusHeld: 1, notices: [] });
    expect(said).toEqual([]);
    expect(
      Object.values(sights.at(-1)?.logs ?? {})
        .flat()
        .sort(),
    ).toEqual(['frontend is up', 'worker is up']);
    const ours = () =>
      cluster()
        .audit()
        .slice(before)
        .map(({ verb, resource }) => `${verb} ${resource}`);
    const times = (start: string) => ours().filter(call => call.startsWith(start)).length;
    const asked = await eventually(
      async () => (times('watch ') >= 3 && times('get pods/log') >= 2 ? ours() : undefined),
      'the audit log has the watches and the followed logs, which it gets when they end',
    );
    const each = (verb: string) =>
      ['dynamographdeployments', 'events', 'pods'].map(kind => `${verb} ${kind}`);
    expect(asked.sort()).toEqual(['get pods/log', 'get pods/log', ...each('list'), ...each('watch')]);
    await install();
    expect(ours().length).toBe(asked.length);
  });

  test('tells a deployment in lines, with the real component', async () => {
    const text: string[] = [];
    const stderr = new Writable({
      decodeStrings: false,
      write: (chunk: unknown, _encoding, done) => {
        text.push(String(chunk));
        done();
      },
    });
    const io = { stderr, env: {}, columns: 80, color: { stderr: false } } as unknown as Io;
    const objects = manifests as unknown as readonly KubernetesObject[];
    const { ended } = await begin({
      show: await openShow(io, null),
      watching: dynamoWatching,
      awaited: { ...awaited, objects },
    });
    await install();
    expect(await ended).toMatchObject({ kind: 'ready', gpusHeld: 1, notices: [] });
    const lines = text.join('');
    expect(lines).toMatch(/^model download: complete/m);
    expect(lines).toMatch(/^Frontend: ready/m);
    expect(lines).toMatch(/^\S*[Ww]orker: ready/m);
  });

  test('goes on after watches that end, connections that break and history that is gone', async () => {
    faults().set(
      { kind: 'endWatch', afterMs: 150, gone: true, times: 3 },
      { kind: 'endWatch', afterMs: 200, times: 3 },
    );
    const { ended, said, sights } = await begin({
      kubeconfig: faults().kubeconfig,
      context: 'through-proxy',
    });
    await install();
    await eventually(
      async () => (sights.some(({ pods }) => pods.length > 0) ? true : undefined),
      'pods are seen',
    );
    faults().drop();
    expect(await ended).toMatchObject({ kind: 'ready', notices: [] });
    expect(said).toEqual([]);
  });

  test('does without events when they are forbidden, and says so once', async () => {
    const role = await cluster().api.send(
      'GET',
      `/apis/rbac.authorization.k8s.io/v1/namespaces/${space}/roles/restricted-user`,
    );
    type Rule = { apiGroups: string[]; resources: string[]; verbs: string[] };
    const rules = (role.rules as Rule[]).map(rule => ({
      ...rule,
      resources: rule.resources.filter(resource => resource !== 'events'),
    }));
    await cluster().objects.apply({
      ...role,
      metadata: { name: 'restricted-user', namespace: space },
      rules: rules.filter(({ resources }) => resources.length > 0),
    });
    const { ended, said } = await begin({ context: 'restricted' });
    await install();
    expect(await ended).toMatchObject({
      kind: 'ready',
      notices: [{ rule: 'wait-unreadable', level: 'unknown' }],
    });
    expect(said).toEqual([
      expect.stringMatching(/^wait-unreadable: The wait goes on without events: .*events/),
    ]);
    await grantRestricted(cluster().objects, space);
  });

  test('ends when pods are forbidden', async () => {
    const elsewhere = watching
      .watches(awaited)
      .map(ask => ({ ...ask, path: ask.path.replace(space, 'default') }));
    const { ended } = await begin({
      context: 'restricted',
      watching: { ...watching, watches: () => elsewhere },
    });
    await expect(ended).rejects.toMatchObject({ name: 'CliError', kind: 'forbidden' });
  });

  test('is interrupted at once', async () => {
    const { ended, stop, sights } = await begin();
    await install();
    await eventually(async () => (sights.length > 0 ? true : undefined), 'something is seen');
    stop.abort();
    expect(await ended).toMatchObject({ kind: 'interrupted' });
  });

  test('brings a change of a pod to the screen', { timeout: 60_000 }, async () => {
    await install();
    const screen = openScreen(120);
    const io = {
      stderr: screen.stream,
      env: { TERM: 'xterm' },
      columns: 120,
      color: { stderr: false },
    } as unknown as Io;
    const show = await openShow(io, null);
    const { ended, stop, sights } = await begin({
      show,
      watching: {
        ...watching,
        outlook: (what, sight) => ({ ...watching.outlook(what, sight), done: false }),
      },
    });
    const [first = ''] = await eventually(async () => {
      const ready = sights.at(-1)?.pods.filter(pod => isReady(pod as Pod)) ?? [];
      return ready.length === 2 ? ready.map(pod => pod.metadata.name) : undefined;
    }, 'both pods are ready');
    const lags: number[] = [];
    const rounds = 10;
    for (let round = 0; round < rounds; round++) {
      await new Promise(resolve => setTimeout(resolve, 700));
      const annotations = { note: `round-${round}.` };
      const metadata = { name: first, namespace: space };
      await cluster().objects.mergeMetadata({ apiVersion: 'v1', kind: 'Pod', metadata }, { annotations });
      const from = performance.now();
      while (!screen.writes.at(-1)?.includes(annotations.note))
        await new Promise(resolve => setTimeout(resolve, 1));
      lags.push(performance.now() - from);
    }
    lags.sort((a, b) => a - b);
    process.stderr.write(
      `from the answer to a change to the screen: median ${lags[rounds / 2]?.toFixed(1)} ms, worst ${lags.at(-1)?.toFixed(1)} ms\n`,
    );
    stop.abort();
    expect(await ended).toMatchObject({ kind: 'interrupted' });
    expect((await screen.lines()).join('\n')).toContain('round-9.');
  });
});
