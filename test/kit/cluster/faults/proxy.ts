/** Owns a TLS proxy between a program and the API server that makes the trouble a test asks for. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { ControlPlane } from '../control/controlPlane.ts';
import { EXEC_TOKEN, writeConfig } from '../control/kubeconfig.ts';
import { portOf } from '../control/ports.ts';
import { turnAway, upgrade } from './upgrade.ts';

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
  /** Stands still before the API server sees the request, or when its answer begins, until told to go on. */
  | { readonly kind: 'hold'; readonly at: 'request' | 'answer'; readonly hold: () => Promise<void> }
);

/** A running proxy. */
export type FaultProxy = {
  /** A kubeconfig that leads through the proxy, with all rights. */
  readonly kubeconfig: string;
  /** Where it listens, `https://127.0.0.1:<port>`. */
  readonly server: string;
  /** Requests that came, `METHOD url`, in their order. */
  readonly requests: readonly string[];
  /** From now on these faults happen; the first that matches counts, and delays besides. */
  set(...faults: Fault[]): void;
  /** From now on this bearer token alone is let in, and others get a 401; that of the kubeconfig when absent. */
  letIn(token?: string): void;
  /** Requests that were not let in, `METHOD url`. */
  readonly turnedAway: readonly string[];
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
  const turnedAway: string[] = [];
  let faults: Live[] = [];
  let token = EXEC_TOKEN;
  const isLetIn = (request: IncomingMessage): boolean => {
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    const well = request.headers.authorization === `Bearer ${token}`;
    if (!well) turnedAway.push(line);
    return well;
  };
  const server = createServer({ cert: pair.cert, key: pair.key }, (request, response) => {
    if (isLetIn(request)) pass(plane, request, response, faults).catch(() => response.destroy());
    else answer(response, { status: 401 });
  });
  let stopped = false;
  server.on('secureConnection', socket => {
    // It was about to be made when all others were broken.
    if (stopped) socket.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    const { fault } = faultsFor(request, faults);
    if (!isLetIn(request)) turnAway(socket as TLSSocket);
    else if (fault?.kind === 'hold')
      fault.hold().then(() => upgrade(plane, request, socket as TLSSocket, head));
    else
      upgrade(
        plane,
        request,
        socket as TLSSocket,
        head,
        fault?.kind === 'cut' ? fault.afterBytes : undefined,
      );
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const kubeconfig = join(plane.folder.path, `proxy-${portOf(server)}.kubeconfig`);
  const address = `https://127.0.0.1:${portOf(server)}`;
  writeConfig(kubeconfig, address, plane.authority, [{ name: 'through-proxy', user: { token: EXEC_TOKEN } }]);
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    kubeconfig,
    server: address,
    requests,
    turnedAway,
    letIn(next = EXEC_TOKEN) {
      token = next;
    },
    set(...next) {
      faults = next.map(fault => ({ ...fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
    },
    drop,
    stop() {
      stopped = true;
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
  if (fault?.kind === 'hold' && fault.at === 'request') await fault.hold();
  if (response.destroyed) return;
  if (fault?.kind === 'answer') {
    request.resume();
    answer(response, fault);
    return;
  }
  const headers = { ...request.headers, authorization: `Bearer ${EXEC_TOKEN}` };
  const options = { method: request.method, headers, ca: plane.authority.cert };
  const upstream = httpsRequest(plane.server + request.url, options, from => {
    const pass = () => {
      response.writeHead(from.statusCode ?? 502, from.headers);
      response.flushHeaders();
      relay(from, response, fault);
    };
    if (fault?.kind === 'hold' && fault.at === 'answer') fault.hold().then(pass, () => response.destroy());
    else pass();
  });
  upstream.on('error', () => response.destroy());
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

type Refusal = Pick<Fault & { kind: 'answer' }, 'status' | 'message' | 'retryAfter'>;

function answer(response: ServerResponse, refusal: Refusal): void {
  const { status, message = `The fault proxy answers ${status}.`, retryAfter } = refusal;
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
