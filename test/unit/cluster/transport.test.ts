import { createServer, type Server as HttpServer } from 'node:http';
import {
  type AddressInfo,
  connect as connectSocket,
  createServer as createNetServer,
  type Socket,
} from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import {
  client,
  clientOf,
  closeClients,
  config,
  failure,
  type Handle,
  json,
  type Played,
  play,
  type Response,
  refusal,
  written,
} from './playedServer.ts';

const running: { close: () => void }[] = [];
afterEach(() => {
  closeClients();
  for (const one of running.splice(0)) one.close();
});
const start = async (...args: Parameters<typeof play>): Promise<Played> => {
  const played = await play(...args);
  running.push(played);
  return played;
};
const read = { method: 'GET', path: '/version' } as const;
const fine: Handle = (_request, response) => json(response, 200, { fine: true });

describe('connections', () => {
  test('all requests go over one', async () => {
    const played = await start(fine);
    const one = await clientOf(played);
    await Promise.all([one.request(read), one.request(read), one.request(read)]);
    expect((await one.request(read)).body).toEqual({ fine: true });
    expect([played.connections(), played.requests.length]).toEqual([1, 4]);
    expect(played.requests.at(-1)).toBe('GET /version HTTP/2.0');
  });

  test('a server without HTTP/2, and one without TLS', async () => {
    for (const kind of ['http1', 'plain'] as const) {
      const played = await start(fine, kind);
      const one = await clientOf(played);
      for (let i = 0; i < 3; i++) expect((await one.request(read)).body).toEqual({ fine: true });
      expect(played.requests.at(-1)).toBe('GET /version HTTP/1.1');
      expect(played.connections()).toBeLessThan(3);
    }
  });

  test('one that broke between two requests is replaced', async () => {
    const played = await start(fine);
    const one = await clientOf(played);
    await one.request(read);
    played.drop();
    expect((await one.request(read)).status).toBe(200);
    expect(played.connections()).toBe(2);
  });

  test('the path of the server, query and JSON are sent', async () => {
    const played = await start((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { 'content-type': type, accept, authorization, 'user-agent': agent } = request.headers;
        json(response, 201, { type, accept, authorization, agent, text: Buffer.concat(chunks).toString() });
      });
    });
    const one = await client(
      written('config', config(`${played.url}/k8s/c-1/`, { me: { token: 'secret' } })),
      { version: '1.2.3' },
    );
    const query = { labelSelector: 'a=b', watch: undefined, dryRun: 'All', limit: 5 };
    const answer = await one.request({ method: 'POST', path: '/api/v1/x', query, body: { ä: 1 } });
    expect(played.requests).toEqual([
      'POST /k8s/c-1/api/v1/x?labelSelector=a%3Db&dryRun=All&limit=5 HTTP/2.0',
    ]);
    expect(answer).toMatchObject({
      status: 201,
      body: {
        type: 'application/json',
        accept: 'application/json',
        authorization: 'Bearer secret',
        agent: 'dynamo-installer/1.2.3',
        text: '{"ä":1}',
      },
    });
  });

  test('packed answers are unpacked, and text stays text', async () => {
    const played = await start((request, response) => {
      const isPacked = request.url === '/packed';
      (response as unknown as import('node:http').ServerResponse)
        .writeHead(200, isPacked ? { 'content-type': 'application/json', 'content-encoding': 'gzip' } : {})
        .end(isPacked ? gzipSync('{"a":"ü"}') : 'ok');
    });
    const one = await clientOf(played);
    expect((await one.request({ method: 'GET', path: '/packed' })).body).toEqual({ a: 'ü' });
    expect((await one.request({ method: 'GET', path: '/readyz' })).body).toBe('ok');
  });
});

