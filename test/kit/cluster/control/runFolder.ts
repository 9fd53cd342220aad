/** Owns the folder of one run: who owns it, which processes belong to it, and sweeping up after a run that was killed. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { processStamp } from './processStamp.ts';

type Known = { readonly pid: number; readonly stamp: string };
type Owner = { readonly owner: Known; readonly children: readonly Known[] };

/** A folder that goes when the run ends. */
export type RunFolder = {
  readonly path: string;
  /** Writes the process down, so that the next start can end it if this one is killed. */
  adopt(pid: number): void;
  /** Ends every process of the run at once (SIGKILL: nothing here is worth saving) and removes the folder. */
  remove(): void;
};

/** Where the folders of all runs of this user lie. */
export function runsRoot(): string {
  return join(tmpdir(), `dynamo-rehearsal-${userInfo().uid}`);
}

/** Sweeps up after killed runs, then makes a new folder, readable by its owner only. */
export function createRunFolder(root: string = runsRoot()): RunFolder {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  sweep(root);
  const path = mkdtempSync(join(root, 'run-'));
  const owner: Known = {
    pid: process.pid,
    stamp: processStamp(process.pid) ?? '',
  };
  const children: Known[] = [];
  const write = () =>
    writeFileSync(join(path, 'owner.json'), JSON.stringify({ owner, children } satisfies Owner));
  write();
  const remove = () => {
    process.off('exit', remove);
    for (const child of children) endIfSame(child);
    removeFolder(path);
  };
  // Whatever ends this process, short of SIGKILL, nothing is left behind.
  process.on('exit', remove);
  return {
    path,
    adopt(pid) {
      children.push({ pid, stamp: processStamp(pid) ?? '' });
      write();
    },
    remove,
  };
}

/** Ends the processes and removes the folders of runs whose owner is gone; returns the folders removed. */
export function sweep(root: string): string[] {
  return readdirSync(root)
    .map(name => join(root, name))
    .filter(path => isAbandoned(path))
    .map(path => {
      for (const child of readOwner(path)?.children ?? []) endIfSame(child);
      removeFolder(path);
      return path;
    });
}

function isAbandoned(path: string): boolean {
  const known = readOwner(path);
  if (known) return processStamp(known.owner.pid) !== known.owner.stamp;
  try {
    // A folder without owner.json may have been made this very moment by a run that starts beside us.
    return Date.now() - statSync(path).mtimeMs > 60_000;
  } catch {
    return false;
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function endIfSame(known: Known): void {
  if (known.stamp === '' || processStamp(known.pid) !== known.stamp) return;
  try {
    process.kill(known.pid, 'SIGKILL');
  } catch {
    // It ended between the look and the signal.
  }
}

function removeFolder(path: string): void {
  // A process that was just killed may still be writing its last file.
  rmSync(path, {
    recursive: true,
    force: true,
    maxRetries: 10,
    retryDelay: 50,
  });
}
