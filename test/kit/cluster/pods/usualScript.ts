/** Owns how pods live in a rehearsal when nothing goes wrong: quickly, in the real order. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Serving } from '../frontend/serving.ts';
import type { Script } from './director.ts';
import type { PodLife } from './podLife.ts';

const PULL_MS = 150;
const START_MS = 150;
const DOWNLOAD_MS = 500;

/** What a pod waits for before its init containers are done; resolves at once when there is nothing. */
export type WaitForModel = (life: PodLife) => Promise<void>;

/** Pull, init, run; then a Job's pod completes and the others are ready once what stands behind them is. */
export function usualScript(serving: Serving, waitForModel: WaitForModel): Script {
  return async life => {
    await pause(life, 20);
    await life.reach('pulling');
    await pause(life, PULL_MS);
    if ((life.pod.spec.initContainers ?? []).length > 0) await waitForModel(life);
    await pause(life, START_MS);
    await life.reach('running');
    if (life.role === 'download') {
      await download(life);
      return;
    }
    await serving.serve(life);
    if (!life.ended.aborted) await life.reach('ready');
  };
}

async function download(life: PodLife): Promise<void> {
  const container = String(life.pod.spec.containers[0].name);
  life.logs.add(container, ['Fetching 8 files: 0%']);
  await pause(life, DOWNLOAD_MS);
  life.logs.add(container, ['Fetching 8 files: 100%']);
  await life.reach('complete');
}

async function pause(life: PodLife, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: life.ended });
}
