/** Requests by HTTP/1.1: connections of their own for answers that go on, and kept ones where HTTP/2 is not to be had. */

import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import { onAbort } from './abort.ts';
import type { Access } from './credentials.ts';
import type { Arrived, Outgoing, Send } from './transport.ts';
import { attemptMs, hostOf, idleMs, pathOf, portOf, TransportError } from './transport-error.ts';

/** At most six reads run at once, so six connections are all that is ever used. */
const mostSockets = 6;

/** Silence after which the system asks whether the peer is still there; ten probes, a second apart, decide. */
const probeMs = 30_000;

/** Keeps connections when `most` says how many, makes one for each request otherwise. TLS sessions are resumed within one agent. */
const makeAgent = (server: URL, proxy: string | null, access: Access, most: number | null): HttpAgent => {
  if (access.socks !== null) return access.socks;
  const options = {
    ...access.tls,
    ...(most !== null && { keepAlive: true, maxSockets: most, timeout: idleMs }),
    autoSelectFamilyAttemptTimeout: attemptMs,
  };
  if (server.protocol === 'http:')
    return proxy === null ? new HttpAgent(options) : new HttpProxyAgent({ ...options, proxy });
  return proxy === null ? new Agent(options) : new HttpsProxyAgent({ ...options, proxy });
};

const start = (server: URL, agent: HttpAgent, access: Access, outgoing: Outgoing): ClientRequest =>
  (server.protocol === 'https:' ? httpsRequest : httpRequest)({
    agent,
    method: outgoing.method,
    host: hostOf(server),
    port: portOf(server),
    path: pathOf(server, outgoing.path),
    headers: { ...access.headers, ...outgoing.headers },
  });

/** Calls back once the request has a connection that stands: nothing can have left before. */
const whenConnected = (request: ClientRequest, act: () => void): void => {
  const watch = (socket: Socket): void => {
    if (request.reusedSocket) act();
    else socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', act);
  };
  if (request.socket) watch(request.socket);
  else request.once('socket', watch);
};

export const arrivedFrom = (response: IncomingMessage): Arrived => ({
  status: response.statusCode ?? 0,
  headers: response.headers,
  stream: response,
});

/** How the answer of a request is heard, and what has to go when none is wanted any more. */
type Answering = {
  readonly listen: (heard: {
    readonly answered: (arrived: Arrived) => void;
    readonly failed: (error: unknown) => void;
  }) => void;
  readonly abandon: () => void;
};

/** Waits for a connection and for an answer, each in its time. Errors: TransportError, which says whether anything was sent. */
export const untilAnswered = (
  request: ClientRequest,
  outgoing: Outgoing,
  { listen, abandon }: Answering,
): Promise<Arrived> =>
  new Promise((resolve, reject) => {
    let sent = false;
    const fail = (reason: TransportError['reason'], cause?: unknown): void => {
      settle();
      reject(new TransportError(reason, sent, cause));
      abandon();
    };
    let timer = setTimeout(fail, outgoing.connectMs, 'no-connection');
    whenConnected(request, () => {
      sent = true;
      clearTimeout(timer);
      timer = setTimeout(fail, outgoing.answerMs, 'no-answer');
    });
    const forget = onAbort(outgoing.signals, () => fail('aborted'));
    const settle = (): void => {
      clearTimeout(timer);
      forget();
    };
    const answered = (arrived: Arrived): void => {
      settle();
      resolve(arrived);
    };
    listen({ answered, failed: error => fail('failed', error) });
  });

const exchange = (request: ClientRequest, outgoing: Outgoing): Promise<Arrived> => {
  const arrived = untilAnswered(request, outgoing, {
    abandon: () => request.destroy(),
    listen: ({ answered, failed }) => {
      request.on('error', failed);
      request.once('response', response => answered(arrivedFrom(response)));
    },
  });
  request.end(outgoing.body ?? undefined);
  return arrived;
};

export type Http1 = {
  readonly send: Send;
  readonly sendApart: Send;
  readonly agentApart: (access: Access) => HttpAgent;
  readonly close: () => void;
};

type Sender = {
  readonly send: Send;
  readonly agentOf: (access: Access) => HttpAgent;
  readonly close: () => void;
};

export const makeHttp1 = (server: URL, proxy: string | null): Http1 => {
  const sender = (most: number | null): Sender => {
    // Other credentials, other connections: a certificate belongs to its connection.
    const agents = new Map<Access, HttpAgent>();
    const agentOf = (access: Access): HttpAgent => {
      const agent = agents.get(access) ?? makeAgent(server, proxy, access, most);
      agents.set(access, agent);
      return agent;
    };
    return {
      agentOf,
      send: (access, outgoing) => {
        const request = start(server, agentOf(access), access, outgoing);
        // A peer that has gone is noticed within a minute, however silent the answer is.
        request.setSocketKeepAlive(true, probeMs);
        return exchange(request, outgoing);
      },
      close: () => {
        for (const agent of agents.values()) agent.destroy();
      },
    };
  };
  const kept = sender(mostSockets);
  const apart = sender(null);
  return {
    send: kept.send,
    sendApart: apart.send,
    agentApart: apart.agentOf,
    close: () => {
      kept.close();
      apart.close();
    },
  };
};
