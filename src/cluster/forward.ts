/** A way from a local port to a pod: connections are forwarded with back-pressure, and find another ready pod when theirs dies. */

import { createServer, type Server, type Socket } from 'node:net';
import type { Send } from '../core/probe.ts';
import type { Channel, Client } from './client.ts';
import { ClusterError, isClusterError } from './refusal.ts';
import { createSender } from './send.ts';
import { createStreamer, type OpenStream } from './stream.ts';
import { followPods, listPods, type Pods } from './tunnel-pods.ts';
import { type Destination, destinationOf, type Place, readyPlace } from './tunnel-target.ts';

export type Tunnel = {
  /** Sends one HTTP request through the tunnel; a tunnel that is broken is an answer. Rejects with `interrupted` only. */
  readonly send: Send;
  /** The same, with an answer that is read while it arrives. */
  readonly stream: OpenStream;
  /** Such as http://127.0.0.1:41234 */
  readonly url: string;
  /** Rejects when the cluster says no for good (forbidden, unauthorized, credentials); otherwise stays open until the end. */
  readonly refused: Promise<never>;
  /** Ends everything that was opened. */
  readonly close: () => Promise<void>;
};

export type TunnelAsk = {
  readonly namespace: string;
  readonly service: string;
  /** Port of the Service. */
  readonly port: number;
  /** Labels of the pods, for a Service that has no selector. */
  readonly podSelector: string;
  /** Where connections are taken; a free port of 127.0.0.1 when absent. `send` and `stream` go to 127.0.0.1 in any case. */
  readonly listen?: Listening;
  readonly signal: AbortSignal;
};

/** Port 0 stands for a free one. */
export type Listening = { readonly address: string; readonly port: number };

export type PodTunnelAsk = {
  readonly namespace: string;
  readonly podSelector: string;
  /** Port of the container, by number or name. */
  readonly port: number | string;
  readonly signal: AbortSignal;
};

/** What all connections of one tunnel share. */
type Way = {
  readonly client: Client;
  readonly destination: Destination;
  readonly pods: Pods;
  /** The pod that failed last, which is not taken again while there is another. */
  failed: string | null;
  /** Why the last connection led nowhere. */
  problem: string;
  readonly refuse: (error: ClusterError) => void;
  /** Local connections, and the pod that each leads to once it does. */
  readonly sockets: Map<Socket, string | null>;
};

const final: readonly string[] = ['forbidden', 'unauthorized', 'credentials'];

const note = (way: Way, error: unknown): void => {
  way.problem = error instanceof Error ? error.message : String(error);
  if (isClusterError(error) && final.includes(error.kind)) way.refuse(error);
};

const forget = (way: Way, place: Place): void => {
  way.failed = place.name;
};

const placeOf = async (way: Way): Promise<Place> => {
  const place = await way.pods.choose(way.failed);
  if (place !== null) return place;
  throw new ClusterError('not-found', `No pod with ${way.destination.selector} is ready.`);
};

/** A pod that is gone refuses: the next ready one gets the same connection. */
const openChannel = async (way: Way): Promise<{ channel: Channel; place: Place }> => {
  const place = await placeOf(way);
  try {
    return { channel: await way.client.openPort(place), place };
  } catch (error) {
    if (isClusterError(error) && final.includes(error.kind)) throw error;
    forget(way, place);
    const next = await placeOf(way);
    if (next.name === place.name) throw error;
    return { channel: await way.client.openPort(next), place: next };
  }
};

/** Bytes both ways. Each side's end ends the other; what was received before the end is still delivered. */
const join = (way: Way, socket: Socket, { channel, place }: { channel: Channel; place: Place }): void => {
  const { stream } = channel;
  way.sockets.set(socket, place.name);
  let received = false;
  // Which side ended first: what a connection that was given up here says of its end tells nothing about the pod.
  let first: 'pod' | 'local' | null = null;
  stream.once('data', () => {
    received = true;
  });
  const end = (): void => {
    first ??= 'pod';
    stream.destroy();
    if (!socket.destroyed) socket.destroySoon();
  };
  stream.on('error', error => {
    if (first === null) {
      note(way, error);
      forget(way, place);
    }
    end();
  });
  stream.once('end', end);
  stream.once('close', end);
  socket.once('close', () => {
    first ??= 'local';
    stream.destroy();
  });
  channel.ended.then(
    problem => {
      if (first === 'local' || (problem === null && received)) return;
      if (problem !== null) note(way, new Error(problem));
      forget(way, place);
    },
    error => note(way, error),
  );
  stream.pipe(socket);
  socket.pipe(stream);
};

