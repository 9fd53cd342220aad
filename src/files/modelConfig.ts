/** Reads a model on disk: its config.json, named as a file or by its folder, and the size of the weights beside it. */

import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  configFile,
  indexFile,
  paramsFile,
  quantFile,
  weightsOf,
  withQuantization,
} from '../core/checkpoint.ts';
import { CliError } from '../errors.ts';
import { readText } from './read.ts';

export type LocalModel = {
  /** Text of config.json, with the quantisation that stands in a file of its own. */
  readonly config: string;
  /** Whole checkpoint as stored; null where a file was named, or no weights lie there. */
  readonly weightsBytes: number | null;
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const textIn = (folder: string, name: string): string | null => {
  const file = readText(join(folder, name));
  return 'text' in file ? file.text : null;
};

/** Links of the Hub's own cache are followed. */
const weightsIn = (folder: string): number | null => {
  const files = readdirSync(folder).flatMap(path => {
    const stat = statSync(join(folder, path), { throwIfNoEntry: false });
    return stat?.isFile() === true ? [{ path, size: stat.size }] : [];
  });
  return weightsOf(files, textIn(folder, indexFile));
};

/** Some of Mistral's folders have their own kind of configuration only. */
const configIn = (folder: string): ReturnType<typeof readText> => {
  const file = readText(join(folder, configFile));
  return 'missing' in file ? readText(join(folder, paramsFile)) : file;
};

/** Errors: `refused` when there is no config.json. */
export const readLocalModel = (path: string): LocalModel => {
  const isWhole = isFolder(path);
  const file = isWhole ? configIn(path) : readText(path);
  if ('text' in file) {
    const folder = isWhole ? path : dirname(path);
    return {
      config: withQuantization(file.text, textIn(folder, quantFile)),
      weightsBytes: isWhole ? weightsIn(path) : null,
    };
  }
  const missing = isWhole
    ? `There is no ${configFile} in the folder ${path}.`
    : `The model's configuration ${path} does not exist.`;
  const message = 'missing' in file ? missing : file.problem;
  throw new CliError('refused', message, { hint: "Give the model's config.json: --model-config FILE" });
};
