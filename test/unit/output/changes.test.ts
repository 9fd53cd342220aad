/** What a change does, as lines of at most 80 columns. */

import { describe, expect, it } from 'vitest';
import type { RoleChange } from '../../../src/core/changes.ts';
import { roleLines, settingLines } from '../../../src/output/changes.ts';
import { paintFor } from '../../../src/output/paint.ts';

const role = (change: Partial<RoleChange>): RoleChange => ({
  role: 'worker',
  fate: 'kept',
  before: 1,
  after: 1,
  gpus: 1,
  reasons: [],
  details: [],
  ...change,
});

const lines = (...roles: readonly RoleChange[]) => roleLines(roles, paintFor(false), 80);

describe('what a change does', () => {
  it('is told for each setting with both values', () => {
    const told = settingLines(
      [
        { key: 'replicas', before: 1, after: 3 },
        { key: 'kvRouter', before: false, after: true },
        { key: 'storageClass', before: null, after: 'efs' },
        { key: 'env', before: ['A=b'], after: ['A=b', 'C=d'] },
      ],
      80,
    );
    expect(told).toEqual([
      '  replicas       1 -> 3',
      '  kv-router      no -> yes',
      '  storage-class  not set -> efs',
      '  env            A=b -> A=b C=d',
    ]);
  });

  it('is told for the pods of each role', () => {
    expect(
      lines(
        role({ role: 'Frontend' }),
        role({ role: 'prefill', fate: 'scaled', after: 3 }),
        role({
          role: 'decode',
          fate: 'replaced',
          before: 2,
          after: 2,
          reasons: ['image', 'arguments'],
          details: ['--a is now --b'],
        }),
        role({ fate: 'removed', after: 0 }),
        role({ role: 'encode', fate: 'added', before: 0, after: 2 }),
      ),
    ).toEqual([
      '  Frontend  1 pod kept',
      '  prefill   1 -> 3 pods, none restarted',
      '  decode    2 pods, all replaced (image and arguments)',
      '            --a is now --b',
      '  worker    1 pod goes',
      '  encode    2 pods come',
    ]);
  });

  it('is wrapped', () => {
    const details = [`--kv-events-config ${'x '.repeat(60)}`];
    for (const line of [
      ...lines(role({ fate: 'replaced', reasons: ['arguments'], details })),
      ...settingLines([{ key: 'vllmArgs', before: 'a '.repeat(60), after: 'b '.repeat(60) }], 80),
    ])
      expect(line.length).toBeLessThanOrEqual(80);
  });
});
