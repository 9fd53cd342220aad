/** HTTP/1.1 requests to a loopback port, with the pieces of a streamed answer and their times. */

import { Agent, type IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import type { HttpAnswer, HttpAsk, Send } from '../core/probe.ts';
import { askPort } from './loopback.ts';
import { ClusterError } from './refusal.ts';

type Broken = { readonly broken: string };

/** More than any answer that is looked at: a frontend's metrics take some hundred KB. */
const longest = 8 * 1024 * 1024;

const headersOf = (response: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

type Piece = { readonly ms: number; readonly text: string };

/** Reads an answer; letters whose bytes arrive in two pieces belong to the second. */
const read = async (
  response: IncomingMessage,
  elapsed: () => number,
): Promise<Omit<HttpAnswer, 'ms'> | Broken> => {
  const streamed = (response.headers['content-type'] ?? '').startsWith('text/event-stream');
  const decoder = new StringDecoder('utf8');
  const texts: string[] = [];
  const pieces: Piece[] = [];
  let size = 0;
  const add = (text: string): void => {
    if (text === '') return;
    texts.push(text);
    if (streamed) pieces.push({ ms: elapsed(), text });
  };
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > longest) return { broken: `the answer is longer than ${longest / 1024 / 1024} MiB` };
    add(decoder.write(chunk));
  }
  add(decoder.end());
  if (!response.complete) return { broken: 'the connection broke in the middle of the answer' };
  return { status: response.statusCode ?? 0, headers: headersOf(response), text: texts.join(''), pieces };
};

const reasonOf = (error: unknown): string => {
  const { code, message } = error as { code?: string; message?: string };
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'the connection was closed' : String(message ?? error);
};

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

const interrupted = (): ClusterError => new ClusterError('interrupted', 'Interrupted.');

type Clock = { readonly signal: AbortSignal; readonly late: () => boolean; readonly stop: () => void };

/** Fires with the run's signal, or when the time is up. */
const clockFor = (ms: number, signal: AbortSignal): Clock => {
  const over = new AbortController();
  let late = false;
  const end = (): void => over.abort();
  const timer = setTimeout(() => {
    late = true;
    end();
  }, ms);
  signal.addEventListener('abort', end, { once: true });
  const stop = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  };
  return { signal: over.signal, late: () => late, stop };
};

/**
 * Sends to 127.0.0.1. `why` tells what the way itself knows of its last failure.
 * Rejects with `interrupted` when the signal fires; everything else that fails is a `broken` answer.
 */
export const createSender = (
  port: number,
  signal: AbortSignal,
  why: () => string,
): { readonly send: Send; readonly close: () => void } => {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const explain = (error: unknown, late: boolean, ask: HttpAsk): Broken => {
    if (signal.aborted) throw interrupted();
    if (late) return { broken: `no answer within ${seconds(ask.timeoutMs)}` };
    return { broken: why() || reasonOf(error) };
  };
  const send: Send = async ask => {
    if (signal.aborted) throw interrupted();
    const begun = performance.now();
    const elapsed = (): number => Math.round((performance.now() - begun) * 10) / 10;
    const clock = clockFor(ask.timeoutMs, signal);
    try {
      const answer = await read(await askPort(port, agent, ask, clock.signal), elapsed);
      return 'broken' in answer ? answer : { ...answer, ms: elapsed() };
    } catch (error) {
      return explain(error, clock.late(), ask);
    } finally {
      clock.stop();
    }
  };
  return { send, close: () => agent.destroy() };
};
