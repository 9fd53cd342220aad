/** Writes one file that a flag names. */

import { renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from '../errors.ts';
import { makeFolders } from './folders.ts';
import { causeOf } from './read.ts';

/** Writes beside and renames, so that there is never half a file. `flag` names it in errors. Errors: `refused`. */
export const writeWhole = (path: string, text: string, what: string, flag: string): void => {
  const beside = `${path}.tmp`;
  try {
    makeFolders(dirname(path));
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    throw new CliError('refused', `${what} cannot be written: ${path} ${causeOf(error)}.`, {
      hint: `Choose another place: ${flag} FILE`,
    });
  }
};
