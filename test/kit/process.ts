/** Runs the program in this process with captured streams, as `run(argv, io)`. */

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Io } from '../../src/io.ts';
import { run } from '../../src/run.ts';

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type World = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly root?: string;
};

const root = join(import.meta.dirname, '..', '..');

const captured = (): { stream: PassThrough; text: () => string } => {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
};

/** A new empty folder. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'dynamo-installer-test-'));

/** Words behind `./cli`. Nobody is there to be asked. */
export const runCli = async (argv: readonly string[], world: World): Promise<Ran> => {
  const [out, err] = [captured(), captured()];
  const io: Io = {
    stdin: new PassThrough(),
    stdout: out.stream,
    stderr: err.stream,
    env: world.env ?? {},
    cwd: world.cwd,
    root: world.root ?? root,
    signal: new AbortController().signal,
    canPrompt: false,
    color: { stdout: false, stderr: false },
    columns: 80,
    version: '0.0.0-test',
  };
  const code = await run(argv, io);
  return { code, stdout: out.text(), stderr: err.text() };
};

export const component = ['nvidia-platform', 'dynamo-vllm'] as const;

export const text = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');
