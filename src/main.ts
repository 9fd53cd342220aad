/** The process edge: the only file that names `process`. */

import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { version } from './generated/version.ts';
import type { Io } from './io.ts';
import { run } from './run.ts';

const { env, stdout, stderr } = process;
const interrupt = new AbortController();
// Every request, watch and timer of a run listens to it; Node would take that for a leak.
setMaxListeners(0, interrupt.signal);

process.on('SIGINT', () => {
  // A second one quits at once.
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
});
let isSeenThrough = false;
// A reader that closed the pipe has seen enough; what is half done by then is brought to its end all the same.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exit(70);
  if (!isSeenThrough) process.exit(0);
});
// Talk that nobody hears ends what would go on until Ctrl-C, and nothing else: the exit code still tells how it ended.
stderr.on('error', () => {
  if (!isSeenThrough) interrupt.abort();
});

/** NO_COLOR and TERM=dumb switch colour off, FORCE_COLOR on; otherwise a terminal decides. */
const colored = (isTerminal: boolean): boolean => {
  if (process.argv.includes('--no-color') || (env.NO_COLOR ?? '') !== '') return false;
  if ((env.FORCE_COLOR ?? '') !== '') return env.FORCE_COLOR !== '0';
  return isTerminal && env.TERM !== 'dumb';
};

/** Signal 0 reaches nobody; not being allowed to send it means that somebody is there. */
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const io: Io = {
  // Asking for it opens it, which most runs can do without.
  get stdin() {
    return process.stdin;
  },
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  root: join(import.meta.dirname, '..'),
  signal: interrupt.signal,
  get canPrompt() {
    return process.stdin.isTTY === true && stderr.isTTY === true;
  },
  color: { stdout: colored(stdout.isTTY === true), stderr: colored(stderr.isTTY === true) },
  // A terminal that nobody told its size says 0.
  columns: stderr.columns || 80,
  version,
  seeThrough: () => {
    isSeenThrough = true;
  },
  self: { pid: process.pid, isAlive },
};

run(process.argv.slice(2), io).then(code => {
  process.exitCode = code;
});
