import { EventEmitter, on } from 'node:events';
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import type { Answer, Ask, Channel, Client } from '../../../src/cluster/client.ts';
import { openPodTunnel, openTunnel, type Tunnel } from '../../../src/cluster/forward.ts';
import { ClusterError } from '../../../src/cluster/refusal.ts';
import type { HttpAsk } from '../../../src/core/probe.ts';

const toEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

const portOf = (server: Server | HttpServer): number => (server.address() as AddressInfo).port;

async function listening<T extends Server | HttpServer>(server: T): Promise<T> {
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  toEnd.push(() => new Promise(resolve => server.close(resolve)));
  return server;
}

type PodState = { ready: boolean; port: number; restarts?: number };

/** An API server with one Service and some pods; a port-forward is a plain connection to a local port. `tell` is for its watches. */
function cluster(pods: Record<string, PodState>, watchable = true) {
  const asked: string[] = [];
  const events = new EventEmitter();
  const opened: Duplex[] = [];
  const service = {
    spec: { selector: { app: 'front' }, ports: [{ name: 'http', port: 8000, targetPort: 'http' }] },
  };
  const podOf = (name: string, { ready, restarts = 0 }: PodState) => ({
    metadata: { name, uid: name, resourceVersion: '2' },
    spec: { containers: [{ ports: [{ name: 'http', containerPort: 8123 }] }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [{ restartCount: restarts }],
    },
  });
  const items = () => Object.entries(pods).map(([name, state]) => podOf(name, state));
  const list = () => ({
    apiVersion: 'v1',
    kind: 'PodList',
    metadata: { resourceVersion: '1' },
    items: items(),
  });
  /** Changes a pod, and lets the watch know. */
  const tell = (type: 'MODIFIED' | 'DELETED', name: string, state: PodState) => {
    if (type === 'DELETED') delete pods[name];
    else pods[name] = state;
    events.emit('line', JSON.stringify({ type, object: podOf(name, state) }));
  };
  async function* lines({ path, signal }: { path: string; signal: AbortSignal }) {
    asked.push(`WATCH ${path}`);
    if (!watchable) throw new ClusterError('forbidden', 'pods may not be watched', { status: 403 });
    try {
      for await (const [line] of on(events, 'line', { signal })) yield line as string;
    } catch {
      throw new ClusterError('interrupted', 'Interrupted.');
    }
  }
  const openPort = async (pod: { name: string; port: number }): Promise<Channel> => {
    asked.push(`FORWARD ${pod.name}:${pod.port}`);
    const state = pods[pod.name];
    if (state === undefined) throw new ClusterError('not-found', `The pod ${pod.name} is gone.`);
    const stream = connect({ host: '127.0.0.1', port: state.port, allowHalfOpen: true });
    opened.push(stream);
    stream.on('error', () => {});
    await new Promise<void>((resolve, reject) => {
      stream.once('connect', resolve);
      stream.once('error', () => reject(new ClusterError('unreachable', 'connection refused in the pod')));
    });
    const ended = new Promise<string | null>(resolve => {
      stream.once('close', () => resolve(null));
    });
    return { stream, ended };
  };
  const client: Client = {
    target: {} as Client['target'],
    contextNamespace: null,
    request: async <T>({ method, path, query }: Ask) => {
      asked.push(`${method} ${path}${query?.labelSelector ? `?${query.labelSelector}` : ''}`);
      const body = path.includes('/services/') ? service : list();
      return { status: 200, body, warnings: [] } as unknown as Answer<T>;
    },
    lines,
    openPort,
    close: () => {},
  };
  return { client, asked, opened, service, tell };
}

const never = new AbortController().signal;
const ask = { namespace: 'ns', service: 'x-frontend', port: 8000, podSelector: 'a=b', signal: never };
const get: HttpAsk = { method: 'GET', path: '/live', body: null, timeoutMs: 5000 };

async function tunnelTo(client: Client, more: Partial<typeof ask> = {}): Promise<Tunnel> {
  const tunnel = await openTunnel(client, { ...ask, ...more });
  toEnd.push(() => tunnel.close());
  return tunnel;
}

const answering = (text: string) => listening(createHttp((_, response) => response.end(text)));

test('one request reads the Service, finds the named port in a ready pod and goes there', async () => {
  const server = await answering('live');
  const { client, asked } = cluster({
    'f-0': { ready: false, port: 1 },
    'f-1': { ready: true, port: portOf(server) },
  });
  const tunnel = await tunnelTo(client);
  expect(await tunnel.send(get)).toMatchObject({ status: 200, text: 'live', pieces: [] });
  await tunnel.send(get);
  expect(asked).toEqual([
    'GET /api/v1/namespaces/ns/services/x-frontend',
    'GET /api/v1/namespaces/ns/pods?app=front',
    'WATCH /api/v1/namespaces/ns/pods',
    'FORWARD f-1:8123',
  ]);
});

test('it listens on loopback only', async () => {
  const { client } = cluster({});
  expect((await tunnelTo(client)).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('a Service without a selector leaves the pods to the labels given', async () => {
  const { client, asked, service } = cluster({});
  service.spec.selector = {} as typeof service.spec.selector;
  await (await tunnelTo(client)).send(get);
  expect(asked).toContain('GET /api/v1/namespaces/ns/pods?a=b');
});

test('a port that the Service does not have is said', async () => {
  const { client } = cluster({});
  await expect(openTunnel(client, { ...ask, port: 9 })).rejects.toThrow(
    'The Service ns/x-frontend has no port 9.',
  );
});

test('with no ready pod a request is broken, and works once one is ready', async () => {
  const server = await answering('here');
  const pods = { 'f-0': { ready: false, port: portOf(server) } };
  const { client, tell } = cluster(pods);
  const tunnel = await tunnelTo(client);
  expect(await tunnel.send(get)).toEqual({ broken: 'No pod with app=front is ready.' });
  tell('MODIFIED', 'f-0', { ...pods['f-0'], ready: true });
  await expect.poll(() => tunnel.send(get)).toMatchObject({ text: 'here' });
});

test('when the pod dies in the middle the request is broken, and the next one reaches another pod', async () => {
  const first = await listening(
    createServer(socket => {
      socket.on('error', () => {});
      socket.once('data', () =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () => socket.destroy()),
      );
    }),
  );
  const second = await answering('second');
  const pods: Record<string, PodState> = { 'f-0': { ready: true, port: portOf(first) } };
  const { client, asked, tell } = cluster(pods);
  const tunnel = await tunnelTo(client);
  const answer = await tunnel.send(get);
  expect(answer).toHaveProperty('broken');
  tell('DELETED', 'f-0', { ready: false, port: 1 });
  tell('MODIFIED', 'f-1', { ready: true, port: portOf(second) });
  await expect.poll(() => tunnel.send(get)).toMatchObject({ text: 'second' });
  expect(asked).toContain('FORWARD f-1:8123');
});

test('a pod that refuses is passed over for another ready one within the same request', async () => {
  const server = await answering('other');
  const pods = { 'f-0': { ready: true, port: 1 }, 'f-1': { ready: true, port: portOf(server) } };
  const { client, asked } = cluster(pods);
  const tunnel = await tunnelTo(client);
  expect(await tunnel.send(get)).toMatchObject({ text: 'other' });
  expect(asked.filter(line => line.startsWith('FORWARD'))).toEqual(['FORWARD f-0:8123', 'FORWARD f-1:8123']);
});

const hanging = () => listening(createHttp(() => {}));

test.each([
  ['is deleted', 'DELETED', {}],
  ['is started anew', 'MODIFIED', { restarts: 1 }],
] as const)(
  'a request that hangs in a pod that %s is broken, whatever the port-forward says',
  async (_, type, change) => {
    const state = { ready: true, port: portOf(await hanging()) };
    const { client, opened, tell } = cluster({ 'f-0': state });
    const tunnel = await tunnelTo(client);
    const waiting = tunnel.send({ ...get, timeoutMs: 20_000 });
    await expect.poll(() => opened.length).toBe(1);
    tell(type, 'f-0', { ...state, ...change });
    expect(await waiting).toEqual({ broken: 'the pod f-0 is gone' });
    await expect.poll(() => opened.every(stream => stream.destroyed)).toBe(true);
  },
);

test('a pod that is only unready for a moment keeps its connections', async () => {
  const state = { ready: true, port: portOf(await answering('still here')) };
  const { client, asked, tell } = cluster({ 'f-0': state });
  const tunnel = await tunnelTo(client);
  await tunnel.send(get);
  tell('MODIFIED', 'f-0', { ...state, ready: false });
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(await tunnel.send(get)).toMatchObject({ text: 'still here' });
  expect(asked.filter(line => line.startsWith('FORWARD'))).toHaveLength(1);
});

test('where pods may not be watched they are listed when one is needed', async () => {
  const server = await answering('here');
  const { client, asked } = cluster({ 'f-0': { ready: true, port: portOf(server) } }, false);
  const tunnel = await tunnelTo(client);
  expect(await tunnel.send(get)).toMatchObject({ text: 'here' });
  expect(asked.filter(line => line.startsWith('GET /api/v1/namespaces/ns/pods'))).toHaveLength(2);
});

test('forbidden is refused for good', async () => {
  const { client } = cluster({ 'f-0': { ready: true, port: 1 } });
  const forbidding: Client = {
    ...client,
    openPort: () =>
      Promise.reject(new ClusterError('forbidden', 'pods/portforward is forbidden', { status: 403 })),
  };
  const tunnel = await tunnelTo(forbidding);
  expect(await tunnel.send(get)).toEqual({ broken: 'pods/portforward is forbidden' });
  await expect(tunnel.refused).rejects.toThrow('pods/portforward is forbidden');
});

test('a streamed answer comes in pieces with their times, and a letter cut in two is whole', async () => {
  const euro = Buffer.from('data: €\n\n');
  const server = await listening(
    createHttp((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(euro.subarray(0, 7));
      setTimeout(() => response.end(euro.subarray(7)), 60);
    }),
  );
  const { client } = cluster({ 'f-0': { ready: true, port: portOf(server) } });
  const answer = await (await tunnelTo(client)).send(get);
  if ('broken' in answer) throw new Error(answer.broken);
  expect(answer.text).toBe('data: €\n\n');
  expect(answer.pieces.map(({ text }) => text)).toEqual(['data: ', '€\n\n']);
  expect(answer.pieces[1]?.ms).toBeGreaterThan(answer.pieces[0]?.ms ?? Number.POSITIVE_INFINITY);
});

test('an answer that does not come is broken after its time', async () => {
  const server = await listening(createHttp(() => {}));
  const { client } = cluster({ 'f-0': { ready: true, port: portOf(server) } });
  const answer = await (await tunnelTo(client)).send({ ...get, timeoutMs: 100 });
  expect(answer).toEqual({ broken: 'no answer within 0.1 s' });
});

test('a body is sent as JSON', async () => {
  const server = await listening(
    createHttp(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      response.end(`${request.method} ${request.url} ${request.headers['content-type']} ${text}`);
    }),
  );
  const { client } = cluster({ 'f-0': { ready: true, port: portOf(server) } });
  const tunnel = await tunnelTo(client);
  const answer = await tunnel.send({ method: 'POST', path: '/v1/x', body: { a: 'ü' }, timeoutMs: 5000 });
  expect(answer).toMatchObject({ text: 'POST /v1/x application/json {"a":"ü"}' });
});

test('an interrupt rejects what is under way and what comes after, and ends the tunnel', async () => {
  const server = await listening(createHttp(() => {}));
  const { client, opened } = cluster({ 'f-0': { ready: true, port: portOf(server) } });
  const stop = new AbortController();
  const tunnel = await tunnelTo(client, { signal: stop.signal });
  const waiting = tunnel.send(get);
  await expect.poll(() => opened.length).toBe(1);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ kind: 'interrupted' });
  await expect(tunnel.send(get)).rejects.toMatchObject({ kind: 'interrupted' });
  await expect.poll(() => opened.every(stream => stream.destroyed)).toBe(true);
});