describe('a cluster that does not answer', () => {
  const others = (server: string) =>
    config(server, { 'cluster/genai': { token: 'a' }, 'kind-dev': {}, 'kind-prod': {} });

  test('a connection that never stands ends with the time limit, and names host and contexts', async () => {
    const silent = createNetServer(() => {});
    await new Promise<void>(resolve => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    running.push(silent);
    const { port } = silent.address() as AddressInfo;
    const one = await client(written('config', others(`https://127.0.0.1:${port}`)), {
      requestTimeoutMs: 200,
    });
    const error = await refusal(one.request(read));
    expect(error).toMatchObject({ kind: 'unreachable', status: 0 });
    expect(error.message).toBe(
      `The API server of the context cluster/genai (127.0.0.1:${port}) cannot be reached: the connection timed out, no answer came within 0.2 s.`,
    );
    expect(error.hint).toMatch(/VPN or bastion.*private endpoint.*--context: kind-dev and kind-prod/);
  });

  test('refused, and a name that does not exist', async () => {
    const played = await start(fine);
    played.close();
    const refused = await refusal((await clientOf(played)).request(read));
    expect(refused.message).toContain('the connection was refused');
    const nowhere = await client(written('config', others('https://no-such-cluster.invalid')));
    const unknown = await refusal(nowhere.request(read));
    expect(unknown.message).toMatch(/no-such-cluster\.invalid\) cannot be reached: .*DNS/);
    expect(unknown.kind).toBe('unreachable');
  });

  test('certificates: of an unknown issuer, and made for another name', async () => {
    const played = await start(fine, 'http2', ['other.example']);
    const name = await refusal((await clientOf(played)).request(read));
    expect(name.message).toContain('made for another name');
    expect(name.hint).toContain('tls-server-name');
    const strange = { 'certificate-authority-data': undefined };
    const unknown = await refusal((await clientOf(await start(fine), {}, strange)).request(read));
    expect(unknown.message).toContain('whose issuer the kubeconfig does not know');
    expect(unknown.hint).toContain('aws eks update-kubeconfig');
  });

  test('tls-server-name and insecure-skip-tls-verify are honoured', async () => {
    const played = await start(fine, 'http2', ['other.example']);
    const named = await clientOf(played, {}, { 'tls-server-name': 'other.example' });
    expect((await named.request(read)).status).toBe(200);
    const careless = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true };
    expect((await (await clientOf(played, {}, careless)).request(read)).status).toBe(200);
  });

  test('an answer that stops in the middle', async () => {
    const played = await start((_request, response) => {
      const send = response as import('node:http').ServerResponse;
      send.writeHead(200, { 'content-type': 'application/json' });
      send.write('{"half":');
    });
    const error = await refusal((await clientOf(played, { requestTimeoutMs: 200 })).request(read));
    expect(error.message).toContain('gave no answer within 0.2 s');
  });

  test.each(['http2', 'http1'] as const)(
    'an answer whose connection breaks in the middle is asked for again: %s',
    async kind => {
      const played = await start((_request, response) => {
        if (played.requests.length > 1) return json(response, 200, { whole: true });
        const send = response as import('node:http').ServerResponse;
        send.writeHead(200, { 'content-type': 'application/json' });
        send.write('{"half":', () => setTimeout(played.drop, 20));
      }, kind);
      expect((await (await clientOf(played)).request(read)).body).toEqual({ whole: true });
      expect(played.requests.length).toBe(2);
    },
  );

  test('half a document that seems complete is asked for again', async () => {
    const played = await start((_request, response) => {
      if (played.requests.length > 1) return json(response, 200, { whole: true });
      const send = response as import('node:http').ServerResponse;
      send.writeHead(200, { 'content-type': 'application/json' }).end('{"half":');
    });
    expect((await (await clientOf(played)).request(read)).body).toEqual({ whole: true });
  });

  test('a connection that falls silent is given up before the time is up', { timeout: 30_000 }, async () => {
    const played = await start(fine);
    // The first connection passes nothing on once it stands.
    const sockets: Socket[] = [];
    const relay = createNetServer(socket => {
      const isFirst = sockets.push(socket) === 1;
      const upstream = connectSocket(played.port, '127.0.0.1');
      upstream.pipe(socket);
      socket.pipe(upstream);
      for (const side of [socket, upstream]) side.on('error', () => {});
      if (isFirst) upstream.once('data', () => setTimeout(() => socket.unpipe(upstream).pause(), 500));
    });
    await new Promise<void>(resolve => {
      relay.listen(0, '127.0.0.1', resolve);
    });
    running.push({ close: () => sockets.map(socket => socket.destroy()) }, relay);
    const { port } = relay.address() as AddressInfo;
    const one = await client(written('config', config(`https://127.0.0.1:${port}`, { me: { token: 'a' } })));
    await one.request(read);
    await new Promise(resolve => setTimeout(resolve, 600));
    expect((await one.request(read)).body).toEqual({ fine: true });
    expect(sockets.length).toBe(2);
  });

  test('a signal ends a request that waits, and one that connects', async () => {
    const played = await start(() => {});
    const one = await clientOf(played);
    const abort = new AbortController();
    const waiting = refusal(one.request({ ...read, signal: abort.signal }));
    while (played.requests.length === 0) await new Promise(resolve => setImmediate(resolve));
    abort.abort();
    expect((await waiting).kind).toBe('interrupted');
    expect((await refusal(one.request({ ...read, signal: abort.signal }))).kind).toBe('interrupted');
  });
});

