/** Answers that go on, as lines: watches and logs. */

import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { onAbort } from './abort.ts';
import type { Client } from './client.ts';
import { exchange, type Line, queryText, told } from './exchange.ts';
import { TransportError } from './transport-error.ts';

/** Whole lines of a text that arrives in pieces; a piece may end within a character. The last line may lack its break. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest: string[] = [];
  for await (const chunk of chunks) {
    const parts = decoder.write(chunk).split('\n');
    rest.push(parts[0] ?? '');
    for (let i = 1; i < parts.length; i++) {
      yield rest.join('');
      rest = [parts[i] ?? ''];
    }
  }
  const last = rest.join('') + decoder.end();
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

/** Makes the `lines` of a client. */
export const makeLines = (line: Line): Client['lines'] =>
  async function* lines({ path, query, signal }) {
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
        answerMs: requestMs,
      });
      if (sent.kind === 'refused') throw sent.refusal;
      yield* linesOf(sent.arrived.stream, signals);
    } catch (error) {
      if (signals.some(one => one.aborted)) return;
      throw told(line, error, requestMs);
    }
  };
