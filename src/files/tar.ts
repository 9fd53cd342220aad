/** Files as a tar archive (POSIX ustar, with pax headers for long names), which every tar reads. */

import { Buffer } from 'node:buffer';

export type TarFile = {
  /** Relative, with slashes. */
  readonly name: string;
  readonly content: Buffer;
  /** Seconds since 1970. */
  readonly modified: number;
};

const block = 512;
/** Owner may read and write. */
const mode = 0o600;

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;

const padded = (content: Buffer): Buffer => {
  const rest = content.length % block;
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(block - rest)]);
};

const fill = (header: Buffer, text: string, at: number, length: number): void => {
  Buffer.from(text, 'utf8').copy(header, at, 0, length);
};

/** `type` is `0` for a file and `x` for a pax header. */
const headerOf = (name: string, size: number, modified: number, type: '0' | 'x'): Buffer => {
  const header = Buffer.alloc(block);
  fill(header, name, 0, 100);
  fill(header, octal(mode, 8), 100, 8);
  fill(header, octal(0, 8), 108, 8);
  fill(header, octal(0, 8), 116, 8);
  fill(header, octal(size, 12), 124, 12);
  fill(header, octal(modified, 12), 136, 12);
  fill(header, ' '.repeat(8), 148, 8);
  fill(header, type, 156, 1);
  fill(header, 'ustar\u000000', 257, 8);
  const sum = header.reduce((total, byte) => total + byte, 0);
  fill(header, `${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return header;
};

/** A record says its own length, its digits included. */
const paxRecord = (key: string, value: string): string => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
};

const longName = (name: string, modified: number): Buffer[] => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what ASCII is.
  if (Buffer.byteLength(name) <= 100 && /^[\x00-\x7f]*$/.test(name)) return [];
  const record = Buffer.from(paxRecord('path', name), 'utf8');
  return [headerOf('pax', record.length, modified, 'x'), padded(record)];
};

export const tarBlocks = ({ name, content, modified }: TarFile): Buffer =>
  Buffer.concat([
    ...longName(name, modified),
    headerOf(name, content.length, modified, '0'),
    padded(content),
  ]);

/** What stands behind the last file. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * block);