test('closing ends every connection, and nobody listens any more', async () => {
  const server = await answering('live');
  const { client, opened } = cluster({ 'f-0': { ready: true, port: portOf(server) } });
  const tunnel = await tunnelTo(client);
  await tunnel.send(get);
  const local = await connected(Number(new URL(tunnel.url).port));
  await expect.poll(() => opened.length).toBe(2);
  await tunnel.close();
  await expect.poll(() => opened.every(stream => stream.destroyed) && local.destroyed).toBe(true);
  await expect(connected(Number(new URL(tunnel.url).port))).rejects.toThrow('ECONNREFUSED');
});

test('local connections end when the pod ends its side', async () => {
  const ended: Socket[] = [];
  const server = await listening(createServer(socket => void ended.push(socket)));
  const { client } = cluster({ 'f-0': { ready: true, port: portOf(server) } });
  const tunnel = await tunnelTo(client);
  const local = await connected(Number(new URL(tunnel.url).port));
  local.resume();
  await expect.poll(() => ended.length).toBe(1);
  const closed = new Promise<void>(resolve => {
    local.once('close', () => resolve());
  });
  ended[0]?.end();
  await closed;
  expect(local.destroyed).toBe(true);
});

test('a reader that stands still holds the pod back', async () => {
  const total = 64 * 1024 * 1024;
  let written = 0;
  const server = await listening(
    createServer(socket => {
      socket.on('error', () => {});
      const block = Buffer.alloc(256 * 1024);
      const more = (): void => {
        while (written < total) {
          written += block.length;
          if (!socket.write(block)) return void socket.once('drain', more);
        }
        socket.end();
      };
      more();
    }),
  );
  const { client } = cluster({ 'f-0': { ready: true, port: portOf(server) } });
  const tunnel = await tunnelTo(client);
  const local = await connected(Number(new URL(tunnel.url).port));
  local.pause();
  let before = -1;
  await expect
    .poll(
      () => {
        const still = written === before;
        before = written;
        return still && written > 0;
      },
      { interval: 300, timeout: 10_000 },
    )
    .toBe(true);
  expect(written).toBeLessThan(total / 2);
  let read = 0;
  for await (const chunk of local as AsyncIterable<Buffer>) read += chunk.length;
  expect(read).toBe(total);
});

test('a pod of a component is reached directly, and there is no way to none', async () => {
  const server = await answering('metrics');
  const pods = { w: { ready: true, port: portOf(server) } };
  const { client, asked } = cluster(pods);
  const to = { namespace: 'ns', podSelector: 'role=prefill', port: 9090, signal: never };
  const tunnel = await openPodTunnel(client, to);
  if (tunnel === null) throw new Error('There should be a pod.');
  toEnd.push(() => tunnel.close());
  expect(await tunnel.send(get)).toMatchObject({ text: 'metrics' });
  expect(asked).toEqual(['GET /api/v1/namespaces/ns/pods?role=prefill', 'FORWARD w:9090']);
  pods.w.ready = false;
  expect(await openPodTunnel(client, to)).toBeNull();
});

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}
