/** How long a wait may last when nobody says otherwise. */

import type { Awaited } from '../../../../core/sight.ts';
import { weightsOf } from './weights.ts';

/**
 * Generous on purpose: what cannot come true ends the wait long before. The sum is
 *   a node that has to be made                        10 min
 *   the runtime image, about 15 GB at 20 MB/s         12 min
 *   the download, at 50 MB/s                          bytes / 50 MB/s
 *   reading the weights from a network volume         bytes / 200 MB/s
 *   compiling, warming up, capturing graphs           15 min
 * and at least 20 minutes, in whole minutes. A download of 221 GiB was seen to take 62 minutes, and kernels of a model with experts 16.
 */
const fixedSeconds = 600 + 720 + 900;
const downloadBytesPerSecond = 50e6;
const loadBytesPerSecond = 200e6;
const leastSeconds = 1_200;
/** Stands in for a size that is not known: 70 billion parameters of 16 bits. */
const assumedBytes = 140e9;

export const limitSecondsFor = (awaited: Awaited): number => {
  const bytes = weightsOf(awaited) ?? assumedBytes;
  const sum = fixedSeconds + bytes / downloadBytesPerSecond + bytes / loadBytesPerSecond;
  return Math.max(leastSeconds, Math.ceil(sum / 60) * 60);
};
