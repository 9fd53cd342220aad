/** Owns playing the distant servers of a story, Hugging Face and the image registry: one TLS server, reached by proxy or HF_ENDPOINT. */

import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import type { Authority } from '../control/certificates.ts';
import { portOf } from '../control/ports.ts';
import { modelAnswer } from './huggingface.ts';
import type { Answer, Answers, Loaded } from './story.ts';

/** The environment by which the program finds the played servers. */
export type Network = {
  readonly env: Readonly<Record<string, string>>;
  /** A proxy that takes connections and never answers. */
  readonly silentProxy: string;
  stop(): Promise<void>;
};

const HUB = 'huggingface.co';
const REGISTRY = 'nvcr.io';

/** Starts the servers of one story; `caFile` holds the authority's certificate. */
export async function startNetwork(loaded: Loaded, authority: Authority, caFile: string): Promise<Network> {
  const hosts = [HUB, REGISTRY, 'authn.nvidia.com', 'localhost', '127.0.0.1'];
  const pair = authority.issue({ name: 'distant servers', hosts });
  const server = createTlsServer({ cert: pair.cert, key: pair.key }, (request, response) => {
    answer(request, response, answerFor(request, loaded));
  });
  await listening(server);
  const blocked = blockedForCli(loaded);
  const proxy = createHttpServer((_, response) => response.writeHead(502).end());
  proxy.on('connect', (_: IncomingMessage, socket: Socket) => {
    if (!blocked) tunnel(socket, portOf(server));
  });
  await listening(proxy);
  const silent = createTcpServer(() => {});
  await listening(silent);
  const proxyUrl = `http://127.0.0.1:${portOf(proxy)}`;
  const endpoint = blocked ? `https://${HUB}` : `https://localhost:${portOf(server)}`;
  return {
    silentProxy: `http://127.0.0.1:${portOf(silent)}`,
    env: {
      HF_ENDPOINT: endpoint,
      HTTPS_PROXY: proxyUrl,
      NO_PROXY: '127.0.0.1,localhost',
      NODE_EXTRA_CA_CERTS: caFile,
    },
    async stop() {
      server.closeAllConnections();
      proxy.closeAllConnections();
      silent.close();
      await Promise.all([close(server), close(proxy)]);
    },
  };
}

function blockedForCli({ story }: Loaded): boolean {
  const from = story.network?.from as { cli?: string } | undefined;
  return from?.cli === 'blocked';
}

function tunnel(socket: Socket, port: number): void {
  const upstream = connect(port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  upstream.on('error', () => socket.destroy());
  socket.on('error', () => upstream.destroy());
}

function answerFor(request: IncomingMessage, loaded: Loaded): Answer {
  const { network } = loaded.story;
  const registry = (request.headers.host ?? '').startsWith(REGISTRY);
  const given = find(registry ? network?.registry : network?.huggingface, request);
  if (given?.anonymous !== undefined && !request.headers.authorization) return { status: given.anonymous };
  if (given?.profile) return modelAnswer(`GET /api/models/${given.profile}`, true, loaded.profiles);
  if (given) return given;
  // A registry that is not spoken of has every image.
  if (registry) return { status: 200, body: {} };
  return modelAnswer(`GET ${request.url}`, request.headers.authorization !== undefined, loaded.profiles);
}

function find(answers: Answers | undefined, request: IncomingMessage): Answer | undefined {
  if (!answers) return undefined;
  const path = decodeURIComponent(request.url ?? '');
  const exact = answers[`${request.method} ${path}`] ?? answers[`GET ${path}`];
  return (
    exact ??
    answers[`${request.method} ${path.split('?')[0]}`] ??
    answers[`GET ${path.split('?')[0]}`] ??
    answers['*']
  );
}

function answer(request: IncomingMessage, response: ServerResponse, what: Answer): void {
  request.resume();
  // The connection stays open and nothing comes: what a blocked route looks like.
  if (what.timeout) return;
  const text = what.text ?? (what.body === undefined ? '' : JSON.stringify(what.body));
  response.writeHead(what.status ?? 200, { 'content-type': 'application/json', ...what.headers });
  response.end(request.method === 'HEAD' ? undefined : text);
}

type Listener = { listen(port: number, host: string, listening: () => void): unknown };

function listening(server: Listener): Promise<void> {
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
}

function close(server: Pick<Server, 'close'>): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
  });
}