const accept = async (way: Way, socket: Socket): Promise<void> => {
  way.sockets.set(socket, null);
  socket.on('error', () => socket.destroy());
  socket.once('close', () => way.sockets.delete(socket));
  socket.setNoDelay(true);
  try {
    const opened = await openChannel(way);
    way.problem = '';
    if (socket.destroyed) opened.channel.stream.destroy();
    else join(way, socket, opened);
  } catch (error) {
    note(way, error);
    socket.destroy();
  }
};

const loopback: Listening = { address: '127.0.0.1', port: 0 };

const listen = (server: Server, { address: host, port }: Listening): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });

/** Connections to a pod that is gone end; the next request finds another. */
const lose = (way: Way, name: string): void => {
  for (const [socket, pod] of way.sockets) {
    if (pod !== name) continue;
    way.problem = `the pod ${name} is gone`;
    socket.destroy();
  }
};

type Opening = {
  readonly destination: Destination;
  readonly podsFor: (signal: AbortSignal, onLost: (name: string) => void) => Pods;
  readonly listen: Listening;
  readonly signal: AbortSignal;
};

const urlOf = ({ address }: Listening, port: number): string =>
  `http://${address.includes(':') ? `[${address}]` : address}:${port}`;

const open = async (client: Client, opening: Opening): Promise<Tunnel> => {
  const { destination, podsFor, signal } = opening;
  let refuse: (error: ClusterError) => void = () => {};
  const refused = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  // Nobody has to listen to it.
  refused.catch(() => {});
  const ended = new AbortController();
  const way: Way = {
    client,
    destination,
    pods: podsFor(AbortSignal.any([signal, ended.signal]), name => lose(way, name)),
    failed: null,
    problem: '',
    refuse,
    sockets: new Map(),
  };
  const server = createServer(socket => void accept(way, socket));
  const port = await listen(server, opening.listen).catch(error => {
    ended.abort();
    throw error;
  });
  const sender = createSender(port, signal, () => way.problem);
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', stop);
    ended.abort();
    sender.close();
    const closed = new Promise<void>(resolve => server.close(() => resolve()));
    for (const socket of way.sockets.keys()) socket.destroy();
    await closed;
  };
  const stop = (): void => void close();
  signal.addEventListener('abort', stop, { once: true });
  const stream = createStreamer(port, signal, () => way.problem);
  return { send: sender.send, stream, url: urlOf(opening.listen, port), refused, close };
};

/**
 * Opens a way to a Service on a free loopback port. Each local connection is one connection to a ready pod; the pods are followed
 * by one watch as long as the tunnel is open.
 * Errors: ClusterError when the Service cannot be read or has no such port; that no pod is ready yet is none. Node's own error
 * (EADDRINUSE, …) when the place to listen at cannot be had.
 */
export const openTunnel = async (client: Client, ask: TunnelAsk): Promise<Tunnel> => {
  const { signal } = ask;
  const destination = await destinationOf(client, ask);
  return open(client, {
    destination,
    podsFor: (until, onLost) => followPods(client, destination, until, onLost),
    listen: ask.listen ?? loopback,
    signal,
  });
};

/** The same to one pod of a component, for a few requests; null when none of its pods is ready. Errors: ClusterError. */
export const openPodTunnel = async (client: Client, ask: PodTunnelAsk): Promise<Tunnel | null> => {
  const { namespace, podSelector, port, signal } = ask;
  const destination = { namespace, selector: podSelector, port };
  const place = await readyPlace(client, destination, null, signal);
  const podsFor = (until: AbortSignal): Pods => listPods(client, destination, until, place);
  return place === null ? null : open(client, { destination, podsFor, listen: loopback, signal });
};
