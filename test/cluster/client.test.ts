import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/cluster/client.ts';
import { type ConnectOptions, connect } from '../../src/cluster/connect.ts';
import { type ClusterError, isClusterError } from '../../src/cluster/refusal.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import { portOf } from '../kit/cluster/control/ports.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import type { PodLife } from '../kit/cluster/pods/podLife.ts';
import { describeWithCluster, eventually } from './support.ts';

const held: PodLife[] = [];
const script = () => async (life: PodLife) => {
  await life.reach('running');
  held.push(life);
};

const opened: Client[] = [];

/** A client that the file closes at its end. */
const open = async (
  kubeconfig: string,
  context: string,
  options: Partial<ConnectOptions> = {},
): Promise<Client> => {
  const io = { cwd: '/', env: process.env };
  const signal = new AbortController().signal;
  const client = await connect(io, { kubeconfig, context, signal, ...options });
  opened.push(client);
  return client;
};

/** The kit plays the lives of such pods only. */
const workerLabels = {
  'nvidia.com/dynamo-graph-deployment-name': 'none',
  'nvidia.com/dynamo-component-type': 'worker',
};

const refusal = async (work: Promise<unknown>): Promise<ClusterError> => {
  const error = await work.catch(thrown => thrown);
  if (!isClusterError(error)) throw new Error(`No ClusterError: ${error}`);
  return error;
};

const nodes = { method: 'GET', path: '/api/v1/nodes' } as const;
const configMap = (data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'client-test', namespace: 'dynamo-system' },
  data,
});
const patch = {
  method: 'PATCH',
  path: '/api/v1/namespaces/dynamo-system/configmaps/client-test',
  query: { fieldManager: 'client-test' },
  body: configMap({ a: 'b' }),
  contentType: 'application/apply-patch+yaml',
} as const;

describeWithCluster('a client of the API server', { nodes: 'cpu=2', script }, cluster => {
  afterAll(() => {
    for (const client of opened.splice(0)) client.close();
  });

  requests(cluster);
  faults(cluster);
  ports(cluster);
});

function requests(cluster: () => Cluster): void {
  const connected = (context: string, options: Partial<ConnectOptions> = {}) =>
    open(cluster().kubeconfig, context, options);

  test('sends requests with a client certificate', async () => {
    const client = await connected('admin');
    expect(client.target).toMatchObject({ context: 'admin', otherContexts: ['restricted', 'exec'] });
    const { body, status } = await client.request<{ items: unknown[] }>(nodes);
    expect([status, body.items.length]).toEqual([200, 2]);
  });

  test('runs a credential plugin once, however many ask', async () => {
    const client = await connected('exec');
    await Promise.all([client.request(nodes), client.request(nodes), client.request(nodes)]);
    await client.request(nodes);
    expect(readFileSync(cluster().plane.execRuns, 'utf8')).toBe('run\n');
  });

  test('tells forbidden, missing and invalid apart', async () => {
    const restricted = await connected('restricted');
    const forbidden = await refusal(restricted.request(nodes));
    expect(forbidden).toMatchObject({ kind: 'forbidden', status: 403 });
    expect(forbidden.message).toContain('cannot list resource "nodes"');
    const admin = await connected('admin');
    const missing = await refusal(admin.request({ method: 'GET', path: '/apis/nvidia.example/v1/things' }));
    expect(missing).toMatchObject({ kind: 'not-found', status: 404 });
    const invalid = await refusal(
      admin.request({ ...patch, body: { ...configMap({}), data: { 'no good': '' } } }),
    );
    expect(invalid).toMatchObject({ kind: 'invalid', status: 422, causes: [{ field: 'data[no good]' }] });
    const unknown = await refusal(admin.request({ ...patch, body: { ...configMap({}), dta: 1 } }));
    expect(unknown).toMatchObject({ kind: 'invalid', status: 500 });
  });

  test('hands over warnings', async () => {
    const client = await connected('admin');
    const answer = await client.request({
      method: 'POST',
      path: '/api/v1/namespaces/dynamo-system/configmaps',
      query: { fieldValidation: 'Warn', dryRun: 'All' },
      body: { ...configMap({ a: 'b' }), dta: 1 },
    });
    expect(answer.warnings).toEqual([expect.stringContaining('unknown field "dta"')]);
  });

  test('streams lines until the signal fires', async () => {
    const client = await connected('admin');
    const end = new AbortController();
    const types: string[] = [];
    for await (const line of client.lines({ path: nodes.path, query: { watch: true }, signal: end.signal })) {
      types.push(JSON.parse(line).type);
      if (types.length === 2) end.abort();
    }
    expect(types).toEqual(['ADDED', 'ADDED']);
  });

  test('an interrupted run sends nothing more, but may tidy up', async () => {
    const run = new AbortController();
    const client = await connected('admin', { signal: run.signal });
    const waiting = client.lines({
      path: nodes.path,
      query: { watch: true, resourceVersion: 0 },
      signal: new AbortController().signal,
    });
    const drained = (async () => {
      for await (const _ of waiting) run.abort();
    })();
    await drained;
    expect((await refusal(client.request(nodes))).kind).toBe('interrupted');
    expect((await client.request({ ...nodes, throughInterrupt: true })).status).toBe(200);
  });

  test('close ends what is under way', async () => {
    const client = await connected('admin');
    const watch = client.lines({
      path: nodes.path,
      query: { watch: true },
      signal: new AbortController().signal,
    });
    const first = await watch[Symbol.asyncIterator]().next();
    client.close();
    expect(first.done).toBe(false);
    expect((await refusal(client.request(nodes))).kind).toBe('interrupted');
  });
}

