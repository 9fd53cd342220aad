/** HTTP requests to a loopback port whose answers are read while they arrive. */

import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import type { HttpAsk } from '../core/probe.ts';
import { onAbort } from './abort.ts';
import { askPort } from './loopback.ts';

export type Streaming = {
  readonly status: number;
  /** Text as it arrives. Rejects with a sentence when the connection breaks; ends when it was stopped. */
  readonly chunks: AsyncIterable<string>;
};

/** `timeoutMs` is for the beginning of the answer; `until` stops it. */
export type OpenStream = (
  ask: HttpAsk,
  until: AbortSignal,
) => Promise<Streaming | { readonly broken: string }>;

/** Letters whose bytes arrive in two pieces belong to the second. */
async function* textOf(response: IncomingMessage, stopped: () => boolean, why: () => string) {
  const decoder = new StringDecoder('utf8');
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) yield decoder.write(chunk);
    yield decoder.end();
  } catch {
    if (!stopped()) throw new Error(why() || 'the connection broke in the middle of the answer');
  } finally {
    response.destroy();
  }
}

/** Sends to 127.0.0.1. `why` tells what the way itself knows of its last failure. */
export const createStreamer =
  (port: number, signal: AbortSignal, why: () => string): OpenStream =>
  async (ask, until) => {
    const end = new AbortController();
    const forget = onAbort([signal, until], () => end.abort());
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end.abort();
    }, ask.timeoutMs);
    const stopped = (): boolean => signal.aborted || until.aborted;
    try {
      const response = await askPort(port, false, ask, end.signal);
      response.once('close', forget);
      return { status: response.statusCode ?? 0, chunks: textOf(response, stopped, why) };
    } catch {
      forget();
      if (late) return { broken: `no answer within ${Math.round(ask.timeoutMs / 1000)} s` };
      return { broken: why() || 'the connection was closed' };
    } finally {
      clearTimeout(timer);
    }
  };
