/** Opens a port of a pod as a stream of raw bytes; a slow reader or writer slows the other side down instead of filling memory. */

import { Duplex } from 'node:stream';
import { onAbort } from './abort.ts';
import type { Channel } from './client.ts';
import { serverOf } from './connection-sentences.ts';
import type { Access } from './credentials.ts';
import { exchange, type Line, told } from './exchange.ts';
import { arrivedFrom, untilAnswered } from './http1.ts';
import { type Dialled, dial, type Pod, type PortSocket } from './port-socket.ts';
import { ClusterError } from './refusal.ts';
import type { Arrived, Outgoing } from './transport.ts';

/** Each message begins with its channel: 0 is data (v4.channel.k8s.io). */
const dataChannel = Buffer.from([0]);

const makeStream = (socket: PortSocket): Duplex => {
  const stream = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => socket.send(Buffer.concat([dataChannel, chunk]), done),
    // The protocol cannot close one direction alone: end() leaves the pod its say, destroy() closes both.
    destroy: (error, done) => {
      socket.terminate();
      done(error);
    },
  });
  // Whoever reads it listens too; until then an error must not end the program.
  stream.on('error', () => {});
  return stream;
};

/** Close codes of an orderly end (RFC 6455, 7.4.1); 1005 is none at all. */
const orderly = new Set([1000, 1001, 1005]);

/** A connection that is about to open. */
type Opening = Dialled & { readonly stream: Duplex; readonly complaint: () => string };

const begin = async (line: Line, access: Access, pod: Pod): Promise<Opening> => {
  let complaint = '';
  let stream: Duplex | undefined;
  const dialled = await dial(line, access, pod, {
    data: bytes => {
      if (stream?.push(bytes) === false) dialled.socket.pause();
    },
    error: bytes => {
      complaint += bytes.toString('utf8');
    },
  });
  stream = makeStream(dialled.socket);
  return { ...dialled, stream, complaint: () => complaint.trim() };
};

/** Resolves when the port is open (status 101) or the server has answered something else. */
const untilOpen = ({ request, socket, stream }: Opening, outgoing: Outgoing): Promise<Arrived> =>
  untilAnswered(request, outgoing, {
    abandon: () => stream.destroy(),
    listen: ({ answered, failed }) => {
      socket.once('error', failed);
      socket.once('unexpected-response', (_request, response) => answered(arrivedFrom(response)));
      socket.once('open', () => answered({ status: 101, headers: {}, stream }));
    },
  });

const channelOf = (line: Line, pod: Pod, { socket, stream, complaint }: Opening): Channel => {
  const forget = onAbort(line.signals, () => stream.destroy(new ClusterError('interrupted', 'Interrupted.')));
  const broke = (): ClusterError =>
    new ClusterError('unreachable', `The connection to port ${pod.port} of the pod ${pod.name} broke.`, {
      hint: `Try again; the pod, its node or ${serverOf(line.target)} may have gone.`,
    });
  const ended = new Promise<string | null>(resolve => {
    socket.once('close', code => {
      forget();
      if (orderly.has(code)) stream.push(null);
      else if (!stream.destroyed) stream.destroy(broke());
      resolve(complaint() || null);
    });
  });
  return { stream, ended };
};

/** Rejects with a ClusterError. */
export const openPort = async (line: Line, pod: Pod): Promise<Channel> => {
  const { requestMs } = line.limits;
  const send = async (access: Access, outgoing: Outgoing) => {
    const opening = await begin(line, access, pod);
    return { ...(await untilOpen(opening, outgoing)), opening };
  };
  const outgoing: Outgoing = {
    method: 'GET',
    path: `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/portforward`,
    headers: {},
    body: null,
    signals: line.signals,
    connectMs: requestMs,
    answerMs: requestMs,
  };
  try {
    const exchanged = await exchange(line, send, outgoing);
    if (exchanged.kind === 'refused') throw exchanged.refusal;
    return channelOf(line, pod, exchanged.arrived.opening);
  } catch (error) {
    throw told(line, error, requestMs);
  }
};
