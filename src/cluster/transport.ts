/** Sends one request to the API server and hands over the answer as it arrives; knows neither JSON nor retries. */

import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import { onAbort } from './abort.ts';
import type { Access } from './credentials.ts';

export type Outgoing = {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | null;
  readonly signals: readonly AbortSignal[];
  /** Milliseconds until a connection must stand, and from then until the answer must begin. */
  readonly connectMs: number;
  readonly answerMs: number;
  /** Takes a connection of its own, for answers that go on. */
  readonly apart: boolean;
};

/** Why there was no answer. `sent` is false when the server cannot have seen the request. */
export class TransportError extends Error {
  readonly reason: 'aborted' | 'no-connection' | 'no-answer' | 'failed';
  readonly sent: boolean;
  /** Node's error code, such as ECONNREFUSED; empty when there is none. */
  readonly code: string;

  constructor(reason: TransportError['reason'], sent: boolean, cause: unknown) {
    super(cause instanceof Error ? cause.message : reason, { cause });
    this.name = 'TransportError';
    this.reason = reason;
    this.sent = sent;
    this.code = codeOf(cause);
  }
}

/** Addresses that were tried one after the other fail as one error with many causes. */
const codeOf = (cause: unknown): string => {
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  const code = (first as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
};

export type Transport = {
  readonly send: (access: Access, outgoing: Outgoing) => Promise<IncomingMessage>;
  readonly close: () => void;
};

/** At most six reads run at once, so six connections are all that is ever used. */
const mostSockets = 6;

/** Node gives up an address after 250 ms by default, which is less than a handshake takes around the world. */
const attemptMs = 3_000;

const makeAgent = (server: URL, proxy: string | null, access: Access, apart: boolean): HttpAgent => {
  if (access.socks !== null) return access.socks;
  const options = {
    ...access.tls,
    keepAlive: !apart,
    ...(!apart && { maxSockets: mostSockets }),
    autoSelectFamilyAttemptTimeout: attemptMs,
    ...(proxy !== null && { proxy }),
  };
  if (server.protocol === 'http:')
    return proxy === null ? new HttpAgent(options) : new HttpProxyAgent({ ...options, proxy });
  return proxy === null ? new Agent(options) : new HttpsProxyAgent({ ...options, proxy });
};

/** Calls `late` after the one time until the socket is connected, and after the other until there is an answer. */
const limit = (
  request: ClientRequest,
  outgoing: Outgoing,
  late: (connected: boolean) => void,
): (() => void) => {
  let timer = setTimeout(late, outgoing.connectMs, false);
  const connected = (): void => {
    clearTimeout(timer);
    timer = setTimeout(late, outgoing.answerMs, true);
  };
  request.once('socket', socket => {
    if (request.reusedSocket) connected();
    else socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
  });
  return () => clearTimeout(timer);
};

const start = (
  server: URL,
  agent: HttpAgent,
  outgoing: Outgoing,
  headers: OutgoingHttpHeaders,
): ClientRequest => {
  const make = server.protocol === 'https:' ? httpsRequest : httpRequest;
  return make({
    agent,
    method: outgoing.method,
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port || (server.protocol === 'https:' ? 443 : 80),
    path: `${server.pathname.replace(/\/$/, '')}${outgoing.path}`,
    headers: { ...headers, ...outgoing.headers },
  });
};

const exchange = (request: ClientRequest, outgoing: Outgoing): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    let sent = false;
    const fail = (reason: TransportError['reason'], cause?: unknown): void => {
      settle();
      reject(new TransportError(reason, sent, cause));
      request.destroy();
    };
    const stopTimer = limit(request, outgoing, connected => fail(connected ? 'no-answer' : 'no-connection'));
    const forget = onAbort(outgoing.signals, () => fail('aborted'));
    const settle = (): void => {
      stopTimer();
      forget();
    };
    // Until the connection stands nothing can have left.
    request.once('socket', socket => {
      if (request.reusedSocket) sent = true;
      else
        socket
          .once('secureConnect', () => {
            sent = true;
          })
          .once('connect', () => {
            sent = sent || request.protocol === 'http:';
          });
    });
    request.on('error', error => fail('failed', error));
    request.once('response', response => {
      settle();
      resolve(response);
    });
    request.end(outgoing.body ?? undefined);
  });

/** `proxy` leads to the server, or is null. */
export const makeTransport = (server: URL, proxy: string | null): Transport => {
  // Other credentials, other connections: a certificate belongs to its connection.
  const kept = new Map<Access, HttpAgent>();
  const agentOf = (access: Access): HttpAgent => {
    const known = kept.get(access);
    if (known !== undefined) return known;
    const agent = makeAgent(server, proxy, access, false);
    kept.set(access, agent);
    return agent;
  };
  return {
    send: (access, outgoing) => {
      const agent = outgoing.apart ? makeAgent(server, proxy, access, true) : agentOf(access);
      return exchange(start(server, agent, outgoing, access.headers), outgoing);
    },
    close: () => {
      for (const agent of kept.values()) agent.destroy();
    },
  };
};