function faults(cluster: () => Cluster): void {
  let proxy: FaultProxy | undefined;
  beforeAll(async () => {
    proxy = await startFaultProxy(cluster().plane);
  });
  afterAll(async () => {
    await proxy?.stop();
  });
  const troubled = async (faultsToSet: Fault[], options: Partial<ConnectOptions> = {}) => {
    if (proxy === undefined) throw new Error('The proxy is not running.');
    const client = await open(proxy.kubeconfig, 'through-proxy', options);
    proxy.set(...faultsToSet);
    const before = proxy.requests.length;
    return { client, sent: () => proxy?.requests.slice(before) ?? [] };
  };

  for (const status of [401, 429, 500, 503] as const) {
    test(`a read survives ${status}, once`, async () => {
      const { client, sent } = await troubled([{ kind: 'answer', status, times: 1 }]);
      expect((await client.request(nodes)).status).toBe(200);
      expect(sent()).toEqual(['GET /api/v1/nodes', 'GET /api/v1/nodes']);
    });
  }

  test('a read survives an answer that is cut', async () => {
    const { client } = await troubled([{ kind: 'cut', afterBytes: 100, times: 2 }]);
    expect((await client.request(nodes)).status).toBe(200);
  });

  test('server-side apply survives a 503, and what an admission webhook says is final', async () => {
    const { client } = await troubled([{ kind: 'answer', status: 503, times: 1 }]);
    expect((await client.request(patch)).status).toBeLessThan(300);
    const message = 'Internal error occurred: failed calling webhook "v.example": connection refused';
    const denied = await troubled([{ kind: 'answer', status: 500, message }]);
    const error = await refusal(denied.client.request(patch));
    expect([error.kind, denied.sent().length]).toEqual(['server', 1]);
    expect(error.message).toContain(message);
  });

  test('a write that is no apply is sent once', async () => {
    const { client, sent } = await troubled([{ kind: 'answer', status: 500 }]);
    const post = {
      method: 'POST',
      path: '/api/v1/namespaces/dynamo-system/configmaps',
      body: configMap({}),
    } as const;
    expect((await refusal(client.request(post))).kind).toBe('server');
    expect(sent().length).toBe(1);
  });

  test('a long Retry-After is told, not waited for', async () => {
    const { client, sent } = await troubled([{ kind: 'answer', status: 429, retryAfter: 60 }]);
    expect(await refusal(client.request(nodes))).toMatchObject({ kind: 'throttled', retryAfterMs: 60_000 });
    expect(sent().length).toBe(1);
  });

  test('credentials that stay refused end as unauthorized', async () => {
    const { client, sent } = await troubled([{ kind: 'answer', status: 401 }]);
    const error = await refusal(client.request(nodes));
    expect([error.kind, error.status, sent().length]).toEqual(['unauthorized', 401, 2]);
  });

  test('an answer that does not come ends with the time limit', async () => {
    const { client } = await troubled([{ kind: 'delay', ms: 60_000 }], { requestTimeoutMs: 300 });
    const error = await refusal(client.request(nodes));
    expect(error.kind).toBe('unreachable');
    expect(error.message).toMatch(/through-proxy.*no answer within 0\.3 s/);
  });
}

