/** How this program signs a lease. */

import { hostname, userInfo } from 'node:os';

/** An account without an entry in the user database, as in containers, has a number only. */
const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
};

/** `ann@laptop/4711`. */
export const holderOf = (pid: number): string => `${userName()}@${hostname()}/${pid}`;