describe('answers that refuse', () => {
  const answering = async (status: number, body: unknown, headers: object = {}) => {
    const played = await start((_request, response) => json(response, status, body, headers));
    const one = await clientOf(played);
    const error = await refusal(one.request({ method: 'DELETE', path: '/api/v1/nodes/a' }));
    return { error, sent: played.requests.length };
  };

  test.each([
    [400, 'invalid'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [410, 'gone'],
    [422, 'invalid'],
    [500, 'server'],
    [504, 'server'],
  ])('%i is %s, with the words of the server', async (status, kind) => {
    const { error, sent } = await answering(status, failure(status, 'the server said this'));
    expect(error).toMatchObject({ kind, status });
    expect(error.message).toContain('the server said this');
    expect(sent).toBe(1);
  });

  test('causes are handed over', async () => {
    const causes = [{ reason: 'FieldValueInvalid', message: 'must be positive', field: 'spec.replicas' }];
    const { error } = await answering(422, failure(422, 'no', { details: { causes } }));
    expect(error.causes).toEqual(causes);
  });

  test('HTML of something in between becomes text', async () => {
    const played = await start((_request, response: Response) => {
      const send = response as import('node:http').ServerResponse;
      send.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>Bad   gateway</h1></html>');
    });
    const error = await refusal((await clientOf(played)).request({ method: 'DELETE', path: '/x' }));
    expect(error.message).toContain('failed (502): Bad gateway.');
  });
});

describe('proxies', () => {
  const proxyThat = async (act: (server: HttpServer) => void): Promise<string> => {
    const server = createServer();
    act(server);
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    running.push({
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    });
    return `http://user:pass@127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  test('one that the cluster names is gone through', async () => {
    const played = await start(fine);
    const asked: string[] = [];
    const proxy = await proxyThat(server =>
      server.on('connect', (request, socket) => {
        asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
        const [host, port] = (request.url ?? '').split(':');
        const upstream = connectSocket(Number(port), host, () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          upstream.pipe(socket).pipe(upstream);
        });
        upstream.on('error', () => socket.destroy());
        socket.on('error', () => upstream.destroy());
      }),
    );
    const one = await clientOf(played, {}, { 'proxy-url': proxy });
    expect((await one.request(read)).status).toBe(200);
    expect((await one.request(read)).status).toBe(200);
    expect(asked).toEqual([`127.0.0.1:${played.port} Basic ${Buffer.from('user:pass').toString('base64')}`]);
  });

  test('one that refuses is named, without its password', async () => {
    const proxy = await proxyThat(server =>
      server.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 No\r\n\r\n')),
    );
    const one = await clientOf(await start(fine), {}, { 'proxy-url': proxy });
    const error = await refusal(one.request(read));
    expect(error.message).toMatch(
      /^The proxy 127\.0\.0\.1:\d+ answers 407 when asked for the API server of /,
    );
    expect(error.hint).toContain('NO_PROXY');
    expect(error.message).not.toContain('pass');
  });

  test('one that is not there', async () => {
    const one = await clientOf(await start(fine), {}, { 'proxy-url': 'http://127.0.0.1:1' });
    expect((await refusal(one.request(read))).message).toContain(
      'The proxy 127.0.0.1:1 cannot be reached (ECONNREFUSED)',
    );
  });
});
