/** Whether a live graph is still what it was made as. */

import { count, metadataOf, number, record } from './members.ts';

/**
 * Adding the finalizer counts as the second generation on operators that do not write the observed one (0.8, 0.9). False when nothing
 * is known of it.
 */
export const wasNeverChanged = (graph: unknown): boolean => {
  const generation = count(metadataOf(graph).generation);
  const observed = number(record(record(graph).status).observedGeneration);
  return generation === 1 || (generation === 2 && observed === null);
};
