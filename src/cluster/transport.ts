/** Sends one request to the API server and hands over the answer as it arrives; knows neither JSON nor retries. */

import type { Agent, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Access } from './credentials.ts';
import { makeHttp1 } from './http1.ts';
import { makeHttp2 } from './http2.ts';

export type Outgoing = {
  readonly method: string;
  /** With its query, below the path of the server's URL. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | null;
  readonly signals: readonly AbortSignal[];
  /** Milliseconds until a connection must stand, and from then until the answer must begin. */
  readonly connectMs: number;
  readonly answerMs: number;
};

export type Arrived = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly stream: Readable;
};

export type Send<A = Arrived> = (access: Access, outgoing: Outgoing) => Promise<A>;

/** All members reject with a TransportError. */
export type Transport = {
  /** Over the one kept connection. */
  readonly send: Send;
  /** Over a connection of its own, for answers that go on. */
  readonly sendApart: Send;
  /** The agent that makes such connections. */
  readonly agentApart: (access: Access) => Agent;
  readonly close: () => void;
};

/**
 * HTTP/2 sends everything over one connection: measured at half the time of six HTTP/1.1 connections for a first round of six reads, and the same
 * afterwards. Proxies and servers that do not speak it get HTTP/1.1. `proxy` leads to the server, or is null.
 */
export const makeTransport = (server: URL, proxy: string | null): Transport => {
  const http1 = makeHttp1(server, proxy);
  const http2 = server.protocol === 'https:' && proxy === null ? makeHttp2(server) : null;
  return {
    send: async (access, outgoing) => (await http2?.send(access, outgoing)) ?? http1.send(access, outgoing),
    sendApart: http1.sendApart,
    agentApart: http1.agentApart,
    close: () => {
      http2?.close();
      http1.close();
    },
  };
};
