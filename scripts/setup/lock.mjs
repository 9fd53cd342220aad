// One process at a time: a lock file that is taken over when its holder died, even by kill -9.

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const startOnLinux = pid => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command's name, in brackets, may hold blanks: what counts begins behind the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
};

const startByPs = pid =>
  execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;

/** When a process started, as text that tells it from a later one with the same id; undefined when there is none. */
const startOf = pid => {
  try {
    return existsSync('/proc/self/stat') ? startOnLinux(pid) : startByPs(pid);
  } catch {
    return undefined;
  }
};

const stampOf = pid => ({ pid, start: startOf(pid) });

const lives = ({ pid, start }) => start !== undefined && startOf(pid) === start;

/** @returns {{ id: string, processes: { pid: number, start: string }[] } | undefined} undefined when nobody holds it */
const holderOf = file => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    // Half a text was written by somebody who died.
    if (error instanceof SyntaxError) return { id: 'unreadable', processes: [] };
    throw error;
  }
};

/** Codes of a file system without hard links. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

const placed = (claim, file) => {
  try {
    linkSync(claim, file);
  } catch (error) {
    if (!noLinks.has(error.code)) throw error;
    copyFileSync(claim, file, constants.COPYFILE_EXCL);
  }
};

const linked = (claim, file) => {
  try {
    placed(claim, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
};

/**
 * Replaces a dead holder. Whoever holds the lock named after the dead one may, and looks again before: an earlier taker may
 * have come and gone in between.
 */
const takeOver = (file, claim, dead) => {
  const turn = `${file}-${dead.id}`;
  if (take(turn, claim) !== undefined) return false;
  const still = holderOf(file)?.id === dead.id;
  if (still) {
    // A rename of one hard link onto another does nothing, so the claim goes in as a copy.
    const copy = `${claim}-copy`;
    writeFileSync(copy, readFileSync(claim));
    renameSync(copy, file);
  }
  rmSync(turn, { force: true });
  return still;
};

/** Undefined when the lock is ours now, else the living process that holds it. */
const take = (file, claim) => {
  for (;;) {
    if (linked(claim, file)) return undefined;
    const holder = holderOf(file);
    if (holder === undefined) continue;
    const alive = holder.processes.find(lives);
    if (alive !== undefined) return alive;
    if (takeOver(file, claim, holder)) return undefined;
  }
};

/**
 * Runs `work` while holding the lock.
 * @template T
 * @param {string} file the lock file; names beginning with it are used too
 * @param {{ wait: (pid: number) => void, signal: AbortSignal }} told `wait` is called once when another process holds it
 * @param {(alsoFor: (pid: number) => void) => Promise<T>} work `alsoFor` keeps the lock for a child process as long as it lives
 * @returns {Promise<T>} errors: what node:fs throws when the folder cannot be written
 */
export const withLock = async (file, { wait, signal }, work) => {
  const id = randomUUID();
  const claim = `${file}-${id}`;
  const processes = [stampOf(process.pid)];
  const text = () => JSON.stringify({ id, processes });
  writeFileSync(claim, text());
  try {
    let told = false;
    for (let holder = take(file, claim); holder !== undefined; holder = take(file, claim)) {
      if (!told) wait(holder.pid);
      told = true;
      await sleep(100, undefined, { signal });
    }
  } finally {
    rmSync(claim, { force: true });
  }
  const alsoFor = pid => {
    processes.push(stampOf(pid));
    writeFileSync(claim, text());
    renameSync(claim, file);
  };
  try {
    return await work(alsoFor);
  } finally {
    rmSync(file, { force: true });
  }
};
