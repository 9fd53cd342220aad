/** How askHub gets to a Hub and what it says when it does not; Hub and proxies are stand-ins on loopback, because tests have no internet. */

import { createServer as createHttp } from 'node:http';
import { createServer as createTcp, type Server } from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { askHub } from '../../../src/huggingface/hub.ts';
import { type Authority, createAuthority } from '../../kit/cluster/control/certificates.ts';
import { freePorts } from '../../kit/cluster/control/ports.ts';
import {
  card,
  healthy,
  hubEnv,
  ioWith,
  listening,
  model,
  type Plays,
  paths,
  question,
  startHub,
  startProxy,
  token,
} from './standIn.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const stop of stops.splice(0)) await stop();
});

const hubOf = async (plays: Plays, authority?: Authority) => {
  const hub = await startHub(plays, authority?.issue({ name: 'stand-in', hosts: ['hub.test', '127.0.0.1'] }));
  stops.push(hub.stop);
  return hub;
};

const proxyOf = async (to: Parameters<typeof startProxy>[0]) => {
  const proxy = await startProxy(to);
  stops.push(proxy.stop);
  return proxy;
};

/** As NODE_EXTRA_CA_CERTS does, which counts only when a process starts. */
const trust = (authority: Authority): void => {
  const { createSecureContext } = tls;
  vi.spyOn(tls, 'createSecureContext').mockImplementation(options =>
    createSecureContext({ ...options, ca: authority.cert }),
  );
};

const ask = (env: Readonly<Record<string, string>>, more: Parameters<typeof question>[0] = {}) =>
  askHub(ioWith(env), question(more));

describe('a proxy', () => {
  it('leads to the Hub, with a token over TLS, over few connections', async () => {
    const authority = createAuthority('authority');
    trust(authority);
    const hub = await hubOf(healthy, authority);
    const proxy = await proxyOf(hub.port);
    const facts = await ask({ HF_ENDPOINT: 'https://hub.test', HTTPS_PROXY: proxy.url }, { token });
    expect([facts.verdict, facts.withToken, facts.chatTemplate]).toEqual(['found', true, true]);
    expect(proxy.connected).toEqual(['hub.test:443', 'hub.test:443']);
    expect(hub.asked).toContain(`GET ${paths.config} with ${token}`);
  });
  it('gets its name and password, and nobody else does', async () => {
    const hub = await hubOf(healthy);
    const proxy = await proxyOf(hub.port);
    const facts = await ask({
      HF_ENDPOINT: 'http://hub.test',
      http_proxy: proxy.url.replace('//', '//me:s%20cret@'),
    });
    expect(facts.verdict).toBe('found');
    expect(proxy.authorizations[0]).toBe(`Basic ${Buffer.from('me:s cret').toString('base64')}`);
    expect(hub.headers[0]?.['proxy-authorization']).toBeUndefined();
  });
  it.each([
    ['HTTPS_PROXY only', { HTTPS_PROXY: 'http://127.0.0.1:1' }],
    ['NO_PROXY', { ALL_PROXY: 'http://127.0.0.1:1', NO_PROXY: 'hub.test' }],
  ])('is not used for http with %s', async (_, env) => {
    const facts = await ask({ HF_ENDPOINT: 'http://hub.test', ...env });
    // The name does not exist: whoever asks for it went straight there.
    expect(facts.message).toMatch(/^http:\/\/hub\.test .*(DNS|network)/);
  });
  it('is not used for this machine', async () => {
    const hub = await hubOf(healthy);
    const facts = await ask(hubEnv(hub, { ALL_PROXY: 'http://127.0.0.1:1' }));
    expect(facts.verdict).toBe('found');
  });
  it.each([
    [403, /does not let a connection to https:\/\/hub\.test through \(403\)/],
    [407, /\(407\); it wants a name and password/],
  ] as const)('may refuse with %d', async (status, words) => {
    const proxy = await proxyOf(`refuse ${status}`);
    const env = { HF_ENDPOINT: 'https://hub.test', HTTPS_PROXY: proxy.url.replace('//', '//me:secret@') };
    const facts = await ask(env, { token });
    expect(facts.verdict).toBe('unknown');
    expect(facts.message).toMatch(words);
    expect(facts.message).toContain(proxy.url);
    expect(facts.message).not.toContain('secret');
  });
  it('may be silent, and holds nothing up when all is over', async () => {
    const proxy = await proxyOf('silent');
    const env = { HF_ENDPOINT: 'https://hub.test', HTTPS_PROXY: proxy.url };
    const facts = await ask(env, { timeoutMs: 300 });
    expect(facts.message).toBe(
      `https://hub.test did not answer within 0.3 s through the proxy ${proxy.url}.`,
    );
    expect(proxy.connected).not.toEqual([]);
    await vi.waitFor(() => expect(proxy.held()).toBe(0));
  });
  it('may not be there', async () => {
    const [port] = await freePorts(1);
    const facts = await ask({ HF_ENDPOINT: 'https://hub.test', HTTPS_PROXY: `127.0.0.1:${port}` });
    expect(facts.message).toMatch(/^The proxy http:\/\/127\.0\.0\.1:\d+.*refuses the connection\.$/);
  });
  it.each(['socks5://127.0.0.1:1080', 'http://['])('may be of no use: %s', async proxy => {
    const facts = await ask({ HF_ENDPOINT: 'https://hub.test', ALL_PROXY: proxy });
    expect(facts.verdict).toBe('unknown');
    expect(facts.message).toMatch(/^The proxy .*(not an HTTP proxy|no address)/);
  });
});

