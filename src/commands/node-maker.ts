/** What may make nodes for pods that wait: their wait is then given minutes instead of seconds. */

import type { CheckResult } from '../core/check.ts';
import { type ClusterFacts, readOr } from '../core/cluster-facts.ts';

type Seen = {
  readonly cluster: Pick<ClusterFacts, 'nodePools'>;
  readonly results: readonly Pick<CheckResult, 'code' | 'outcome'>[];
  /** Codes given to --skip-check. */
  readonly skipped: readonly string[];
  /** Codes of checks for room on nodes. */
  readonly aboutRoom: readonly string[];
};

/** Karpenter shows itself by its node pools, the cluster autoscaler by nothing: who lets a lack of room through counts on one. */
export const nodeMakerOf = ({ cluster, results, skipped, aboutRoom }: Seen): string | null => {
  if (readOr(cluster.nodePools)?.some(pool => pool.ready) === true) return 'Karpenter';
  const isLetThrough = results.some(
    ({ code, outcome }) => outcome === 'warn' && aboutRoom.includes(code) && skipped.includes(code),
  );
  return isLetThrough ? 'an autoscaler' : null;
};
