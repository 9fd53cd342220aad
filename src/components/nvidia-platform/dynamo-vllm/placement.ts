/** Where pods may run: tolerations, node labels, and being held together by a claim that only one node can mount. */

import type { ModelCache, Placement, Toleration } from './plan.ts';
import type { Settings } from './settings.ts';

const gpuToleration: Toleration = {
  key: 'nvidia.com/gpu',
  operator: 'Exists',
  value: null,
  effect: 'NoSchedule',
};

/** `key[=value][:Effect]`, as kubectl writes taints. */
const readToleration = (text: string): Toleration => {
  const [taint = '', effect] = text.split(':');
  const at = taint.indexOf('=');
  const key = at < 0 ? taint : taint.slice(0, at);
  return {
    key,
    operator: at < 0 ? 'Exists' : 'Equal',
    value: at < 0 ? null : taint.slice(at + 1),
    effect: effect ?? null,
  };
};

const readSelector = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

/**
 * A claim that is ReadWriteOnce holds all its pods on one node, so the frontend too must be able to go where the workers go.
 * The affinity is by claim, not by deployment: a second deployment on the same claim joins the first.
 */
export const placementFor = (settings: Settings, cache: ModelCache | null, wantsGpus: boolean): Placement => {
  const together = cache !== null && cache.accessMode === 'ReadWriteOnce';
  const likeWorkers = wantsGpus || together;
  return {
    tolerations: likeWorkers ? [gpuToleration, ...settings.toleration.map(readToleration)] : [],
    nodeSelector: likeWorkers ? readSelector(settings.nodeSelector) : {},
    togetherBy: together ? cache.claim : null,
  };
};
