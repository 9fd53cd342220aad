/** Output that nobody reads to its end, and a terminal that nobody told its size. */

import { type SpawnOptions, spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../kit/checkout.ts';
import { programFile, verb } from '../kit/program.ts';
import { openTerminal } from '../kit/terminal.ts';

/** Runs with a pipe on one stream whose reader is gone from the start; the exit code. */
const unread = (stream: 'stdout' | 'stderr', words: readonly string[], cwd: string): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const stdio: SpawnOptions['stdio'] =
      stream === 'stdout' ? ['ignore', 'pipe', 'ignore'] : ['ignore', 'ignore', 'pipe'];
    const env = { PATH: process.env.PATH ?? '', HOME: cwd };
    const child = spawn(process.execPath, [programFile, ...words], { cwd, env, stdio });
    child[stream]?.destroy();
    child.once('error', reject);
    child.once('close', resolve);
  });

describe('a pipe whose reader is gone', () => {
  it('ends what only prints, and nothing is wrong', async () => {
    const words = verb('render', '--model', 'Qwen/Qwen3-0.6B');
    expect(await unread('stdout', words, temporaryFolder())).toBe(0);
  });

  it('keeps the exit code where the talk is not heard', async () => {
    expect(await unread('stderr', verb('statsu'), temporaryFolder())).toBe(64);
  });
});

describe('a terminal that says it has no columns', () => {
  it('counts as one of 80', async () => {
    const words = ['-c', 'stty cols 0 && exec "$@"', 'sh', process.execPath, programFile, ...verb('statsu')];
    const screen = openTerminal('sh', words, { cwd: temporaryFolder() });
    expect(await screen.ended()).toBe(64);
    expect(screen.lines()[0]).toBe(
      'error: There is no "statsu" here; known: install, render, check, review, diff,',
    );
  });
});
