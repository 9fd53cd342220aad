/** Writes answers files. */

import { renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Values } from '../core/settings.ts';
import { yamlText } from '../core/yaml.ts';
import { CliError } from '../errors.ts';
import { makeFolders } from './folders.ts';
import { causeOf } from './read.ts';

/** Writes beside and renames, so that there is never half a file. */
export const writeAnswersFile = (path: string, values: Values): void => {
  const beside = `${path}.tmp`;
  try {
    makeFolders(dirname(path));
    writeFileSync(beside, yamlText(values));
    renameSync(beside, path);
  } catch (error) {
    throw new CliError('refused', `The answers cannot be written: ${path} ${causeOf(error)}.`, {
      hint: 'Choose another place: --save-answers FILE',
    });
  }
};
