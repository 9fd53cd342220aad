/** Finds the Hugging Face token where the Hub's own tools look for it. */

import { join, resolve } from 'node:path';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { readText } from './read.ts';

/** The value is for the Hub and for one Secret; only `source`, a variable's name or a path, may be shown. */
export type FoundToken = { readonly token: string; readonly source: string };

type Place = Pick<Io, 'env' | 'cwd'>;

const variables = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'] as const;

/** Printable and without quotes: what comes out of a badly copied line or an env file is no token. */
const wellFormed = /^[\x21\x23-\x26\x28-\x7e]+$/;

/**
 * A token as it was typed, set or stored: blanks around it are cut off, and null stands for an empty one.
 * Errors: `refused`, without the value, for what cannot be a token.
 */
export const acceptToken = (value: string | undefined, source: string): FoundToken | null => {
  const token = value?.trim() ?? '';
  if (token === '') return null;
  if (wellFormed.test(token)) return { token, source };
  throw new CliError(
    'refused',
    `The Hugging Face token in ${source} holds a blank, a line break, a quote or a character that no token has.`,
    {
      hint: 'Copy it again from https://huggingface.co/settings/tokens, on one line and without quotes (it is not shown here).',
    },
  );
};

/** `~`, `$NAME` and `${NAME}` at their usual meaning; unknown names stay as they are. */
const expand = (path: string, { env, cwd }: Place): string => {
  const home = env.HOME ?? env.USERPROFILE;
  const named = path.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (whole, braced?: string, bare?: string) => env[braced ?? bare ?? ''] ?? whole,
  );
  return resolve(cwd, home === undefined ? named : named.replace(/^~(?=$|[\\/])/, home));
};

const set = (value: string | undefined): value is string => value !== undefined && value !== '';

/** Where a token file may lie, and the variable that names it; null when there is not even a home. */
const tokenFile = (
  place: Place,
): { readonly path: string; readonly named: 'HF_TOKEN_PATH' | 'HF_HOME' | null } | null => {
  const { HF_TOKEN_PATH: own, HF_HOME: folder, XDG_CACHE_HOME: caches, HOME, USERPROFILE } = place.env;
  if (set(own)) return { path: expand(own, place), named: 'HF_TOKEN_PATH' };
  if (set(folder)) return { path: join(expand(folder, place), 'token'), named: 'HF_HOME' };
  if (set(caches)) return { path: join(expand(caches, place), 'huggingface', 'token'), named: null };
  const home = HOME ?? USERPROFILE;
  return set(home) ? { path: join(home, '.cache', 'huggingface', 'token'), named: null } : null;
};

const fromFile = (place: Place, warn: (sentence: string) => void): FoundToken | null => {
  const at = tokenFile(place);
  if (at === null) return null;
  const file = readText(at.path);
  if ('text' in file) return acceptToken(file.text, at.path);
  if ('missing' in file) {
    if (at.named === 'HF_TOKEN_PATH') warn(`HF_TOKEN_PATH names ${at.path}, which does not exist.`);
    return null;
  }
  // Somebody who names a file means it. One that merely lies in a home, of another user perhaps, is not worth stopping for.
  if (at.named === null) {
    warn(`The Hugging Face token is not used: ${file.problem}`);
    return null;
  }
  throw new CliError('refused', `The Hugging Face token cannot be read: ${file.problem}`, {
    hint: `Make the file readable, or set HF_TOKEN, or unset ${at.named}.`,
  });
};

/**
 * The first of HF_TOKEN, HUGGING_FACE_HUB_TOKEN, the file of HF_TOKEN_PATH, HF_HOME/token, XDG_CACHE_HOME/huggingface/token and
 * ~/.cache/huggingface/token that holds one, blanks around it cut off; null when none does.
 * `warn` gets a sentence about a file that could have held one.
 * Errors: `refused` for a value that is no token, and for a file that a variable names and nobody may read; never with the value.
 */
export const findToken = (place: Place, warn: (sentence: string) => void = () => {}): FoundToken | null => {
  for (const name of variables) {
    const found = acceptToken(place.env[name], name);
    if (found !== null) return found;
  }
  return fromFile(place, warn);
};
