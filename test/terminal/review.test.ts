/** `review` without a name, as a person sees it: what is saved, as a list to choose from. */

import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newFolder } from '../kit/process.ts';
import { keys, openTerminal } from '../kit/terminal.ts';

const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');
const component = ['nvidia-platform', 'dynamo-vllm'];

const save = (cwd: string, name: string, release: string): void => {
  const words = ['--model', 'Qwen/Qwen3-0.6B', '--name', name, '--release', release];
  execFileSync(
    process.execPath,
    [program, ...component, 'install', ...words, '--yes', '--action', 'save', '--offline'],
    { cwd, stdio: 'pipe', env: { PATH: process.env['PATH'] ?? '' } },
  );
};

it('lists what is saved with date, release and whether somebody changed it, and opens the chosen one', async () => {
  const cwd = newFolder();
  save(cwd, 'first', '0.9.1');
  save(cwd, 'second', '1.4.2');
  const file = join(cwd, 'manifests/dynamo-system/second/02-job.yaml');
  appendFileSync(file, '# mine\n');
  const screen = openTerminal(process.execPath, [program, ...component, 'review'], { cwd });
  await screen.until(/Which saved manifests\?/);
  expect(screen.text()).toMatch(/name +namespace +saved +release +context +live +files/);
  expect(screen.text()).toMatch(
    /❯ +first +dynamo-system +\d{4}-\d\d-\d\d \d\d:\d\d +0\.9\.1 +- +\? +as saved/,
  );
  expect(screen.text()).toMatch(/ +second +dynamo-system +[\d-]+ [\d:]+ +1\.4\.2 +- +\? +changed/);
  const [title = '', first = ''] = ['namespace', '❯'].map(mark =>
    screen.lines().find(line => line.includes(mark) && line.includes(mark === '❯' ? 'first' : 'release')),
  );
  expect(first.indexOf('0.9.1')).toBe(title.indexOf('release'));
  screen.press(keys.down + keys.enter);
  await screen.until(/second in namespace dynamo-system[\s\S]*❯ Deploy/);
  expect(screen.text()).toMatch(/changed by hand since it was saved/);
  screen.press(keys.up + keys.enter);
  expect(await screen.ended()).toBe(0);
  for (const line of screen.lines()) expect(line.length).toBeLessThanOrEqual(80);
});
