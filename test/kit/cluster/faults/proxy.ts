/** Owns a TLS proxy between a program and the API server that makes the trouble a test asks for. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import type { ControlPlane } from '../control/controlPlane.ts';
import { EXEC_TOKEN, writeConfig } from '../control/kubeconfig.ts';
import { portOf } from '../control/ports.ts';

/** One fault; a request that matches `when` (all, when absent) suffers it, `times` times at most. */
export type Fault = {
  readonly when?: (request: { readonly method: string; readonly url: string }) => boolean;
  readonly times?: number;
} & (
  | { readonly kind: 'delay'; readonly ms: number }
  | {
      readonly kind: 'answer';
      readonly status: 401 | 410 | 429 | 500 | 503;
      readonly message?: string;
      readonly retryAfter?: number;
    }
  /** The connection breaks after so many bytes of the answer. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** A watch ends after a while: cleanly, or with an ERROR event of status 410. */
  | { readonly kind: 'endWatch'; readonly afterMs: number; readonly gone?: boolean }
);

/** A running proxy. */
export type FaultProxy = {
  /** A kubeconfig that leads through the proxy, with all rights. */
  readonly kubeconfig: string;
  /** Requests that came, `METHOD url`, in their order. */
  readonly requests: readonly string[];
  /** From now on these faults happen; the first that matches counts, and delays besides. */
  set(...faults: Fault[]): void;
  /** Breaks every open connection. */
  drop(): void;
  stop(): Promise<void>;
};

type Live = Fault & { left: number };

/** Starts a proxy before a control plane. Without faults it changes nothing. */
export async function startFaultProxy(plane: ControlPlane): Promise<FaultProxy> {
  const pair = plane.authority.issue({ name: 'fault proxy', hosts: ['127.0.0.1', 'localhost'] });
  const sockets = new Set<TLSSocket>();
  const requests: string[] = [];
  let faults: Live[] = [];
  const server = createServer({ cert: pair.cert, key: pair.key }, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    pass(plane, request, response, faults).catch(() => response.destroy());
  });
  server.on('secureConnection', socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    requests.push(`${request.method} ${request.url}`);
    upgrade(plane, request, socket as TLSSocket, head);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const kubeconfig = join(plane.folder.path, `proxy-${portOf(server)}.kubeconfig`);
  writeConfig(kubeconfig, `https://127.0.0.1:${portOf(server)}`, plane.authority, [
    { name: 'through-proxy', user: { token: EXEC_TOKEN } },
  ]);
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    kubeconfig,
    requests,
    set(...next) {
      faults = next.map(fault => ({ ...fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
    },
    drop,
    stop() {
      drop();
      return new Promise(resolve => {
        server.close(() => resolve());
      });
    },
  };
}

// Delays add up with another fault; of the others the first that matches counts.
function faultsFor(
  request: IncomingMessage,
  faults: readonly Live[],
): { delay: number; fault: Live | undefined } {
  const asked = { method: request.method ?? '', url: request.url ?? '' };
  const matching = faults.filter(each => each.left > 0 && (each.when?.(asked) ?? true));
  const watching = /[?&]watch=(1|true)/.test(asked.url);
  const fault = matching.find(each => each.kind !== 'delay' && (each.kind !== 'endWatch' || watching));
  const delays = matching.filter(each => each.kind === 'delay');
  for (const each of [...delays, ...(fault ? [fault] : [])]) each.left -= 1;
  return { delay: delays.reduce((sum, each) => sum + (each.kind === 'delay' ? each.ms : 0), 0), fault };
}

async function pass(
  plane: ControlPlane,
  request: IncomingMessage,
  response: ServerResponse,
  faults: readonly Live[],
): Promise<void> {
  const { delay, fault } = faultsFor(request, faults);
  if (delay > 0) await sleep(delay);
  if (fault?.kind === 'answer') {
    request.resume();
    answer(response, fault);
    return;
  }
  const options = { method: request.method, headers: request.headers, ca: plane.authority.cert };
  const upstream = httpsRequest(plane.server + request.url, options, from => {
    response.writeHead(from.statusCode ?? 502, from.headers);
    response.flushHeaders();
    relay(from, response, fault);
  });
  upstream.on('error', () => response.destroy());
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

function answer(response: ServerResponse, fault: Live & { kind: 'answer' }): void {
  const { status, message = `The fault proxy answers ${status}.`, retryAfter } = fault;
  const reasons: Readonly<Record<number, string>> = {
    401: 'Unauthorized',
    410: 'Expired',
    429: 'TooManyRequests',
    500: 'InternalError',
    503: 'ServiceUnavailable',
  };
  const headers = {
    'content-type': 'application/json',
    ...(retryAfter && { 'retry-after': String(retryAfter) }),
  };
  response.writeHead(status, headers);
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: reasons[status],
    code: status,
  };
  response.end(JSON.stringify(body));
}

function relay(from: IncomingMessage, response: ServerResponse, fault: Live | undefined): void {
  let passed = 0;
  from.on('data', (chunk: Buffer) => {
    passed += chunk.length;
    response.write(chunk);
    if (fault?.kind === 'cut' && passed >= fault.afterBytes) response.destroy();
  });
  from.on('end', () => response.end());
  from.on('error', () => response.destroy());
  if (fault?.kind === 'endWatch') endLater(response, from, fault);
}

function endLater(response: ServerResponse, from: IncomingMessage, fault: Live & { kind: 'endWatch' }): void {
  const object = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'Expired',
    code: 410,
    message: 'too old resource version',
  };
  const timer = setTimeout(() => {
    if (fault.gone) response.write(`${JSON.stringify({ type: 'ERROR', object })}\n`);
    response.end();
    from.destroy();
  }, fault.afterMs);
  response.once('close', () => clearTimeout(timer));
}

// Port-forwards and the like: bytes both ways, the request as it came.
function upgrade(plane: ControlPlane, request: IncomingMessage, socket: TLSSocket, head: Buffer): void {
  const { hostname, port } = new URL(plane.server);
  const upstream = connect({ host: hostname, port: Number(port), ca: plane.authority.cert }, () => {
    const headers = rawHeaders(request.rawHeaders);
    upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers}\r\n`);
    upstream.write(head);
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  const end = () => {
    upstream.destroy();
    socket.destroy();
  };
  upstream.on('error', end);
  socket.on('error', end);
  socket.on('close', end);
}

function rawHeaders(raw: readonly string[]): string {
  const lines = raw.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${raw[i + 1]}`] : []));
  return `${lines.join('\r\n')}\r\n`;
}
