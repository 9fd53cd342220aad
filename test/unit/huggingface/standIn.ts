/** A stand-in for the Hub on loopback, because tests have no internet: it answers as the Hub was seen to, and notes what it was asked. */

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { HubAsk } from '../../../src/huggingface/hub.ts';
import type { Pair } from '../../kit/cluster/control/certificates.ts';
import { portOf } from '../../kit/cluster/control/ports.ts';

export type Played = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
  /** Takes the request and never answers. */
  readonly silent?: true;
  /** Cuts the connection. */
  readonly cut?: true;
};

type Play = Played | ((request: IncomingMessage, nth: number) => Played);

/** By path, or path and query; `*` for the rest. */
export type Plays = Readonly<Record<string, Play>>;

export type StandIn = {
  readonly port: number;
  /** `GET /path?query`, and ` with TOKEN` where there was one, in the order of arrival. */
  readonly asked: string[];
  readonly headers: IncomingMessage['headers'][];
  readonly stop: () => Promise<void>;
};

export const listening = async (server: Server): Promise<number> => {
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return portOf(server);
};

const stopping = (server: Server) => (): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const answer = (response: ServerResponse, played: Played): void => {
  if (played.silent) return;
  if (played.cut) {
    response.destroy();
    return;
  }
  const { status = 200, headers = {}, body = '' } = played;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

/** Anything that it does not know is no repository, as the Hub says it to those without a token. */
const unknownRepository: Played = {
  status: 401,
  headers: { 'X-Error-Code': 'RepoNotFound', 'X-Error-Message': 'Repository not found' },
};

export const startHub = async (plays: Plays, pair?: Pair): Promise<StandIn> => {
  const asked: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const listener: RequestListener = (request, response) => {
    const { url = '', headers: said } = request;
    const token =
      said.authorization === undefined ? '' : ` with ${said.authorization.replace('Bearer ', '')}`;
    asked.push(`${request.method} ${url}${token}`);
    headers.push(said);
    const nth = asked.filter(line => line.startsWith(`${request.method} ${url}`)).length;
    const play = plays[url] ?? plays[url.split('?')[0] ?? ''] ?? plays['*'] ?? unknownRepository;
    answer(response, typeof play === 'function' ? play(request, nth) : play);
  };
  const server = pair === undefined ? createServer(listener) : createTlsServer(pair, listener);
  const port = await listening(server);
  return { port, asked, headers, stop: stopping(server) };
};

export type StandInProxy = {
  readonly url: string;
  /** `host:port` of each CONNECT. */
  readonly connected: string[];
  readonly authorizations: (string | undefined)[];
  /** Connections that are open now. */
  readonly held: () => number;
  readonly stop: () => Promise<void>;
};

/** A proxy that leads every CONNECT to one port; or refuses with a status, or takes it and is silent. */
export const startProxy = async (to: number | 'silent' | `refuse ${number}`): Promise<StandInProxy> => {
  const connected: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const open = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(502).end());
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    connected.push(request.url ?? '');
    authorizations.push(request.headers['proxy-authorization']);
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
    // Servers of node:http keep their half open.
    socket.on('end', () => socket.end());
    if (to === 'silent') {
      socket.resume();
      return;
    }
    if (typeof to === 'string') {
      socket.end(`HTTP/1.1 ${to.replace('refuse ', '')} No\r\n\r\n`);
      return;
    }
    const upstream = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
  });
  const port = await listening(server);
  const stop = (): Promise<void> => {
    for (const socket of open) socket.destroy();
    return stopping(server)();
  };
  return { url: `http://127.0.0.1:${port}`, connected, authorizations, held: () => open.size, stop };
};

/** An environment with this Hub in it. */
export const hubEnv = (hub: StandIn, more: Readonly<Record<string, string>> = {}) => ({
  HF_ENDPOINT: `http://127.0.0.1:${hub.port}`,
  ...more,
});

export const ioWith = (env: Readonly<Record<string, string | undefined>>) => ({ env, version: '0.0.0' });

export const model = 'acme/small-model';
export const commit = '0123456789abcdef0123456789abcdef01234567';
export const token = 'hf_stillAGoodTokenForTests';

export const question = (more: Partial<HubAsk> = {}): HubAsk => ({
  model,
  revision: 'main',
  token: null,
  timeoutMs: 5000,
  signal: new AbortController().signal,
  ...more,
});

export const gib = 1024 ** 3;

/** What the Hub says of a model that everybody may read. */
export const card = (more: Readonly<Record<string, unknown>> = {}) => ({
  id: model,
  sha: commit,
  private: false,
  gated: false,
  disabled: false,
  siblings: [
    { rfilename: '.gitattributes', size: 100 },
    { rfilename: 'config.json', size: 1000 },
    { rfilename: 'tokenizer_config.json', size: 500 },
    { rfilename: 'model-00001-of-00002.safetensors', size: 4 * gib, lfs: { size: 4 * gib } },
    { rfilename: 'model-00002-of-00002.safetensors', size: 3 * gib, lfs: { size: 3 * gib } },
  ],
  ...more,
});

export const paths = {
  card: `/api/models/${model}`,
  config: `/${model}/resolve/main/config.json`,
  tokenizer: `/${model}/resolve/${commit}/tokenizer_config.json`,
  index: `/${model}/resolve/${commit}/model.safetensors.index.json`,
  whoami: '/api/whoami-v2',
};

/** All that is asked about a healthy model. */
export const healthy: Plays = {
  [paths.card]: { body: card() },
  [paths.config]: { headers: { 'X-Repo-Commit': commit }, body: { architectures: ['LlamaForCausalLM'] } },
  [paths.tokenizer]: { body: { chat_template: '{{ messages }}' } },
};

export const refusal = (status: number, code: string, words = ''): Played => ({
  status,
  headers: {
    ...(code === '' ? {} : { 'X-Error-Code': code }),
    ...(words === '' ? {} : { 'X-Error-Message': words }),
  },
  body: words === '' ? '' : { error: words },
});
