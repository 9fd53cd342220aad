/** `kill -9` at every step of `install --yes`: the same command again comes to what an undisturbed run comes to. */

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../kit/checkout.ts';
import { type FaultProxy, startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import { type Ended, eventsOf, type ProgramEvent, type Started, startProgram } from '../kit/program.ts';
import { everything, type Footprint, footprintOf, settledFootprint } from './footprint.ts';
import { deployWords, removeDeployment, useHub } from './installing.ts';
import { claimMoment, holdingScript, inVerification, type Moment, moments, stopAt } from './moments.ts';
import { describeWithFrontend } from './support.ts';

/** Only a hang takes so long. */
const PATIENCE = { timeout: 150_000 };

/** Where a run may leave files. */
type Place = { readonly home: string; readonly cwd: string; readonly tmp: string };

const newPlace = (): Place => {
  const folder = temporaryFolder();
  const made = ['home', 'cwd', 'tmp'].map(name => join(folder, name));
  for (const path of made) mkdirSync(path);
  const [home = '', cwd = '', tmp = ''] = made;
  return { home, cwd, tmp };
};

const filesIn = ({ home, cwd, tmp }: Place): string[] =>
  [home, cwd, tmp].flatMap(folder => (readdirSync(folder, { recursive: true }) as string[]).toSorted());

const settings = { release: '0.9.1', script: holdingScript };

await describeWithFrontend('install killed and run again', settings, cluster => {
  const hub = useHub();
  let proxy: FaultProxy;
  let clean: Footprint;
  let cleanFiles: readonly string[];
  let first: { readonly ended: Ended; readonly footprint: Footprint };
  const installed: string[] = [];

  const start = (name: string, place: Place): Started => {
    installed.push(name);
    return startProgram([...deployWords(name), '-o', 'json'], {
      cwd: place.cwd,
      env: { KUBECONFIG: proxy.kubeconfig, HOME: place.home, TMPDIR: place.tmp, ...hub().env },
    });
  };

  /** Whether a lease of the dead program is left. */
  const isHeld = async (name: string): Promise<boolean> =>
    (await everything(cluster())).some(
      ({ kind, metadata }) => kind === 'Lease' && metadata.name === `dynamo-installer-${name}`,
    );

  /** Kills the program at the moment, then runs it again without any trouble. */
  const killAndRunAgain = async (name: string, moment: Moment, place: Place): Promise<Ended> => {
    const stop = stopAt(proxy, moment, name);
    const running = start(name, place);
    await stop.reached(running);
    running.kill('SIGKILL');
    expect((await running.ended).code).toBe(128);
    expect(await isHeld(name)).toBe(moment.leased);
    stop.goOn();
    return start(name, place).ended;
  };

  const expectServing = ({ stdout, stderr, code }: Ended): void => {
    expect([stderr, code]).toEqual(['', 0]);
    const events = eventsOf(stdout);
    expect(events.at(-1)).toMatchObject({ kind: 'result', verdict: 'serving' });
    // The dead program's lease is taken over at once.
    expect(events.filter(({ kind }) => kind === 'waiting')).toEqual([]);
    expect(events.filter(isError)).toEqual([]);
  };

  const isError = ({ finding }: ProgramEvent): boolean =>
    (finding as { readonly level?: string } | undefined)?.level === 'error';

  beforeAll(async () => {
    proxy = await startFaultProxy(cluster().plane);
    const ended = await killAndRunAgain('killed-claim', claimMoment, newPlace());
    first = { ended, footprint: await footprintOf(cluster(), 'killed-claim') };
    const place = newPlace();
    expectServing(await start('killed-never', place).ended);
    clean = await footprintOf(cluster(), 'killed-never');
    cleanFiles = filesIn(place);
  }, 300_000);
  afterAll(() => proxy?.stop());
  afterEach(async () => {
    for (const name of installed.splice(0)) await removeDeployment(cluster(), name);
  }, PATIENCE.timeout);

  test(`when ${claimMoment.name}`, () => {
    expectServing(first.ended);
    expect(first.footprint).toEqual(clean);
  });

  test.each(
    [...moments, inVerification].map((moment, at) => [moment.name, `killed-at${at}x`, moment] as const),
  )('%s', PATIENCE, async (_, name, moment) => {
    const place = newPlace();
    expectServing(await killAndRunAgain(name, moment, place));
    expect(await settledFootprint(cluster(), name, clean)).toEqual(clean);
    expect(filesIn(place)).toEqual(cleanFiles);
  });
});
