/** Owns letting one process at a time do a piece of work that several may ask for. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStamp } from './processStamp.ts';

/** Runs `work` while holding the lock file; waits for another living holder, takes over from a dead one. */
export async function withLock<T>(
  file: string,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  for (let told = false; !take(file); told = true) {
    if (!told) say('Another process is doing this already; waiting for it.');
    await sleep(500);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  const mine = JSON.stringify({
    pid: process.pid,
    stamp: processStamp(process.pid),
  });
  try {
    writeFileSync(file, mine, { flag: 'wx' });
    return true;
  } catch {
    if (!holderLives(file)) rmSync(file, { force: true });
    return false;
  }
}

function holderLives(file: string): boolean {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as {
      pid: number;
      stamp?: string;
    };
    return processStamp(holder.pid) === holder.stamp && holder.pid !== process.pid;
  } catch {
    return false;
  }
}
