/** The built program from outside, as somebody runs it without a terminal: what it says, and with which words it runs. */

import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './checkout.ts';

export const programFile: string = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');

/** Words of a verb of the component. */
export const verb = (name: string, ...words: readonly string[]): readonly string[] => [
  'nvidia-platform',
  'dynamo-vllm',
  name,
  ...words,
];

export type Running = {
  readonly cwd?: string;
  /** Program of another Node release. */
  readonly node?: string;
  /** Nothing else is inherited but the PATH; HOME is a folder of its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Interrupts it as Ctrl-C does. */
  readonly interrupt?: AbortSignal;
};

export type Ended = {
  /** 128 and nothing more when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Command lines of the process and its children, each once; empty where the system does not show them. */
  readonly commandLines: readonly string[];
  readonly home: string;
  readonly cwd: string;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
};

const readProc = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};

const childrenOf = (pid: number): number[] =>
  readProc(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);

/** Looks again and again, for children live shortly. */
const watchCommandLines = (pid: number): { readonly end: () => string[] } => {
  const seen = new Set<string>();
  const look = (): void => {
    for (const one of [pid, ...childrenOf(pid)]) seen.add(readProc(one, 'cmdline').replaceAll('\0', ' '));
  };
  const timer = existsSync('/proc/self/cmdline') ? setInterval(look, 10) : undefined;
  return {
    end: () => {
      clearInterval(timer);
      return [...seen].filter(line => line !== '');
    },
  };
};

/** The program while it runs. */
export type Started = {
  readonly pid: number;
  /** What it said so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when one of the two streams says it; rejects when the program ends without it. */
  readonly says: (pattern: RegExp) => Promise<void>;
  readonly kill: (signal: 'SIGINT' | 'SIGKILL') => void;
  readonly ended: Promise<Ended>;
};

/** Starts the program and does not wait for it. */
export const startProgram = (words: readonly string[], running: Running = {}): Started => {
  const { cwd = temporaryFolder(), env = {}, interrupt, node = process.execPath } = running;
  const home = env.HOME ?? join(temporaryFolder(), 'home');
  mkdirSync(home, { recursive: true });
  const child = spawn(node, [programFile, ...words], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watched = watchCommandLines(child.pid ?? 0);
  const text = { stdout: '', stderr: '' };
  const heard = new EventEmitter();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', chunk => {
      text[name] += chunk;
      heard.emit('news');
    });
  }
  const kill = (signal: 'SIGINT' | 'SIGKILL'): void => void child.kill(signal);
  const stop = (): void => kill('SIGINT');
  interrupt?.addEventListener('abort', stop);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      interrupt?.removeEventListener('abort', stop);
      const commandLines = watched.end();
      resolve({ code: code ?? 128, ...text, commandLines, home, cwd, endedAt: Date.now() });
      heard.emit('end');
    });
  });
  const says = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(text.stdout) || pattern.test(text.stderr)) resolve();
      };
      heard.on('news', look);
      heard.once('end', () =>
        reject(new Error(`It ended and never said ${pattern}:\n${text.stdout}\n${text.stderr}`)),
      );
      look();
    });
  return {
    pid: child.pid ?? 0,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    says,
    kill,
    ended,
  };
};

/** Runs the program to its end. */
export const runProgram = (words: readonly string[], running: Running = {}): Promise<Ended> =>
  startProgram(words, running).ended;

/** One line of `-o json`. */
export type ProgramEvent = { readonly at: string; readonly kind: string } & Readonly<Record<string, unknown>>;

/** Throws with the line that is no JSON. */
export const eventsOf = (stdout: string): ProgramEvent[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map(line => {
      try {
        return JSON.parse(line) as ProgramEvent;
      } catch {
        throw new Error(`This line is no JSON: ${line}`);
      }
    });
