/** Runs the program in this process as a person without a terminal would, and keeps what it says. */

import { setMaxListeners } from 'node:events';
import { Writable } from 'node:stream';
import type { Io } from '../../src/io.ts';
import { run } from '../../src/run.ts';

const root = new URL('../..', import.meta.url).pathname;

const collector = (): { readonly stream: Writable; readonly text: () => string } => {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
};

export type Ran = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunSettings = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
};

/** `words` are those behind `./cli nvidia-platform dynamo-vllm`. */
export const runProgram = async (words: readonly string[], settings: RunSettings = {}): Promise<Ran> => {
  const [stdout, stderr] = [collector(), collector()];
  const signal = settings.signal ?? new AbortController().signal;
  // As the process edge does.
  setMaxListeners(0, signal);
  const io = {
    stdin: process.stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: settings.env ?? {},
    cwd: settings.cwd ?? root,
    root,
    signal,
    canPrompt: false,
    color: { stdout: false, stderr: false },
    columns: 80,
    version: '0.0.0-test',
  } as unknown as Io;
  const code = await run(['nvidia-platform', 'dynamo-vllm', ...words], io);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
};

/** Lines of JSON that a verb that acts prints. */
export const eventsIn = ({ stdout }: Ran): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>);
