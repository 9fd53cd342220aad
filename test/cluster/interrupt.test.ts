/** Ctrl-C at every step of `install --yes`, with a terminal and without: what is said is true, and what is printed works. */

import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../kit/checkout.ts';
import { type FaultProxy, startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import { programFile, type Started, startProgram } from '../kit/program.ts';
import { keys, openTerminal, type Screen } from '../kit/terminal.ts';
import { everything, type Footprint, footprintOf, settledFootprint } from './footprint.ts';
import { deployWords, removeDeployment, useHub } from './installing.ts';
import { holdingScript, inVerification, type Moment, moments, stopAt } from './moments.ts';
import { describeWithFrontend } from './support.ts';

/** Only a hang takes so long. */
const PATIENCE = { timeout: 150_000 };

/** The program has seen a signal by then; what is held may go on. */
const seenMs = 300;

/** Commands that were printed to be copied, by their verb. */
const printed = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/^ {4}(\.\/cli nvidia-platform dynamo-vllm (\S+) .*?)\s*$/gm)].map(
      ([, line = '', verb = '']) => [verb, line],
    ),
  );

/** A folder in which `./cli` is this program. */
const folderWithCli = (): string => {
  const folder = temporaryFolder();
  const cli = join(folder, 'cli');
  writeFileSync(cli, `#!/bin/sh\nexec '${process.execPath}' '${programFile}' "$@"\n`);
  chmodSync(cli, 0o755);
  return folder;
};