function ports(cluster: () => Cluster): void {
  const served: Server[] = [];
  afterAll(() => {
    for (const server of served) server.close();
  });
  /** A pod whose port 8000 leads to what the test says. */
  const podThat = async (name: string, act: (socket: Socket) => void): Promise<Server> => {
    const server = createServer({ noDelay: true }, socket => {
      socket.on('error', () => {});
      act(socket);
    });
    served.push(server);
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    await cluster().objects.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: workerLabels },
      spec: { containers: [{ name: 'main', image: 'busybox' }] },
    });
    const life = await eventually(
      async () => held.find(one => one.pod.metadata.name === name),
      'the pod runs',
    );
    await life.forward(8000, portOf(server));
    return server;
  };
  const channelTo = async (name: string) => {
    const client = await open(cluster().kubeconfig, 'exec');
    return client.openPort({ namespace: 'default', name, port: 8000 });
  };

  test('bytes go both ways, without another run of the credential plugin', async () => {
    await podThat('echo', socket => socket.on('data', bytes => socket.write(`<${bytes}>`)));
    const runs = () => readFileSync(cluster().plane.execRuns, 'utf8').split('\n').length;
    const before = runs();
    const { stream } = await channelTo('echo');
    stream.write('héllo');
    const [answer] = (await once(stream, 'data')) as [Buffer];
    expect(answer.toString()).toBe('<héllo>');
    expect(runs()).toBe(before + 1);
    stream.destroy();
  });

  test('a reader that does not read holds the pod back', async () => {
    let written = 0;
    const block = Buffer.alloc(64 * 1024);
    await podThat('firehose', socket => {
      const pour = () => {
        while (written < 256 * 2 ** 20) {
          written += block.length;
          if (!socket.write(block)) break;
        }
      };
      socket.on('drain', pour);
      pour();
    });
    const { stream } = await channelTo('firehose');
    let last = -1;
    await eventually(async () => {
      const still = written === last && written > 0;
      last = written;
      return still || undefined;
    }, 'the pod stops writing');
    expect(stream.readableLength).toBeLessThan(2 ** 20);
    expect(written).toBeLessThan(256 * 2 ** 20);
    stream.destroy();
  });

  test('a pod that is not there, and a port that nobody listens on', async () => {
    const client = await open(cluster().kubeconfig, 'admin');
    const missing = client.openPort({ namespace: 'default', name: 'nobody', port: 8000 });
    expect(await refusal(missing)).toMatchObject({ kind: 'not-found', status: 404 });
    const server = await podThat('deaf', () => {});
    server.close();
    const { stream, ended } = await channelTo('deaf');
    const end = once(stream.resume(), 'end');
    expect(await ended).toContain('refused');
    await end;
    expect(stream.readableEnded).toBe(true);
  });

  test('a connection that is cut is an error, not an end', async () => {
    await podThat('far', () => {});
    const proxy = await startFaultProxy(cluster().plane);
    const client = await open(proxy.kubeconfig, 'through-proxy');
    const { stream, ended } = await client.openPort({ namespace: 'default', name: 'far', port: 8000 });
    const failed = once(stream, 'error');
    proxy.drop();
    expect(await failed).toMatchObject([
      { kind: 'unreachable', message: expect.stringContaining('pod far') },
    ]);
    expect(await ended).toBeNull();
    await proxy.stop();
  });

  test('close ends an open port', async () => {
    await podThat('silent', () => {});
    const client = await open(cluster().kubeconfig, 'admin');
    const { stream } = await client.openPort({ namespace: 'default', name: 'silent', port: 8000 });
    const failed = once(stream, 'error');
    client.close();
    expect(await failed).toMatchObject([{ kind: 'interrupted' }]);
  });
}
