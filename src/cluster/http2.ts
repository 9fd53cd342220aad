/** Requests by HTTP/2: all over one connection, opened with the first and again when it is gone. */

import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { onAbort } from './abort.ts';
import type { Access } from './credentials.ts';
import { breakOff, endWithPeer, isAlive, openSession } from './http2-session.ts';
import type { Arrived, Outgoing } from './transport.ts';
import { brokenOff, idleMs, pathOf, TransportError } from './transport-error.ts';

const startStream = (
  session: ClientHttp2Session,
  server: URL,
  access: Access,
  outgoing: Outgoing,
): ClientHttp2Stream => {
  try {
    const headers = { ':method': outgoing.method, ':path': pathOf(server, outgoing.path) };
    const stream = session.request(
      { ...headers, ...access.headers, ...outgoing.headers },
      { endStream: outgoing.body === null },
    );
    endWithPeer(session, stream);
    return stream;
  } catch {
    // It was closed since it was looked at.
    throw brokenOff(false);
  }
};

/** The server says by this that it did not look at the request (RFC 9113, 8.7). */
const refusedStream = 7;

const exchange = (stream: ClientHttp2Stream, outgoing: Outgoing): Promise<Arrived> =>
  new Promise((resolve, reject) => {
    const fail = (error: TransportError): void => {
      settle();
      reject(error);
      stream.destroy();
    };
    const timer = setTimeout(() => fail(new TransportError('no-answer', true)), outgoing.answerMs);
    const forget = onAbort(outgoing.signals, () => fail(new TransportError('aborted', true)));
    const settle = (): void => {
      clearTimeout(timer);
      forget();
    };
    const onEnd = (): void => fail(brokenOff(stream.rstCode !== refusedStream));
    stream.on('error', onEnd);
    stream.once('close', onEnd);
    stream.once('response', headers => {
      settle();
      stream.off('close', onEnd);
      resolve({ status: headers[':status'] ?? 0, headers, stream });
    });
    if (outgoing.body !== null) stream.end(outgoing.body);
  });

/** Settles as `work` does, or rejects when a signal fires before. */
const unlessAborted = <T>(work: Promise<T>, signals: readonly AbortSignal[]): Promise<T> =>
  new Promise((resolve, reject) => {
    const forget = onAbort(signals, () => reject(new TransportError('aborted', false)));
    work.then(resolve, reject).finally(forget);
  });

export type Http2 = {
  /** Null when the server does not speak HTTP/2; then nothing was sent. */
  readonly send: (access: Access, outgoing: Outgoing) => Promise<Arrived | null>;
  readonly close: () => void;
};

/** A connection with what it was opened with, and when it was last of use. */
type Held = {
  readonly access: Access;
  readonly session: Promise<ClientHttp2Session | null>;
  usedAt: number;
};

export const makeHttp2 = (server: URL): Http2 => {
  const ended = new AbortController();
  const all = new Set<ClientHttp2Session>();
  let held: Held | null = null;
  const forget = (one: Held): void => {
    if (held === one) held = null;
    // What is under way on it may still end well.
    one.session.then(session => session?.close()).catch(() => {});
  };

  const hold = (access: Access, limitMs: number): Held => {
    const session = openSession(server, access, limitMs, ended.signal);
    const mine: Held = { access, session, usedAt: Date.now() };
    session.then(
      opened => {
        if (opened === null) return;
        all.add(opened);
        opened.once('goaway', () => forget(mine));
        opened.once('close', () => {
          all.delete(opened);
          forget(mine);
        });
      },
      () => forget(mine),
    );
    held = mine;
    return mine;
  };

  /** After a long silence the connection is asked whether it still lives. */
  const isUsable = async (one: Held): Promise<boolean> => {
    if (Date.now() - one.usedAt < idleMs) return true;
    const session = await one.session;
    if (session === null || (await isAlive(session))) return true;
    breakOff(session);
    return false;
  };

  const current = async (access: Access, limitMs: number): Promise<Held> => {
    const mine = held;
    if (mine === null) return hold(access, limitMs);
    if (mine.access === access && (await isUsable(mine))) return mine;
    forget(mine);
    // Others may have asked meanwhile.
    return held?.access === access ? held : hold(access, limitMs);
  };

  const send = async (access: Access, outgoing: Outgoing): Promise<Arrived | null> => {
    const mine = await current(access, outgoing.connectMs);
    const session = await mine.session;
    if (session === null) return null;
    mine.usedAt = Date.now();
    try {
      return await exchange(startStream(session, server, access, outgoing), outgoing);
    } catch (error) {
      // Who does not answer now will not answer the next request either: that one gets a new connection.
      if (error instanceof TransportError && error.reason !== 'aborted') forget(mine);
      throw error;
    }
  };

  return {
    send: (access, outgoing) => unlessAborted(send(access, outgoing), outgoing.signals),
    close: () => {
      ended.abort();
      for (const session of all) session.destroy();
    },
  };
};
