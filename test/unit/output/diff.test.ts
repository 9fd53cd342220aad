import { describe, expect, it } from 'vitest';
import type { Comparison, ObjectComparison } from '../../../src/core/comparison.ts';
import { type Difference, differences } from '../../../src/core/diff.ts';
import { comparisonLines } from '../../../src/output/diff.ts';
import { paintFor } from '../../../src/output/paint.ts';

const graph = {
  apiVersion: 'nvidia.com/v1alpha1',
  kind: 'DynamoGraphDeployment',
  namespace: 'ns',
  name: 'chat',
};

const object = (more: Partial<ObjectComparison>): ObjectComparison => ({
  ref: graph,
  state: 'changed',
  why: '',
  changes: [],
  managers: [],
  ...more,
});

const lines = (objects: readonly ObjectComparison[], more: Partial<Comparison> = {}): string[] =>
  comparisonLines({ objects, extra: [], findings: [], differs: true, ...more }, paintFor(false), 80);

const changed = (live: unknown, here: unknown): string[] =>
  lines([object({ changes: differences({ spec: live }, { spec: here }) })]).slice(1, -1);

describe('a comparison', () => {
  it('names drift per field', () => {
    expect(changed({ replicas: 1, name: 'a' }, { replicas: 2, name: 'b' })).toEqual([
      '  spec.replicas: 1 live → 2 here',
      '  spec.name: "a" live → "b" here',
    ]);
  });

  it('opens what comes or goes, but not when it is long', () => {
    expect(changed({}, { envs: [{ name: 'A', value: '1' }], limits: { gpu: '1' } })).toEqual([
      '  spec.envs[A].value: not live → "1" here',
      '  spec.limits.gpu: not live → "1" here',
    ]);
    const many = Object.fromEntries([...'abcdefghij'].map(key => [key, key]));
    expect(changed({ many }, {})).toEqual(['  spec.many: { a, b, c, d, e, f, g, h, i, j } live → not here']);
    expect(changed({}, { tolerations: [{ operator: 'Exists' }] })).toEqual([
      '  spec.tolerations: not live → 1 item here',
    ]);
  });

  it('shows of argument lists only what differs, a value with its flag', () => {
    const args = (tp: string, ...more: string[]): string[] => [
      '--model',
      'm',
      '--tp',
      tp,
      '--seed',
      '1',
      ...more,
    ];
    expect(changed({ args: args('1') }, { args: args('2') })).toEqual([
      '  spec.args: ... --tp 1 ... live → ... --tp 2 ... here',
    ]);
    expect(changed({ args: args('1') }, { args: args('1', '--eager') })).toEqual([
      '  spec.args: nothing live → ... --eager here',
    ]);
  });

  it('shows of scripts the first line that differs, and of secrets nothing', () => {
    expect(changed({ script: 'a\nb\nc' }, { script: 'a\nx\nc\nd' })).toEqual([
      '  spec.script: 3 lines, line 2: "b" live → 4 lines, line 2: "x" here',
    ]);
    const hidden: Difference = { path: ['data', 'KEY'], kind: 'changed', live: '(hidden)', here: '(hidden)' };
    expect(lines([object({ changes: [hidden] })])[1]).toBe('  data.KEY: (changed)');
  });

  it('says what becomes of each object, what is beside it, and counts', () => {
    const job = { ...graph, kind: 'Job', name: 'load' };
    const told = lines(
      [
        object({ state: 'same' }),
        object({ ref: job, state: 'created' }),
        object({ state: 'replaced', why: 'The mode changes.' }),
        object({ managers: ['kubectl-edit'] }),
        object({ ref: job, state: 'left', why: 'is done already' }),
        object({ state: 'unread', why: 'What is there was not read.' }),
      ],
      { extra: [job] },
    ).join(' ');
    for (const sentence of [
      'DynamoGraphDeployment chat is the same',
      'Job load is not there and would be created',
      'would be deleted and made anew: The mode changes',
      'differs (kubectl-edit changed it; applying needs --take-over)',
      'Job load is done already',
      'was not compared: What is there was not read',
      'There beside these manifests, and left as it is: Job load.',
      '1 differs, 1 would be replaced, 1 would be created, 2 are the same and 1 was not compared.',
    ])
      expect(told.replace(/\s+/g, ' ')).toContain(sentence);
  });

  it('fits 80 columns', () => {
    const long = 'x'.repeat(70);
    for (const line of changed({ [long]: long }, { [long]: `${long}y` }))
      expect(line.length).toBeLessThanOrEqual(80);
  });
});
