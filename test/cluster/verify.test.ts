import { connect as connectSocket, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Client } from '../../src/cluster/client.ts';
import { connect } from '../../src/cluster/connect.ts';
import { openTunnel } from '../../src/cluster/forward.ts';
import { verifyDeployment } from '../../src/commands/verify/run.ts';
import { componentIndex } from '../../src/components/load.ts';
import type { KubernetesObject } from '../../src/core/manifest.ts';
import type { Probe, ProbeReport, ProbeStep } from '../../src/core/probe.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import { component, newFolder, runCli } from '../kit/process.ts';
import { goldenManifests, goldenReleases } from './golden.ts';
import { describeWithFrontend, eventually } from './support.ts';

const RELEASE = goldenReleases().find(release => release.startsWith('1.5')) ?? '1.5.1';
const MODEL = 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8';
const PATIENCE = 60_000;

const never = new AbortController().signal;

await describeWithFrontend('verification of a real frontend', { release: RELEASE }, cluster => {
  let client: Client;
  let probe: Probe;
  let opened: ReturnType<typeof watched>;

  beforeAll(async () => {
    const io = { cwd: '.', env: {} };
    opened = watched(
      await connect(io, { kubeconfig: cluster().kubeconfig, context: 'admin', signal: never }),
    );
    client = opened.client;
    const [entry] = componentIndex;
    if (entry === undefined) throw new Error('There is no component.');
    probe = await entry.probe();
  });
  afterAll(() => client.close());

  const verify = (
    graph: KubernetesObject,
    say: (step: ProbeStep) => void = () => {},
  ): Promise<ProbeReport> => {
    const { name, namespace = '' } = graph.metadata;
    const ask = { name, namespace, graph, patienceMs: PATIENCE };
    return verifyDeployment({ client, probe, ask, say, signal: never });
  };

  test('router and disaggregation are proved by what the frontend and its workers count', {
    timeout: 120_000,
  }, async () => {
    const graph = await deploy(cluster(), 'disaggregated-router');
    const report = await verify(graph);
    expect(report).toMatchObject({ verdict: 'serving', findings: [], model: MODEL });
    expect(report.answer).toMatch(/[a-z]{4,}/);
    expect(report.firstTokenMs).toBeGreaterThan(0);
    const steps = Object.fromEntries(
      report.steps.map(({ step, outcome, detail }) => [step, `${outcome} ${detail}`]),
    );
    expect(steps).toMatchObject({
      health: 'pass prefill 2, decode 2',
      models: `pass ${MODEL} is ready`,
      router: expect.stringMatching(
        /^pass event-driven: \d+ KV events?, \d{3,} tokens of the repeated prompt cached$/,
      ),
      disaggregated: expect.stringMatching(/^pass \d+ requests were prefilled$/),
    });
    await expect.poll(() => opened.open()).toBe(0);

    // The verb itself, as typed.
    const typed = [
      'verify',
      '-n',
      'dynamo-system',
      '--kubeconfig',
      cluster().kubeconfig,
      '--context',
      'admin',
    ];
    const verb = (...words: string[]) => runCli([...component, ...typed, ...words], { cwd: newFolder() });
    const shown = await verb();
    expect(shown.code).toBe(0);
    expect(shown.stderr).toMatch(/^✓ the frontend is alive: .*ms$/m);
    expect(shown.stderr).toMatch(/^✓ routing follows the KV cache: event-driven: /m);
    expect(shown.stdout).toContain(`${MODEL} answers:`);
    expect(shown.stdout).toContain('port-forward service/qwen3-30b-a3b-instruct-25-frontend 8000:8000');
    const width = Math.max(...shown.stderr.split('\n').map(line => line.length));
    expect(width).toBeLessThanOrEqual(80);

    const events = await verb(graph.metadata.name, '-o', 'json');
    const lines = events.stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({
      kind: 'result',
      verdict: 'serving',
      findings: [],
      model: MODEL,
      versions: { dynamo: RELEASE },
      timings: { stepsMs: { chat: expect.any(Number) } },
    });
    expect(new Set(lines.map(line => line.kind))).toEqual(new Set(['step', 'result']));

    const junit = await verb('-o', 'junit');
    expect(junit.stdout).toContain('tests="7" failures="0" skipped="0"');

    const absent = await verb('nobody', '-o', 'json');
    expect(absent.code).toBe(69);
    expect(absent.stdout).toContain('There is no deployment nobody in namespace dynamo-system.');
  });

  test('an aggregated deployment, with its frontend pod killed in the middle', {
    timeout: 120_000,
  }, async () => {
    const graph = await deploy(cluster(), 'aggregated');
    const before = await frontendPod(cluster(), graph);
    let killed: Promise<unknown> | undefined;
    const broken: string[] = [];
    const report = await verify(graph, ({ step, outcome, detail }) => {
      if (step === 'chat' && outcome === 'running') {
        killed ??= cluster().api.send(
          'DELETE',
          `/api/v1/namespaces/dynamo-system/pods/${before}?gracePeriodSeconds=0`,
        );
        if (detail !== '') broken.push(detail);
      }
    });
    await killed;
    expect(report).toMatchObject({ verdict: 'serving', findings: [] });
    expect(await frontendPod(cluster(), graph)).not.toBe(before);
    await expect.poll(() => opened.open()).toBe(0);

    const { namespace = '' } = graph.metadata;
    const target = probe.target({ name: graph.metadata.name, namespace, graph });
    const { service, port, frontend, podSelector } = target;
    const tunnel = await openTunnel(client, {
      namespace,
      service,
      port,
      podSelector: podSelector(frontend),
      signal: never,
    });
    const page = await tunnel.send({ method: 'GET', path: '/metrics', body: null, timeoutMs: 10_000 });
    if ('broken' in page) throw new Error(page.broken);
    // More than a pipe of the system and the streams between may hold, and nobody reads it.
    const times = Math.ceil((96 * 1024 * 1024) / page.text.length);
    const reader = await connected(Number(new URL(tunnel.url).port));
    reader.pause();
    const memory = (): number => process.memoryUsage().arrayBuffers;
    const start = memory();
    reader.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(times));
    const most = await mostWithin(memory, 3000);
    expect(most - start).toBeLessThan(24 * 1024 * 1024);
    let read = 0;
    for await (const chunk of reader) {
      read += (chunk as Buffer).length;
      if (read > 32 * 1024 * 1024) break;
    }
    expect(read).toBeGreaterThan(32 * 1024 * 1024);
    await tunnel.close();
    await expect.poll(() => opened.open()).toBe(0);
  });
});

