// Times a command against another in one run, and reads its peak of memory.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Each pair is the two commands, one after the other: the computer's drift meets both. */
const pairs = 21;

const hook = fileURLToPath(new URL('peak.cjs', import.meta.url));

const environment = () => {
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...rest } = process.env;
  return rest;
};

const run = ([file, ...args], cwd, env) => {
  const began = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(file, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${[file, ...args].join(' ')} ended with ${status}: ${stderr}`);
  return ms;
};

const median = numbers => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

/**
 * Peak of memory in MiB, which the process tells by itself at its end. The system's maxRSS also counts what the starting process
 * had, so the peak of the address space is taken where the system tells it.
 */
const peakMib = ([file, ...args], cwd, env) => {
  const told = spawnSync(file, args, {
    cwd,
    env: { ...env, NODE_OPTIONS: `--require=${JSON.stringify(hook)}` },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });
  return Number(told.output[3].toString()) / 1024;
};

/**
 * @param {readonly string[]} base what counts as 1
 * @param {readonly string[]} command
 * @param {string} cwd
 * @returns {{ ratio: number, ms: number, baseMs: number, mib: number }} `ratio` is the median of the pairs' ratios
 */
export const measure = (base, command, cwd) => {
  const env = environment();
  // The first start reads the disk.
  run(base, cwd, env);
  run(command, cwd, env);
  const timed = Array.from({ length: pairs }, () => ({
    base: run(base, cwd, env),
    ms: run(command, cwd, env),
  }));
  return {
    ratio: median(timed.map(one => one.ms / one.base)),
    ms: median(timed.map(one => one.ms)),
    baseMs: median(timed.map(one => one.base)),
    mib: peakMib(command, cwd, env),
  };
};
