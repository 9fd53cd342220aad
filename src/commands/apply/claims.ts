/** What becomes of a claim that exists already: it may grow, and nothing else about it changes. */

import type { ClaimFact } from '../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { isOwn } from '../../core/ownership.ts';
import { parseQuantity } from '../../core/quantity.ts';

/** `apply` holds what to ask for; `leave` why it is left as it is, in words that go on after its name. */
export type Settled = { readonly apply: KubernetesObject } | { readonly leave: string };

type ClaimSpec = {
  readonly accessModes?: readonly string[];
  readonly storageClassName?: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
};

const sizeOf = (spec: ClaimSpec): string => spec.resources?.requests?.['storage'] ?? '';

/** The live claim with the size that is asked for: what cannot change is repeated as it is. */
const grown = (object: KubernetesObject, spec: ClaimSpec, live: ClaimFact): KubernetesObject => {
  const { accessModes: _modes, storageClassName: _class, ...rest } = spec;
  return {
    ...object,
    spec: {
      ...rest,
      accessModes: live.accessModes,
      ...(live.storageClass === null ? {} : { storageClassName: live.storageClass }),
    },
  };
};

/** `live` is null when there is none. */
export const settleClaim = (object: KubernetesObject, live: ClaimFact | null): Settled => {
  if (live === null) return { apply: object };
  if (!isOwn(live.labels)) return { leave: 'belongs to somebody else and is used as it is' };
  const spec = (object['spec'] ?? {}) as ClaimSpec;
  const asked = parseQuantity(sizeOf(spec));
  const there = parseQuantity(live.size ?? '');
  if (asked === undefined || there === undefined || asked <= there)
    return { leave: live.size === null ? 'is there already' : `is there already (${live.size})` };
  if (live.phase !== 'Bound')
    return {
      leave: `keeps ${live.size} for now: it is ${live.phase}, and only a bound claim can grow`,
    };
  return { apply: grown(object, spec, live) };
};
