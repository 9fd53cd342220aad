import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { whyNoBinaries } from '../kit/cluster/control/binaries.ts';
import { processStamp } from '../kit/cluster/control/processStamp.ts';
import { runsRoot, sweep } from '../kit/cluster/control/runFolder.ts';
import { describeIfPossible, eventually, MINOR } from './support.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

function startRehearsal(): { child: ChildProcess; lines: string[] } {
  const args = [
    'test/kit/cluster/run.mjs',
    'test/kit/cluster/rehearsal.ts',
    '--nodes',
    'cpu=1',
    '--frontend',
    'none',
  ];
  const env = { ...process.env, KUBECONFIG: '/nowhere/at/all' };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', line => lines.push(line));
  return { child, lines };
}

async function printed(lines: readonly string[]): Promise<string> {
  const line = await eventually(async () => lines.at(-1), 'the rehearsal prints its kubeconfig', 1_200_000);
  expect(lines.length).toBe(1);
  return line.replace(/^KUBECONFIG=/, '');
}

describeIfPossible('the rehearsal as a process', whyNoBinaries(MINOR), () => {
  test('prints KUBECONFIG once and last, and Ctrl-C leaves nothing', { timeout: 1_200_000 }, async () => {
    const { child, lines } = startRehearsal();
    const kubeconfig = await printed(lines);
    expect(existsSync(kubeconfig)).toBe(true);
    const ended = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(existsSync(dirname(kubeconfig))).toBe(false);
  });

  test('after a kill -9 the next start ends what was left', { timeout: 60_000 }, async () => {
    const { child, lines } = startRehearsal();
    const folder = dirname(await printed(lines));
    const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as {
      children: { pid: number }[];
    };
    const ended = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const alive = () => owner.children.filter(each => processStamp(each.pid) !== undefined).length;
    expect(alive()).toBe(5);
    expect(sweep(runsRoot())).toContain(folder);
    await eventually(
      async () => (alive() === 0 ? true : undefined),
      'the processes of the killed run are gone',
    );
    expect(existsSync(folder)).toBe(false);
  });
});
