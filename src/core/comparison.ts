/** What a comparison of manifests with a cluster found, object by object, as plain data. */

import type { Difference } from './diff.ts';
import type { Finding } from './finding.ts';
import type { Ref } from './kinds.ts';

export type ObjectComparison = {
  readonly ref: Ref;
  /**
   * `changed`: fields would change. `created`: it is not there. `replaced`: it cannot be changed in place. `left`: it is there
   * and applying leaves it as it is. `unread`: nobody knows.
   */
  readonly state: 'same' | 'changed' | 'created' | 'replaced' | 'left' | 'unread';
  /** A sentence for `replaced` and `unread`; for `left` words that go on after its name; otherwise empty. */
  readonly why: string;
  readonly changes: readonly Difference[];
  /** Managers that wrote a field which would change, so that applying it needs --take-over. */
  readonly managers: readonly string[];
};

export type Comparison = {
  /** In the order of applying. */
  readonly objects: readonly ObjectComparison[];
  /** Objects of the deployment that are there and not among the manifests: applying leaves them. */
  readonly extra: readonly Ref[];
  readonly findings: readonly Finding[];
  /** Whether applying would change anything. */
  readonly differs: boolean;
};

const changing: readonly ObjectComparison['state'][] = ['changed', 'created', 'replaced'];

export const wouldChange = ({ state }: ObjectComparison): boolean => changing.includes(state);
