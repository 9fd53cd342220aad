/** Reads an answer to its end and decodes it. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { onAbort } from './abort.ts';
import type { Arrived } from './transport.ts';
import { brokenOff, TransportError } from './transport-error.ts';

/** When its connection goes, an HTTP/2 stream just ends; then it has a code other than 0 (RFC 9113, 7). */
const isCut = (stream: Readable): boolean => 'rstCode' in stream && stream.rstCode !== 0;

/** All bytes. Rejects with a TransportError after so many milliseconds of silence, or when a signal fires. */
const readAll = (stream: Readable, signals: readonly AbortSignal[], silenceMs: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    // It was cut between its headers and now, and tells nothing more.
    if (stream.destroyed) return reject(brokenOff(true));
    const chunks: Buffer[] = [];
    const fail = (error: TransportError): void => {
      settle();
      reject(error);
      stream.destroy();
    };
    const timer = setTimeout(() => fail(new TransportError('no-answer', true)), silenceMs);
    const forget = onAbort(signals, () => fail(new TransportError('aborted', true)));
    const onClose = (): void => fail(brokenOff(true));
    const settle = (): void => {
      clearTimeout(timer);
      forget();
      stream.off('close', onClose);
    };
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      timer.refresh();
    });
    stream.on('error', () => fail(brokenOff(true)));
    stream.on('close', onClose);
    stream.once('end', () => {
      if (isCut(stream)) return fail(brokenOff(true));
      settle();
      resolve(Buffer.concat(chunks));
    });
  });

const [leastChunk, mostChunk] = [1024, 2 ** 26];

const unpacked = async (headers: IncomingHttpHeaders, bytes: Buffer): Promise<Buffer> => {
  if (headers['content-encoding'] !== 'gzip') return bytes;
  const { gunzip } = await import('node:zlib');
  try {
    // In one piece: the usual hops of 16 KiB cost a big list half of its time. A gzip ends with its unpacked size.
    const size = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4);
    return await promisify(gunzip)(bytes, { chunkSize: Math.max(leastChunk, Math.min(size, mostChunk)) });
  } catch {
    throw brokenOff(true);
  }
};

const decoded = (contentType: string | undefined, text: string): unknown => {
  if (!/\bjson\b/.test(contentType ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch {
    // Cut short, or not what the header says: whoever asked sees what came.
    return text;
  }
};

/** JSON that cannot be read was cut on its way. */
export const isHalf = (contentType: string | undefined, body: unknown): boolean =>
  typeof body === 'string' && /\bjson\b/.test(contentType ?? '');

/** JSON is parsed, anything else stays text. Rejects with a TransportError. */
export const readBody = async (
  { stream, headers }: Arrived,
  signals: readonly AbortSignal[],
  silenceMs: number,
): Promise<unknown> => {
  const bytes = await readAll(stream, signals, silenceMs);
  return decoded(headers['content-type'], (await unpacked(headers, bytes)).toString('utf8'));
};
