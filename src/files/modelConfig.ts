/** Reads a model's config.json, named as a file or by its folder. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../errors.ts';
import { readText } from './read.ts';

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The text as it stands. Errors: `refused` when there is none. */
export const readModelConfig = (path: string): string => {
  const file = readText(isFolder(path) ? join(path, 'config.json') : path);
  if ('text' in file) return file.text;
  const message = 'missing' in file ? `The model's configuration ${path} does not exist.` : file.problem;
  throw new CliError('refused', message, { hint: "Give the model's config.json: --model-config FILE" });
};
