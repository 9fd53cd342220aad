/** Answers that bring others along, and choices that a cluster's GPUs decide. */

import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../../src/commands/context.ts';
import { askMissing } from '../../../src/commands/questions.ts';
import { componentIndex } from '../../../src/components/load.ts';
import { component } from '../../../src/components/nvidia-platform/dynamo-vllm/component.ts';
import { type Facts, noFacts } from '../../../src/core/component.ts';
import type { Layer } from '../../../src/core/settings.ts';

const [entry] = componentIndex;

/** A person who presses these keys one after the other, each when something new was asked. */
const personWho = (...presses: readonly string[]): { context: Context; shown: () => string } => {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  const shown: string[] = [];
  const left = [...presses];
  stderr.on('data', (chunk: Buffer) => {
    shown.push(String(chunk));
    if (String(chunk).includes('?') && left.length > 0) setImmediate(() => stdin.write(left.shift() ?? ''));
  });
  if (entry === undefined) throw new Error('There is no component.');
  const io = {
    stdin,
    stdout: new PassThrough(),
    stderr,
    env: {},
    cwd: '/',
    root: '/',
    signal: new AbortController().signal,
    canPrompt: true,
    color: { stdout: false, stderr: false },
    columns: 80,
    version: '0.0.0-test',
  };
  const context = { io, entry, table: component.settings, options: {}, typed: {}, words: [] };
  return { context, shown: () => shown.join('') };
};

const enter = '\r';
const up = '\u001b[A';
const oneL40s: Facts = {
  ...noFacts,
  gpuNodes: [{ name: 'a', product: 'NVIDIA-L40S', freeGpus: 1 }],
};
const answered = {
  model: 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8',
  mode: 'aggregated',
  kvRouter: false,
  kvbm: false,
  replicas: 1,
  name: 'a',
  action: 'save',
} as const;
const layers: readonly Layer[] = [{ name: 'flag', values: { ...answered, release: '1.3.1' } }];

describe('a size that does not fit', () => {
  it('is mended by one key, and what came along is not asked for again', async () => {
    const { context, shown } = personWho(enter);
    const { values } = await askMissing(context, component, layers, async () => oneL40s);
    expect(Object.keys(values).sort()).toEqual(['tensorParallelSize', 'vllmArgs']);
    expect(values.tensorParallelSize).toBe(1);
    expect(values.vllmArgs).toMatch(/ --max-model-len \d+$/);
    expect(shown()).toContain('1   does not fit on 1 x L40S');
  });
  it('can be taken all the same', async () => {
    const { context } = personWho(`${up}${up}${enter}`, enter);
    const { values } = await askMissing(context, component, layers, async () => oneL40s);
    expect(values).toEqual({
      tensorParallelSize: 1,
      vllmArgs: '--gpu-memory-utilization 0.90 --block-size 128',
    });
  });
});
