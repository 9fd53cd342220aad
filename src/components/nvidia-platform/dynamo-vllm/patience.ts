/** How long the kubelet lets a worker come up before it starts it again. */

import { weightsGiB } from './fit/catalogue.ts';
import { bytesPerGib } from './fit/facts.ts';
import { engineSeconds } from './fit/startup.ts';
import type { Outline, Role } from './plan.ts';

/** The operator's own startup probe: 720 answers, 10 seconds apart. */
const periodSeconds = 10;
const operatorSeconds = 720 * periodSeconds;

/**
 * Absent where the operator's two hours are enough, and for a model that is not in the catalogue. Without a claim the engine fetches
 * the model while it starts, and a worker that is killed on the way begins anew. The Hub is not asked: the same answers must give the
 * same manifests offline.
 */
export const patienceFor = ({ cache, model }: Pick<Outline, 'cache' | 'model'>): Pick<Role, 'startup'> => {
  const weights = weightsGiB(model.id);
  if (weights === undefined) return {};
  const [, longest] = engineSeconds({
    weightsBytes: weights * bytesPerGib,
    fetches: cache === null,
    experts: true,
    eager: false,
  });
  if (longest <= operatorSeconds) return {};
  return { startup: { periodSeconds, failureThreshold: Math.ceil(longest / periodSeconds) } };
};
