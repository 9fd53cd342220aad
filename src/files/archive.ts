/** One compressed archive (.tar.gz), bounded in size, written whole or not at all, and readable by its owner only. */

import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CliError } from '../errors.ts';
import { makeFolders } from './folders.ts';
import { causeOf } from './read.ts';
import { tarBlocks, tarEnd } from './tar.ts';

export type Archive = {
  /** Whether it fits; what does not is left out. */
  readonly add: (name: string, text: string) => boolean;
  /** Writes the archive; returns its size in bytes. Errors: `refused`. */
  readonly write: (path: string) => number;
};

type Limits = {
  /** Of the archive as it lies on the disk. */
  readonly mostBytes: number;
  /** Seconds since 1970, of every file in it. */
  readonly modified: number;
};

/** Kept back for the list of contents and the ends. */
const reserve = 64 * 1024;

/** Beside its place, so that nobody ever sees half of it; only the owner may read it from its first byte on. */
const writePrivately = (path: string, content: Buffer): void => {
  const beside = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    makeFolders(dirname(path));
    const file = openSync(beside, 'wx', 0o600);
    try {
      for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new CliError('refused', `The bundle cannot be written: ${path} ${causeOf(error)}.`, {
      hint: 'Choose another place: --bundle FILE',
    });
  }
};

/** Everything below one folder of the name `root`. */
export const createArchive = (root: string, { mostBytes, modified }: Limits): Archive => {
  const blocks: Buffer[] = [];
  let size = 0;
  const room = mostBytes - reserve;
  const add = (name: string, text: string): boolean => {
    const content = tarBlocks({ name: `${root}/${name}`, content: Buffer.from(text, 'utf8'), modified });
    const bytes = gzipSync(content).length;
    if (size + bytes > room) return false;
    size += bytes;
    blocks.push(content);
    return true;
  };
  return {
    add,
    write: path => {
      const whole = gzipSync(Buffer.concat([...blocks, tarEnd()]));
      writePrivately(path, whole);
      return whole.length;
    },
  };
};
