import { describe, expect, it } from 'vitest';
import {
  dialectFor,
  kvbmLines,
  lines,
  linesApart,
} from '../../../../../src/components/nvidia-platform/dynamo-vllm/dialect.ts';

describe('dialectFor', () => {
  it('takes the API from the operator and the engine from the image', () => {
    const dialect = dialectFor('1.4.2', '1.2.1');
    expect(dialect.operator.apiVersion).toBe('nvidia.com/v1beta1');
    expect(dialect.runtime.engine).toBe('0.20.1');
  });
  it.each([
    ['0.8.0', 'v1alpha1'],
    ['1.2.1', 'v1alpha1'],
    ['1.3.0', 'v1alpha1'],
    ['1.4.0-cuda13', 'v1beta1'],
    ['1.6.1', 'v1beta1'],
  ])('%s speaks %s', (release, version) => {
    expect(dialectFor(release, release).operator.apiVersion).toBe(`nvidia.com/${version}`);
  });
  it.each([
    ['1.7.0', 'newer'],
    ['2.0.0', 'newer'],
    ['0.10.0', 'newer'],
    ['0.7.1', 'older'],
    ['0.0.1', 'older'],
    ['1.0.0', 'known'],
  ])('%s is %s', (release, known) => {
    expect(dialectFor(release, release).runtimeKnown).toBe(known);
  });
  it('uses the newest record for what is newer', () => {
    expect(dialectFor('9.9.9', '9.9.9').runtime).toEqual(lines[0].runtime);
  });
});

describe('the table', () => {
  it('is newest first', () => {
    expect(lines.map(line => line.line)).toEqual([
      '1.6',
      '1.5',
      '1.4',
      '1.3',
      '1.2',
      '1.1',
      '1.0',
      '0.9',
      '0.8',
    ]);
  });
  it('counts along the lines', () => {
    expect([
      linesApart('0.9.1', '1.1.1'),
      linesApart('1.6.0', '1.6.1'),
      linesApart('0.8.1', '1.6.1'),
      linesApart('0.8.1', '3.0.0'),
    ]).toEqual([2, 0, 8, undefined]);
  });
  it('knows where KVBM works', () => {
    expect(kvbmLines).toEqual(['1.3', '1.2', '1.1', '1.0', '0.9', '0.8']);
  });
  it.each(lines.map(line => [line.line, line] as const))(
    '%s: every JSON argument is JSON',
    (_, { runtime }) => {
      const args: readonly string[] = [
        ...runtime.transfer,
        ...runtime.kvEvents,
        ...runtime.kvbm.worker,
        ...runtime.kvbm.prefill,
        ...runtime.kvbm.decode,
      ];
      for (const json of args.filter(arg => arg.startsWith('{')))
        expect(JSON.parse(json)).toBeTypeOf('object');
      expect(args.length + runtime.role.prefill.length).toBeGreaterThan(0);
    },
  );
});