/** The client, with how many of its port-forwards are open. */
function watched(client: Client) {
  let open = 0;
  const openPort: Client['openPort'] = async pod => {
    const channel = await client.openPort(pod);
    open += 1;
    channel.stream.once('close', () => {
      open -= 1;
    });
    return channel;
  };
  return { client: { ...client, openPort }, open: () => open };
}

async function deploy(cluster: Cluster, name: string): Promise<KubernetesObject> {
  const manifests = goldenManifests(RELEASE, name);
  for (const each of manifests) {
    const shared =
      each.kind === 'PersistentVolumeClaim'
        ? { ...each, spec: { ...each.spec, storageClassName: 'efs' } }
        : each;
    await cluster.objects.apply(shared, 'dynamo-installer');
  }
  const deployment = manifests.at(-1) as KubeObject;
  onTestFinished(() => remove(cluster, deployment));
  const found = await eventually(
    async () => {
      const now = await cluster.objects.read(deployment);
      return now?.status?.state === 'successful' ? now : undefined;
    },
    'the graph is successful',
    60_000,
  );
  return found as unknown as KubernetesObject;
}

async function remove(cluster: Cluster, object: KubeObject): Promise<void> {
  await cluster.objects.remove(object);
  await eventually(
    async () => ((await cluster.objects.read(object)) ? undefined : true),
    'the graph is gone',
  );
}

async function frontendPod(cluster: Cluster, graph: KubernetesObject): Promise<string> {
  const labels = `nvidia.com/dynamo-graph-deployment-name=${graph.metadata.name},nvidia.com/dynamo-component-type=frontend`;
  const list = await cluster.api.send('GET', `/api/v1/pods?labelSelector=${encodeURIComponent(labels)}`);
  const pods = list.items as KubeObject[];
  return pods.find(pod => pod.metadata.deletionTimestamp === undefined)?.metadata.name ?? '';
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

async function mostWithin(measure: () => number, ms: number): Promise<number> {
  const end = Date.now() + ms;
  let most = measure();
  while (Date.now() < end) {
    await new Promise(resolve => setTimeout(resolve, 20));
    most = Math.max(most, measure());
  }
  return most;
}
