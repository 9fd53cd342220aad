/** Makes folders one at a time: Node's own recursive way never returns where a file system refuses new folders with ENOENT, such as /proc. */

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Errors: whatever the file system says. */
export const makeFolders = (path: string): void => {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};
