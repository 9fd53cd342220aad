/** One HTTP/2 connection: the TLS handshake, what is agreed on, and whether it still lives. */

import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { onAbort } from './abort.ts';
import type { Access } from './credentials.ts';
import { attemptMs, brokenOff, hostOf, portOf, TransportError } from './transport-error.ts';

/** How much a stream, and all of them together, may send before it is told to go on: a page of a list does not wait for that. */
const streamWindow = 4 * 2 ** 20;
const sessionWindow = 16 * 2 ** 20;

const keepAliveMs = 30_000;

/** Longer than any round trip; shorter than a person's patience. */
const pingMs = 2_000;

/** An answer that takes so long lets doubt whether it comes; with a slow network's ping it leaves time for another try. */
const doubtMs = 2_000;
const slowPingMs = 4_000;

const handshake = (server: URL, access: Access, limitMs: number, signal: AbortSignal): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const host = hostOf(server);
    const options = {
      ...access.tls,
      host,
      port: portOf(server),
      servername: access.tls.servername ?? (isIP(host) === 0 ? host : ''),
      ALPNProtocols: ['h2', 'http/1.1'],
      autoSelectFamilyAttemptTimeout: attemptMs,
    };
    const socket = connect(options);
    const fail = (error: TransportError): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new TransportError('no-connection', false)), limitMs);
    const forget = onAbort([signal], () => fail(new TransportError('aborted', false)));
    socket.on('error', error => fail(new TransportError('failed', false, error)));
    const onClose = (): void => fail(brokenOff(false));
    socket.once('close', onClose);
    const settle = (): void => {
      clearTimeout(timer);
      forget();
    };
    socket.once('secureConnect', () => {
      settle();
      socket.off('close', onClose);
      resolve(socket);
    });
  });

/** Null when the server does not speak HTTP/2. Rejects with a TransportError. */
export const openSession = async (
  server: URL,
  access: Access,
  limitMs: number,
  signal: AbortSignal,
): Promise<ClientHttp2Session | null> => {
  // Loaded while the handshake is on its way.
  const [socket, http2] = await Promise.all([
    handshake(server, access, limitMs, signal),
    import('node:http2'),
  ]);
  if (socket.alpnProtocol !== 'h2') {
    socket.destroy();
    return null;
  }
  socket.setKeepAlive(true, keepAliveMs);
  const session = http2.connect(server.origin, {
    createConnection: () => socket,
    settings: { initialWindowSize: streamWindow, enablePush: false },
  });
  // Streams tell of their own ends; without a listener the same would be thrown once more.
  session.on('error', () => {});
  session.setLocalWindowSize(sessionWindow);
  // An idle connection keeps no process alive; a request in flight has a timer that does.
  session.unref();
  return session;
};

/** Whether the other side still answers. */
export const isAlive = (session: ClientHttp2Session, limitMs = pingMs): Promise<boolean> =>
  new Promise(resolve => {
    if (session.closed || session.destroyed) return resolve(false);
    const timer = setTimeout(resolve, limitMs, false);
    const isSent = session.ping(error => {
      clearTimeout(timer);
      resolve(error === null);
    });
    if (!isSent) resolve(false);
  });

/** By this code streams tell that they were cut (RFC 9113, 7: CANCEL); by default they would seem complete. */
const cancel = 8;

/** Ends it at once, and what is under way on it as broken. */
export const breakOff = (session: ClientHttp2Session): void => session.destroy(undefined, cancel);

const asked = new WeakSet<ClientHttp2Session>();

/**
 * Ends the connection, and with it the stream, when the other side is gone: Node 20 does not see every reset that comes while it
 * writes, and would wait for an answer until the time is up.
 */
export const endWithPeer = (session: ClientHttp2Session, stream: ClientHttp2Stream): void => {
  const timer = setInterval(async () => {
    if (asked.has(session) || session.closed) return;
    asked.add(session);
    if (!(await isAlive(session, slowPingMs))) breakOff(session);
    asked.delete(session);
  }, doubtMs);
  timer.unref();
  stream.once('close', () => clearInterval(timer));
};
