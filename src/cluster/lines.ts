/** Answers that go on, as lines: watches and logs. */

import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { onAbort } from './abort.ts';
import type { Client } from './client.ts';
import { exchange, type Line, queryText, told } from './exchange.ts';
import { TransportError } from './transport-error.ts';

/** A progress bar redraws its line after a carriage return: each state of it is a line. One at the end may be half of a break. */
const breaks = /\r?\n|\r(?=[^\n])/;

/** Whole lines of a text that arrives in pieces; a piece may end within a character. The last line may lack its break. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(chunk)).split(breaks);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  const last = (rest + decoder.end()).replace(/\r$/, '');
  if (last !== '') yield last;
}

/** Lines until the answer ends or a signal fires; a connection that breaks is an error. */
async function* linesOf(stream: Readable, signals: readonly AbortSignal[]): AsyncGenerator<string> {
  const forget = onAbort(signals, () => stream.destroy());
  try {
    yield* splitLines(stream);
  } catch (error) {
    if (!signals.some(signal => signal.aborted)) throw new TransportError('failed', true, error);
  } finally {
    forget();
    stream.destroy();
  }
}

/** The most that a timer can wait: 24 days. */
const longestMs = 2 ** 31 - 1;

/** Makes the `lines` of a client. */
export const makeLines = (line: Line): Client['lines'] =>
  async function* lines({ path, query, signal, onOpen }) {
    const signals = [...line.signals, signal];
    const { requestMs } = line.limits;
    try {
      const sent = await exchange(line, line.transport.sendApart, {
        method: 'GET',
        path: `${path}${queryText(query)}`,
        headers: { Accept: 'application/json, */*' },
        body: null,
        signals,
        connectMs: requestMs,
        // A log that is followed begins with its first line, whenever that is written.
        answerMs: query?.['follow'] === true ? longestMs : requestMs,
      });
      if (sent.kind === 'refused') throw sent.refusal;
      onOpen?.();
      yield* linesOf(sent.arrived.stream, signals);
    } catch (error) {
      if (signals.some(one => one.aborted)) return;
      throw told(line, error, requestMs);
    }
  };
