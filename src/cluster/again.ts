/** Sends again what the connection will not repeat by itself, where the caller knows that twice comes to the same as once. */

import { setTimeout as pause } from 'node:timers/promises';
import { isClusterError } from './refusal.ts';

/** Milliseconds before the second and the third try. */
const delays = [200, 600] as const;

const mayPass = (error: unknown): boolean =>
  isClusterError(error) &&
  (error.kind === 'unreachable' || (error.kind === 'server' && !/webhook/i.test(error.message)));

/** For creations that tell by "already exists", and for writes and deletions bound to a resourceVersion. */
export const again = async <T>(work: () => Promise<T>): Promise<T> => {
  for (const delay of delays) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error)) throw error;
      await pause(delay);
    }
  }
  return work();
};