await describeWithFrontend('install interrupted', { script: holdingScript }, cluster => {
  const hub = useHub();
  let proxy: FaultProxy;
  let clean: Footprint;
  let name = '';
  beforeAll(async () => {
    proxy = await startFaultProxy(cluster().plane);
    name = 'stop-never';
    expect((await start().ended).code).toBe(0);
    clean = await footprintOf(cluster(), name);
    await removeDeployment(cluster(), name);
  }, PATIENCE.timeout);
  afterAll(() => proxy?.stop());
  afterEach(async () => {
    proxy.set();
    await removeDeployment(cluster(), name);
  }, PATIENCE.timeout);

  /** The cluster is named by flags, so that a command without them would not reach it. */
  const words = (): readonly string[] => [
    ...deployWords(name),
    ...['--kubeconfig', proxy.kubeconfig, '--context', 'through-proxy'],
  ];
  const start = (): Started => startProgram(words(), { env: hub().env });
  const environment = (): Readonly<Record<string, string>> => ({
    ...hub().env,
    HOME: temporaryFolder(),
    KUBECONFIG: '/nowhere',
  });
  /** A printed command as somebody who copies it runs it, without a terminal. */
  const copy = (command: string): Promise<{ readonly code: number; readonly text: string }> =>
    new Promise(resolve => {
      const settings = { cwd: folderWithCli(), env: { PATH: process.env.PATH, ...environment() } };
      execFile('/bin/sh', ['-c', command], settings, (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), text: `${stdout}${stderr}` });
      });
    });
  const open = (file: string, args: readonly string[], cwd: string): Screen =>
    openTerminal(file, args, { cwd, env: environment(), columns: 400, patienceMs: 60_000 });

  const leases = async (): Promise<string[]> =>
    (await everything(cluster()))
      .filter(({ kind, metadata }) => kind === 'Lease' && metadata.name.startsWith('dynamo-installer-'))
      .map(({ metadata }) => metadata.name);

  /** What must be said, by what is there. */
  const expectTold = (moment: Moment, text: string): void => {
    expect(text).toMatch(/Interrupted/);
    const verbs = Object.keys(printed(text)).toSorted();
    if (moment.there === 'nothing') {
      expect(text).toMatch(/nothing was (changed|applied)/i);
      expect(verbs.filter(verb => verb !== 'install')).toEqual([]);
    } else {
      expect(text).toMatch(moment.there === 'part' ? /Applied so far: / : /Applied |the deployment stays/);
      expect(verbs).toContain('uninstall');
      expect(verbs.some(verb => verb === 'install' || verb === 'verify')).toBe(true);
    }
  };

  describe('without a terminal', () => {
    test.each(
      [...moments, inVerification].map((moment, at) => [moment.name, `stop-at${at}x`, moment] as const),
    )('%s', PATIENCE, async (_, called, moment) => {
      name = called;
      const stop = stopAt(proxy, moment, name);
      const running = start();
      await stop.reached(running);
      running.kill('SIGINT');
      await sleep(seenMs);
      stop.goOn();
      const { code, stderr } = await running.ended;
      process.stderr.write(`${stderr.split('\n').slice(-14).join('\n')}\n`);
      expect(code).toBe(130);
      expectTold(moment, stderr);
      expect(await leases()).toEqual([]);
      proxy.set();
      const { install, verify } = printed(stderr);
      const again = install ?? verify ?? `./cli ${words().join(' ')}`;
      const resumed = await copy(again);
      expect([again, resumed.code, resumed.text]).toEqual([again, 0, expect.stringContaining('answers:')]);
      expect(await settledFootprint(cluster(), name, clean)).toEqual(clean);
    });
  });

  describe('at a terminal', () => {
    const chosen = ['in the survey', 'in the dry run', 'the answers were written', 'the Job was written'];
    const later = [
      'before the lease is given back',
      'in the download',
      'in the wait',
      'before the verification',
    ];
    const at = moments.filter(moment => [...chosen, ...later].includes(moment.name));

    test.each(at.map((moment, nth) => [moment.name, `stop-on${nth}x`, moment] as const))(
      '%s',
      PATIENCE,
      async (_, called, moment) => {
        name = called;
        const stop = stopAt(proxy, moment, name);
        const screen = open(process.execPath, [programFile, ...words()], temporaryFolder());
        await stop.reached({ says: screen.until });
        screen.press(keys.interrupt);
        await sleep(seenMs);
        stop.goOn();
        expect(await screen.ended()).toBe(130);
        // The cursor is back.
        expect(screen.raw().lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(
          screen.raw().lastIndexOf('\u001b[?25l'),
        );
        expectTold(moment, screen.text());
        expect(await leases()).toEqual([]);
        proxy.set();
        const { uninstall } = printed(screen.text());
        if (uninstall !== undefined) await undo(uninstall);
        expect((await footprintOf(cluster(), name)).own).toEqual([]);
      },
    );

    const undo = async (command: string): Promise<void> => {
      const screen = open('/bin/sh', ['-c', command], folderWithCli());
      await screen.until(/Type the name to remove it/);
      screen.press(`${name}${keys.enter}`);
      expect([command, await screen.ended()]).toEqual([command, 0]);
    };
  });

  describe('twice', () => {
    // Its answer never comes: the first Ctrl-C waits for it, because it may have been carried out.
    const writing = moments.find(moment => moment.name === 'the Job was written');
    const stopThere = () => {
      if (writing === undefined) throw new Error('There is no such moment.');
      return stopAt(proxy, writing, name);
    };

    test('quits at once, and the next run goes on', PATIENCE, async () => {
      name = 'stop-twice';
      const stop = stopThere();
      const running = start();
      await stop.reached(running);
      running.kill('SIGINT');
      await sleep(seenMs);
      running.kill('SIGINT');
      expect((await running.ended).code).toBe(130);
      expect(await leases()).toEqual([`dynamo-installer-${name}`]);
      stop.goOn();
      proxy.set();
      const again = await start().ended;
      expect([again.code, again.stderr]).toEqual([0, expect.not.stringMatching(/held by/)]);
      expect(await settledFootprint(cluster(), name, clean)).toEqual(clean);
    });

    test('at a terminal too', PATIENCE, async () => {
      name = 'stop-double';
      const stop = stopThere();
      const screen = open(process.execPath, [programFile, ...words()], temporaryFolder());
      await stop.reached({ says: screen.until });
      screen.press(keys.interrupt);
      await sleep(seenMs);
      screen.press(keys.interrupt);
      expect(await screen.ended()).toBe(130);
      stop.goOn();
    });
  });
});
