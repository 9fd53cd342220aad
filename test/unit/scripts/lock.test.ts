/** The lock of the set-up: one at a time, and a dead holder is no hindrance. */

import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { withLock } from '../../../scripts/setup/lock.mjs';
import { temporaryFolder } from '../../kit/checkout.ts';

const { signal } = new AbortController();
const nobodyWaits = { signal, wait: () => expect.unreachable('somebody waits') };
const dead = (id: string) => JSON.stringify({ id, processes: [{ pid: spawnSync('true').pid, start: '1' }] });

const newLock = (): string => join(temporaryFolder(), 'lock');
const module = pathToFileURL(join(import.meta.dirname, '../../../scripts/setup/lock.mjs')).href;

/** A process that takes the lock, writes a line before and after a while, and gives it back. */
const holder = (lock: string, log: string): Promise<number | null> => {
  const code = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { withLock } from ${JSON.stringify(module)};
    await withLock(process.argv[1], { wait: () => {}, signal: new AbortController().signal }, async () => {
      appendFileSync(process.argv[2], 'in ');
      await sleep(30);
      appendFileSync(process.argv[2], 'out ');
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, lock, log], { stdio: 'inherit' });
  return new Promise(resolve => child.on('close', resolve));
};

it('is free again after the work, also after work that failed', async () => {
  const lock = newLock();
  expect(await withLock(lock, nobodyWaits, async () => 1)).toBe(1);
  await expect(withLock(lock, nobodyWaits, async () => Promise.reject(new Error('no')))).rejects.toThrow(
    'no',
  );
  expect(await withLock(lock, nobodyWaits, async () => 2)).toBe(2);
  expect(readdirSync(join(lock, '..'))).toEqual([]);
});

it('lets one process in at a time, with a dead holder in the way', async () => {
  const lock = newLock();
  const log = `${lock}.log`;
  writeFileSync(lock, dead('first'));
  expect(await Promise.all(Array.from({ length: 6 }, () => holder(lock, log)))).toEqual([0, 0, 0, 0, 0, 0]);
  expect(readFileSync(log, 'utf8')).toBe('in out '.repeat(6));
  expect(readdirSync(join(lock, '..'))).toEqual(['lock.log']);
});

it('is taken over from one who died while taking over, and from one who wrote only half', async () => {
  const lock = newLock();
  writeFileSync(lock, dead('first'));
  writeFileSync(`${lock}-first`, dead('second'));
  expect(await withLock(lock, nobodyWaits, async () => 'in')).toBe('in');
  writeFileSync(lock, '{"id":');
  expect(await withLock(lock, nobodyWaits, async () => 'in')).toBe('in');
});

it('is held as long as a child of the dead holder lives, and says once who it is', async () => {
  const lock = newLock();
  const child = spawn('sleep', ['0.5']);
  await withLock(lock, nobodyWaits, async alsoFor => {
    alsoFor(child.pid ?? 0);
    const { processes } = JSON.parse(readFileSync(lock, 'utf8')) as { processes: unknown[] };
    writeFileSync(`${lock}.left`, JSON.stringify({ id: 'left', processes: processes.slice(1) }));
  });
  writeFileSync(lock, readFileSync(`${lock}.left`));
  const told: number[] = [];
  expect(await withLock(lock, { signal, wait: pid => told.push(pid) }, async () => 'in')).toBe('in');
  expect(told).toEqual([child.pid]);
});

it('is not waited for any longer after an interrupt', async () => {
  const lock = newLock();
  const stop = new AbortController();
  const inner = withLock(lock, nobodyWaits, () =>
    withLock(lock, { signal: stop.signal, wait: () => stop.abort() }, async () => 'in'),
  );
  await expect(inner).rejects.toThrow('aborted');
  expect(readdirSync(join(lock, '..'))).toEqual([]);
});
