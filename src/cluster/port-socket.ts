/** The websocket of a port-forward, by client-node's PortForward, with what that leaves out: our credentials, refusals in full, pausing. */

import type { ClientRequest, IncomingMessage } from 'node:http';
import { PassThrough, Writable } from 'node:stream';
import { type KubeConfig, PortForward } from '@kubernetes/client-node';
import type { Access } from './credentials.ts';
import type { Line } from './exchange.ts';

/** The parts of a `ws` WebSocket that are used. */
export type PortSocket = {
  readonly pause: () => void;
  readonly resume: () => void;
  /** `done` is called when the bytes have left for the network. */
  readonly send: (bytes: Buffer, done: (error?: Error) => void) => void;
  readonly terminate: () => void;
  readonly once: ((event: 'open', act: () => void) => void) &
    ((event: 'error', act: (error: Error) => void) => void) &
    ((event: 'close', act: (code: number) => void) => void) &
    ((
      event: 'unexpected-response',
      act: (request: ClientRequest, response: IncomingMessage) => void,
    ) => void);
};

export type Pod = { readonly namespace: string; readonly name: string; readonly port: number };

export type Dialled = { readonly request: ClientRequest; readonly socket: PortSocket };

const sink = (take: (bytes: Buffer) => void): Writable =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      take(chunk);
      done();
    },
  });

/** Gets what the pod sends, and what the kubelet says went wrong. */
export type Listener = {
  readonly data: (bytes: Buffer) => void;
  readonly error: (bytes: Buffer) => void;
};

/** Begins to open the socket; resolves before anything has been sent. */
export const dial = (line: Line, access: Access, pod: Pod, listener: Listener): Promise<Dialled> =>
  new Promise((resolve, reject) => {
    // All that PortForward asks of a KubeConfig. A real one would run the credential plugin again, and open its own way to the server.
    const config = {
      getCurrentCluster: () => ({ server: line.target.server }),
      applyToHTTPSOptions: async (options: object) => {
        Object.assign(options, {
          agent: line.transport.agentApart(access),
          headers: { 'User-Agent': line.userAgent, ...access.headers },
          perMessageDeflate: false,
          finishRequest: (request: ClientRequest, socket: PortSocket) => {
            resolve({ request, socket });
            request.end();
          },
        });
      },
    };
    // What is sent goes straight to the socket, which tells when it has left; this input stays silent.
    const silent = new PassThrough();
    new PortForward(config as unknown as KubeConfig)
      .portForward(
        encodeURIComponent(pod.namespace),
        encodeURIComponent(pod.name),
        [pod.port],
        sink(listener.data),
        sink(listener.error),
        silent,
      )
      .catch(reject);
  });
