/** How long a wait may last when nobody says otherwise. */

import type { Awaited } from '../../../../core/sight.ts';
import { nodeSeconds, startupSeconds } from '../fit/startup.ts';
import { weightsOf } from './weights.ts';

const leastSeconds = 1_200;
/** Stands in for a size that is not known: 70 billion parameters of 16 bits. */
const assumedBytes = 140e9;

/**
 * The slow end of what a first start takes, in whole minutes and at least 20 of them: a node that has to be made, the image, the
 * download, loading, and compiling as long as experts do. Generous on purpose: what cannot come true ends the wait long before.
 */
export const limitSecondsFor = (awaited: Awaited): number => {
  const weightsBytes = weightsOf(awaited) ?? assumedBytes;
  const [, longest] = startupSeconds({ weightsBytes, fetches: true, experts: true, eager: false });
  return Math.max(leastSeconds, Math.ceil((nodeSeconds[1] + longest) / 60) * 60);
};
