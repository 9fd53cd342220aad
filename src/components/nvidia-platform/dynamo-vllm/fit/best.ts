/** Of the kinds of GPU that were found, the one on which the model runs best. */

import type { FitVerdict } from '../../../../core/fit.ts';
import { estimate } from './estimate.ts';
import type { FoundGpu } from './found.ts';
import { cellProblems } from './legality.ts';
import type { Asking } from './problem.ts';

const order: Readonly<Record<FitVerdict, number>> = { fits: 3, tight: 2, unknown: 1, 'does-not-fit': 0 };

/** The same question on that kind of GPU. */
const askingOn = (asking: Asking, found: FoundGpu): Asking => ({
  ...asking,
  gpu: found.facts,
  gpuCount: found.reach,
});

/** Higher is better: legal, then the verdict, then free, then not shared. */
const rank = (asking: Asking, found: FoundGpu): number => {
  const { choice, model } = asking;
  const on = askingOn(asking, found);
  const legal = cellProblems(on).every(({ level }) => level !== 'error');
  const free = (found.freeReach ?? found.reach) >= choice.tensor * choice.pipeline * choice.data;
  const verdict = order[estimate(model, choice, found.facts).verdict];
  return (legal ? 100 : 0) + verdict * 10 + (free ? 2 : 0) + (found.sharedBy > 1 ? 0 : 1);
};

/** Undefined when none was found; of equals the one with the least memory, which leaves the larger ones to others. */
export const bestFor = (asking: Asking, found: readonly FoundGpu[]): FoundGpu | undefined =>
  [...found]
    .sort((a, b) => a.facts.visibleGib - b.facts.visibleGib)
    .map(one => ({ one, rank: rank(asking, one) }))
    .sort((a, b) => b.rank - a.rank)[0]?.one;
