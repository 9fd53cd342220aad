import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import type { Answer, Ask, Channel, Client } from '../../../../src/cluster/client.ts';
import { ClusterError } from '../../../../src/cluster/refusal.ts';
import { verifyDeployment } from '../../../../src/commands/verify/run.ts';
import type { Probe, ProbeReport, ProbeTools } from '../../../../src/core/probe.ts';

const toEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0)) await end();
});

const report = { verdict: 'serving', findings: [] } as unknown as ProbeReport;
const graph = { apiVersion: 'nvidia.com/v1alpha1', kind: 'DynamoGraphDeployment', metadata: { name: 'x' } };

/** A cluster whose pods are one local server, and a count of what is open in it. */
async function world(forbidden = false) {
  const server = createServer((_, response) => response.end('live'));
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  toEnd.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const channels: Duplex[] = [];
  const watches: AbortSignal[] = [];
  const pod = (name: string) => ({
    metadata: { name, uid: name },
    spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8000 }] }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const bodyOf = (path: string): unknown => {
    if (path.includes('/services/')) return { spec: { selector: { a: 'b' }, ports: [{ port: 8000 }] } };
    if (path.includes('networkpolicies')) return { items: [{ metadata: { name: 'no-internet' } }] };
    return { kind: 'PodList', metadata: { resourceVersion: '1' }, items: [pod('p-0')] };
  };
  async function* lines({ path, signal }: { path: string; signal: AbortSignal }) {
    if (path.endsWith('/log')) {
      yield 'INFO token hf_abcdefghijklmnopqrstuvwxyz is used';
      return;
    }
    watches.push(signal);
    await new Promise(resolve => signal.addEventListener('abort', resolve));
    yield* [];
  }
  const openPort = async (): Promise<Channel> => {
    if (forbidden) throw new ClusterError('forbidden', 'pods/portforward is forbidden', { status: 403 });
    const stream = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    stream.on('error', () => {});
    channels.push(stream);
    return { stream, ended: new Promise(resolve => stream.once('close', () => resolve(null))) };
  };
  const request = async <T>({ path }: Ask) =>
    ({ status: 200, body: bodyOf(path), warnings: [] }) as unknown as Answer<T>;
  const client = { request, lines, openPort, close: () => {} } as unknown as Client;
  const allClosed = () =>
    channels.every(stream => stream.destroyed) && watches.every(signal => signal.aborted);
  return { client, channels, allClosed };
}

const live = { method: 'GET', path: '/live', body: null, timeoutMs: 5000 } as const;

const probeThat = (run: (tools: ProbeTools) => Promise<ProbeReport>): Probe => ({
  target: () => ({
    service: 'x-frontend',
    port: 8000,
    frontend: 'Frontend',
    podSelector: component => `c=${component}`,
  }),
  run: (_, tools) => run(tools),
});

const verify = (client: Client, probe: Probe, signal: AbortSignal = new AbortController().signal) =>
  verifyDeployment({
    client,
    probe,
    ask: { name: 'x', namespace: 'ns', graph, patienceMs: 1000 },
    say: () => {},
    signal,
  });

test('the probe gets its tools, and nothing is left open', async () => {
  const { client, channels, allClosed } = await world();
  const probe = probeThat(async tools => {
    expect(await tools.send(live)).toMatchObject({ status: 200, text: 'live' });
    const sendTo = await tools.sendTo('worker', 9090);
    expect(await sendTo?.(live)).toMatchObject({ text: 'live' });
    expect(await tools.sendTo('worker', 9090)).toBe(sendTo);
    expect(await tools.policies()).toEqual(['NetworkPolicy no-internet']);
    expect(await tools.logs('Frontend')).toEqual(['INFO token hf_*** is used']);
    return report;
  });
  expect(await verify(client, probe)).toBe(report);
  expect(channels).toHaveLength(2);
  await expect.poll(allClosed).toBe(true);
});

test('an error in the probe leaves nothing open', async () => {
  const { client, allClosed, channels } = await world();
  const probe = probeThat(async tools => {
    await tools.send(live);
    throw new Error('a bug');
  });
  await expect(verify(client, probe)).rejects.toThrow('a bug');
  expect(channels).toHaveLength(1);
  await expect.poll(allClosed).toBe(true);
});

test('a forbidden port-forward ends the probe where it waits', async () => {
  const { client, allClosed } = await world(true);
  const probe = probeThat(async tools => {
    await tools.send(live);
    await tools.sleep(60_000);
    await tools.send(live);
    return report;
  });
  await expect(verify(client, probe)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect.poll(allClosed).toBe(true);
});

test('an interrupt ends it and is told', async () => {
  const { client, allClosed } = await world();
  const stop = new AbortController();
  const probe = probeThat(async tools => {
    await tools.send(live);
    stop.abort();
    await tools.sleep(60_000);
    await tools.send(live);
    return report;
  });
  await expect(verify(client, probe, stop.signal)).rejects.toMatchObject({ kind: 'interrupted' });
  await expect.poll(allClosed).toBe(true);
});
