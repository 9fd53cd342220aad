/** Random objects in the shapes that Kubernetes has: differences explain everything, and nothing that is the same. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Difference, differences, pathText } from '../../src/core/diff.ts';
import { patched } from '../kit/patch.ts';

const scalar = fc.oneof(fc.constantFrom('a', 'b', '1Gi', ''), fc.integer({ min: 0, max: 3 }), fc.boolean());
const name = fc.constantFrom('main', 'init', 'side', 'HF_HOME', 'cache');

const { value } = fc.letrec<{
  value: unknown;
  record: unknown;
  list: unknown;
  named: unknown;
  mounts: unknown;
}>(tie => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('record'), tie('list'), tie('named'), tie('mounts')),
  record: fc.dictionary(fc.constantFrom('spec', 'replicas', 'args', 'env', 'x.y/z'), tie('value'), {
    maxKeys: 4,
  }),
  list: fc.array(tie('value'), { maxLength: 3 }),
  named: fc.uniqueArray(fc.record({ name, value: tie('value') }), {
    maxLength: 4,
    selector: item => item.name,
  }),
  mounts: fc.uniqueArray(
    fc.record({ mountPath: fc.constantFrom('/a', '/b', '/c'), readOnly: fc.boolean() }),
    { maxLength: 3, selector: item => item.mountPath },
  ),
}));

const pair = fc.tuple(value, value);

describe('differences', () => {
  it('of a value with itself are none', () => {
    fc.assert(
      fc.property(value, one => {
        expect(differences(one, structuredClone(one))).toEqual([]);
      }),
    );
  });

  it('carried out on what is live give what is here', () => {
    fc.assert(
      fc.property(pair, ([live, here]) => {
        const found = differences(live, here);
        expect(patched(live, found)).toEqual(here);
      }),
      { numRuns: 2000 },
    );
  });

  it('are none exactly when both are the same', () => {
    const text = (one: unknown): unknown => JSON.stringify(sorted(one));
    fc.assert(
      fc.property(pair, ([live, here]) => {
        expect(differences(live, here).length === 0).toBe(text(live) === text(here));
      }),
      { numRuns: 2000 },
    );
  });

  it('turn around with their sides', () => {
    const shape = (all: readonly Difference[]): string[] => all.map(one => pathText(one.path)).sort();
    fc.assert(
      fc.property(pair, ([live, here]) => {
        const [there, back] = [differences(live, here), differences(here, live)];
        const moves = (all: readonly Difference[]) => all.filter(one => one.kind !== 'order');
        expect(shape(moves(there))).toEqual(shape(moves(back)));
      }),
    );
  });
});

const sorted = (one: unknown): unknown => {
  if (Array.isArray(one)) return one.map(sorted);
  if (typeof one !== 'object' || one === null) return one;
  return Object.fromEntries(
    Object.entries(one)
      .map(([key, inner]) => [key, sorted(inner)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
};