describe('a Hub that does not answer', () => {
  it('is given up when the time is over; what is known stays known', async () => {
    const hub = await hubOf({ ...healthy, [paths.config]: { silent: true } });
    const facts = await ask(hubEnv(hub), { timeoutMs: 400 });
    expect(facts).toMatchObject({ verdict: 'found', id: model });
    expect(facts.message).toBe(`http://127.0.0.1:${hub.port} did not answer within 0.4 s.`);
  });
  it('is unknown when it says nothing at all', async () => {
    const hub = await hubOf({ '*': { silent: true } });
    const facts = await ask(hubEnv(hub), { timeoutMs: 200 });
    expect(facts.verdict).toBe('unknown');
    expect(facts.message).toContain('did not answer within 0.2 s');
  });
  it('keeps nobody who wants to leave', async () => {
    const hub = await hubOf({ '*': { silent: true } });
    const leaving = new AbortController();
    const asking = ask(hubEnv(hub), { timeoutMs: 60_000, signal: leaving.signal });
    setTimeout(() => leaving.abort(), 50);
    expect((await asking).message).toContain('interrupted');
    expect((await ask(hubEnv(hub), { signal: leaving.signal })).verdict).toBe('unknown');
  });
  it('refuses, is cut, or has no name', async () => {
    const [port] = await freePorts(1);
    const hub = await hubOf({ '*': { cut: true } });
    const said = await Promise.all([
      ask({ HF_ENDPOINT: `http://127.0.0.1:${port}` }),
      ask(hubEnv(hub)),
      ask({ HF_ENDPOINT: 'https://hub.invalid' }),
    ]);
    expect(said.map(facts => facts.verdict)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(said[0].message).toContain('refuses the connection');
    expect(said[1].message).toContain('was cut');
    expect(said[2].message).toContain('DNS');
    // Cut once may be chance: each question is asked once more, on a connection of its own.
    expect(hub.asked.filter(line => line === `GET ${paths.config}`)).toHaveLength(2);
  });
  it('has a certificate that nobody trusts', async () => {
    const hub = await hubOf(healthy, createAuthority('authority'));
    const facts = await ask({ HF_ENDPOINT: `https://127.0.0.1:${hub.port}` }, { token });
    expect(facts.verdict).toBe('unknown');
    expect(facts.message).toMatch(/^TLS .*NODE_EXTRA_CA_CERTS/);
  });
  it('does not speak HTTP', async () => {
    const server: Server = createTcp(socket => {
      socket.on('error', () => socket.destroy());
      socket.resume().end('hello\r\n\r\n');
    });
    const port = await listening(server as never);
    stops.push(
      () =>
        new Promise(resolve => {
          server.close(() => resolve());
        }),
    );
    const facts = await ask({ HF_ENDPOINT: `http://127.0.0.1:${port}` });
    expect(facts.verdict).toBe('unknown');
    expect(facts.message).toContain('cannot be reached');
  });
  it('says more than anybody wants to read', async () => {
    const hub = await hubOf({ ...healthy, [paths.config]: { body: 'x'.repeat(2 ** 20 + 1) } });
    const facts = await ask(hubEnv(hub));
    expect(facts).toMatchObject({ verdict: 'found', config: null });
    expect(facts.message).toContain('more than 1024 KiB');
  });
});

describe('redirects', () => {
  it('to another host go without the token', async () => {
    const files = await hubOf({ '/file': { body: { model_type: 'there' } } });
    const hub = await hubOf({
      ...healthy,
      [paths.config]: { status: 302, headers: { Location: `http://127.0.0.1:${files.port}/file` } },
    });
    const facts = await ask(hubEnv(hub), { token });
    expect([facts.verdict, facts.config]).toEqual(['found', '{"model_type":"there"}']);
    expect(files.asked).toEqual(['GET /file']);
    expect(hub.asked).toContain(`GET ${paths.config} with ${token}`);
  });
  it('do not go round for ever', async () => {
    const hub = await hubOf({ '*': { status: 307, headers: { Location: '/again' } } });
    const facts = await ask(hubEnv(hub));
    expect([facts.verdict, facts.message]).toEqual([
      'unknown',
      `http://127.0.0.1:${hub.port} sends on more than 5 times.`,
    ]);
  });
  it.each(['http://[', 'ftp://elsewhere/file'])('to %s are not followed', async location => {
    const hub = await hubOf({ '*': { status: 302, headers: { Location: location } } });
    expect((await ask(hubEnv(hub))).message).toContain('sends on to');
  });
  it('from TLS to plain text are not followed', async () => {
    const authority = createAuthority('authority');
    trust(authority);
    const plain = await hubOf({ '*': { body: card() } });
    const away = { status: 302, headers: { Location: `http://127.0.0.1:${plain.port}/` } };
    const hub = await hubOf({ '*': away }, authority);
    const facts = await ask({ HF_ENDPOINT: `https://127.0.0.1:${hub.port}` }, { token });
    expect(facts.message).toContain('not encrypted');
    expect(plain.asked).toEqual([]);
  });
});

describe('credentials', () => {
  it('go nowhere in the open', async () => {
    const hub = await hubOf(healthy);
    const proxy = await proxyOf(hub.port);
    const facts = await ask({ HF_ENDPOINT: 'http://hub.test', HTTP_PROXY: proxy.url }, { token });
    expect(facts).toMatchObject({ verdict: 'found', withToken: false });
    expect(facts.message).toBe(
      'The token was not sent, because the way to http://hub.test is not encrypted.',
    );
    expect(hub.headers.every(headers => headers.authorization === undefined)).toBe(true);
  });
  it('of a mirror stand in its address and are told to nobody', async () => {
    const hub = await hubOf(healthy);
    const facts = await ask({ HF_ENDPOINT: `http://me:pass%2Fword@127.0.0.1:${hub.port}` });
    expect([facts.verdict, facts.endpoint]).toEqual(['found', `http://127.0.0.1:${hub.port}`]);
    expect(hub.headers[0]?.authorization).toBe(`Basic ${Buffer.from('me:pass/word').toString('base64')}`);
  });
});

it('leaves no connection behind', async () => {
  let opened = 0;
  let open = 0;
  const server = createHttp((_, response) => response.end(JSON.stringify(card())));
  server.keepAliveTimeout = 600_000;
  server.on('connection', socket => {
    opened++;
    open++;
    socket.on('close', () => open--);
  });
  stops.push(
    () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const port = await listening(server);
  await ask({ HF_ENDPOINT: `http://127.0.0.1:${port}` });
  expect(opened).toBeGreaterThan(0);
  await vi.waitFor(() => expect(open).toBe(0));
});
