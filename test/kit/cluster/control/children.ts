/** Owns starting the processes of a run, each with a log file of its own in the run's folder. */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { RunFolder } from './runFolder.ts';

/** A running process of the kit. */
export type Child = {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves with a sentence when the process has ended. */
  readonly ended: Promise<string>;
  isRunning(): boolean;
  /** Ends it (SIGKILL unless said) and resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
};

/** What to start: `env` is all the environment it gets besides PATH and HOME. */
export type Start = {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Gets every line the process writes; they go to no log file then. */
  readonly onLine?: (line: string) => void;
};

/** Starts a process that never inherits KUBECONFIG or any other setting of the person's shell. */
export function startChild(folder: RunFolder, start: Start): Child {
  const logFile = join(folder.path, `${start.name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(start.file, [...start.args], {
    cwd: start.cwd ?? folder.path,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...start.env },
    stdio: start.onLine ? ['ignore', 'pipe', 'pipe'] : ['ignore', log, log],
  });
  closeSync(log);
  for (const stream of start.onLine ? [child.stdout, child.stderr] : []) readLines(stream, start.onLine);
  const ended = endOf(child, start.name);
  if (child.pid !== undefined) folder.adopt(child.pid);
  return {
    name: start.name,
    pid: child.pid ?? -1,
    logFile,
    ended,
    isRunning: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    async stop(signal = 'SIGKILL') {
      child.kill(signal);
      await ended;
    },
  };
}

function readLines(stream: Readable | null, onLine: ((line: string) => void) | undefined): void {
  if (stream && onLine) createInterface({ input: stream }).on('line', onLine);
}

function endOf(child: ChildProcess, name: string): Promise<string> {
  return new Promise(resolve => {
    child.once('error', error => resolve(`${name} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(`${name} ended with ${signal ?? `exit code ${code}`}`));
  });
}

/** The last lines a process wrote, for an error message. */
export function lastLines(logFile: string, count = 15): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
