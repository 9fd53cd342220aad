/** A random set of deployments, foreign objects and shared claims: uninstalling one removes exactly its own objects. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deployed } from '../../src/components/nvidia-platform/dynamo-vllm/deployed/deployed.ts';
import { refOf, refText } from '../../src/core/kinds.ts';
import type { KubernetesObject } from '../../src/core/manifest.ts';
import { everyRemovable, planRemoval } from '../../src/core/removal.ts';
import { type Made, object, objectsOf, ownLabelsOf, pod } from '../kit/namespace.ts';

const claims = ['cache-a', 'cache-b', 'their-disk'] as const;
const secrets = ['hf-token', 'other-token'] as const;
const names = ['a', 'b', 'c', 'd', 'ab'] as const;

const madeArbitrary = (name: string): fc.Arbitrary<Made> =>
  fc.record({
    name: fc.constant(name),
    own: fc.boolean(),
    claim: fc.option(fc.constantFrom(...claims)),
    secret: fc.option(fc.constantFrom(...secrets)),
    replicas: fc.integer({ min: 0, max: 3 }),
    downloaded: fc.boolean(),
    beta: fc.boolean(),
  });

/** What others have in the namespace; some of it carries labels that look like ours. */
const foreignArbitrary: fc.Arbitrary<KubernetesObject[]> = fc.array(
  fc
    .record({
      at: fc.nat(1000),
      kind: fc.constantFrom('Pod', 'ConfigMap', 'Job', 'Service', 'Deployment'),
      claim: fc.option(fc.constantFrom(...claims)),
      labels: fc.constantFrom<Record<string, string>>(
        {},
        { 'app.kubernetes.io/instance': 'a' },
        { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'a' },
        { 'app.kubernetes.io/managed-by': 'dynamo-installer' },
        { 'app.kubernetes.io/managed-by': 'dynamo-installer', 'app.kubernetes.io/instance': 'elsewhere' },
      ),
    })
    .map(({ at, kind, claim, labels }) => {
      const name = `foreign-${kind.toLowerCase()}-${at}`;
      return kind === 'Pod' ? pod(name, labels, { claim }) : object('v1', kind, name, labels);
    }),
  { maxLength: 6 },
);

const worldArbitrary = fc
  .record({
    deployments: fc
      .subarray([...names], { minLength: 1 })
      .chain(some => fc.tuple(...some.map(madeArbitrary)) as fc.Arbitrary<Made[]>),
    foreign: foreignArbitrary,
    modelCache: fc.boolean(),
    tokenSecret: fc.boolean(),
    seed: fc.integer(),
  })
  .map(world => ({
    ...world,
    shared: [
      ...claims.map(name =>
        object('v1', 'PersistentVolumeClaim', name, name === 'their-disk' ? {} : ownLabelsOf(null)),
      ),
      ...secrets.map(name => object('v1', 'Secret', name, name === 'hf-token' ? ownLabelsOf(null) : {})),
    ],
  }));

const keyOf = (one: KubernetesObject): string => refText(refOf(one));

/** Neither over nor this deployment's. */
const usersOf = (name: string, others: readonly Made[], foreign: readonly KubernetesObject[]): boolean =>
  others.some(made => made.claim === name || made.secret === name) ||
  foreign.some(one => deployed.claimsIn(one).includes(name));

describe('what an uninstall removes', () => {
  it('is exactly its own objects, and what is shared only when it was asked for and nobody else needs it', () => {
    fc.assert(
      fc.property(worldArbitrary, ({ deployments, foreign, shared, modelCache, tokenSecret, seed }) => {
        const [target, ...others] = deployments as [Made, ...Made[]];
        const made = deployments.map(objectsOf);
        const all = [...made.flatMap(({ own, children }) => [...own, ...children]), ...foreign, ...shared];
        const objects = all.toSorted((a, b) => (keyOf(a) + seed < keyOf(b) + seed ? -1 : 1));
        const input = { name: target.name, namespace: 'team', objects, modelCache, tokenSecret };
        const plan = planRemoval(input, deployed);
        const expected = target.own ? objectsOf(target).own.map(keyOf) : [];
        const free = (name: string | null, asked: boolean, own: boolean): boolean =>
          target.own && asked && own && name !== null && !usersOf(name, others, foreign);
        if (free(target.claim, modelCache, target.claim !== 'their-disk'))
          expected.push(`PersistentVolumeClaim ${target.claim}`);
        if (free(target.secret, tokenSecret, target.secret === 'hf-token'))
          expected.push(`Secret ${target.secret}`);
        const removed = everyRemovable(plan).map(({ ref }) => refText(ref));
        expect(removed.toSorted()).toEqual(expected.toSorted());
        // Every removal names its object by uid, and nothing is both removed and kept.
        expect(everyRemovable(plan).every(({ uid }) => uid !== null)).toBe(true);
        const kept = plan.kept.map(({ ref }) => refText(ref));
        expect(removed.filter(one => kept.includes(one))).toEqual([]);
        expect(plan.pods.every(one => one.metadata.name.startsWith(`${target.name}-`))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
