/** A played API server on loopback for tests of the transport, and kubeconfigs that lead to it. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createPlainServer } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Client } from '../../../src/cluster/client.ts';
import { type ConnectOptions, connect } from '../../../src/cluster/connect.ts';
import { type ClusterError, isClusterError } from '../../../src/cluster/refusal.ts';
import { createAuthority } from '../../kit/cluster/control/certificates.ts';

const authority = createAuthority('played-ca');

export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;
export type Handle = (request: Request, response: Response) => void;

export type Played = {
  readonly url: string;
  readonly port: number;
  /** Connections so far. */
  readonly connections: () => number;
  readonly requests: string[];
  /** Breaks every connection. */
  readonly drop: () => void;
  readonly close: () => void;
};

type Kind = 'http2' | 'http1' | 'plain';

const makeServer = (kind: Kind, handle: Handle, hosts: readonly string[]): Server => {
  if (kind === 'plain') return createPlainServer(handle);
  const pair = authority.issue({ name: 'played', hosts });
  if (kind === 'http1') return createTlsServer(pair, handle);
  return createSecureServer({ ...pair, allowHTTP1: true }, handle) as unknown as Server;
};

/** Starts a server; `hosts` are the names its certificate is good for. */
export const play = async (
  handle: Handle,
  kind: Kind = 'http2',
  hosts: readonly string[] = ['127.0.0.1'],
): Promise<Played> => {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const take: Handle = (request, response) => {
    requests.push(`${request.method} ${request.url} HTTP/${request.httpVersion}`);
    handle(request, response);
  };
  const server = makeServer(kind, take, hosts);
  server.on(kind === 'plain' ? 'connection' : 'secureConnection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `${kind === 'plain' ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    connections: () => connections,
    requests,
    drop,
    close: () => {
      drop();
      server.close();
    },
  };
};

export const json = (response: Response, status: number, body: unknown, headers: object = {}): void => {
  const send = response as ServerResponse;
  send.writeHead(status, { 'content-type': 'application/json', ...headers });
  send.end(JSON.stringify(body));
};

/** metav1.Status as the API server writes it. */
export const failure = (code: number, message: string, more: object = {}): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message,
  code,
  ...more,
});

export const folder = (): string => mkdtempSync(join(tmpdir(), 'kubeconfig-'));

/** Writes a file into a new folder and returns its path. */
export const written = (name: string, content: string | object, mode = 0o600): string => {
  const path = join(folder(), name);
  writeFileSync(path, typeof content === 'string' ? content : stringify(content), { mode });
  return path;
};

export type Users = Readonly<Record<string, object>>;

/** A kubeconfig with one cluster, and one context for each user; the first is current. */
export const config = (server: string, users: Users, cluster: object = {}): object => ({
  clusters: [
    {
      name: 'played',
      cluster: {
        server,
        'certificate-authority-data': Buffer.from(authority.cert).toString('base64'),
        ...cluster,
      },
    },
  ],
  users: Object.entries(users).map(([name, user]) => ({ name, user })),
  contexts: Object.keys(users).map(name => ({ name, context: { cluster: 'played', user: name } })),
  'current-context': Object.keys(users)[0],
});

const opened: Client[] = [];

/** A client for a kubeconfig file; closeClients ends it. */
export const client = async (
  kubeconfig: string,
  options: Partial<ConnectOptions> & { env?: Record<string, string> } = {},
): Promise<Client> => {
  const { env = {}, ...rest } = options;
  const signal = new AbortController().signal;
  const made = await connect(
    { cwd: '/', env: { PATH: process.env.PATH, ...env } },
    { kubeconfig, signal, ...rest },
  );
  opened.push(made);
  return made;
};

export const clientOf = (played: Played, options: Parameters<typeof client>[1] = {}, cluster: object = {}) =>
  client(written('config', config(played.url, { someone: { token: 'secret' } }, cluster)), options);

export const closeClients = (): void => {
  for (const one of opened.splice(0)) one.close();
};

/** The ClusterError that something ends with. */
export const refusal = async (work: Promise<unknown>): Promise<ClusterError> => {
  const error = await work.catch((thrown: unknown) => thrown);
  if (!isClusterError(error)) throw new Error(`No ClusterError, but ${error}`);
  return error;
};
