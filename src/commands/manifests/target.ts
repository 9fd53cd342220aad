/** What a word behind a verb names: a path, a saved manifest, a deployment that runs; without a word, the only one or a choice. */

import { relative } from 'node:path';
import { CliError } from '../../errors.ts';
import { findTargets, type SavedEntry, savedEntries, type Target } from '../../files/library.ts';
import { type Context, commandLine } from '../context.ts';
import { typedNamespace } from '../deployments.ts';
import { pathFrom } from '../layers.ts';
import { libraryFolder } from '../save.ts';

/** A live deployment may be named by nothing: then it is the only one. */
export type Named = Target | { readonly kind: 'live'; readonly name: string | undefined };

/** Shows what is saved and lets a person choose; undefined when there is nobody. */
export type Choose = (entries: readonly SavedEntry[]) => Promise<SavedEntry | undefined>;

/** As a person would type it. */
export const shortPath = ({ io }: Context, path: string): string => {
  const short = relative(io.cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
};

const folder = ({ path }: SavedEntry): Target => ({ kind: 'folder', path });

const several = (context: Context, entries: readonly SavedEntry[], verb: string): CliError => {
  const [first] = entries;
  const example = first === undefined ? '' : shortPath(context, first.path);
  return new CliError(
    'usage',
    `There are ${entries.length} saved manifests to choose from, and nobody to ask.`,
    { hint: `Name one, such as: ${commandLine(context.entry, verb)} ${example}` },
  );
};

const among = async (
  context: Context,
  entries: readonly SavedEntry[],
  verb: string,
  choose: Choose,
): Promise<Target | undefined> => {
  const [first, ...more] = entries;
  if (first === undefined || more.length === 0) return first === undefined ? undefined : folder(first);
  const chosen = await choose(entries);
  if (chosen === undefined) throw several(context, entries, verb);
  return folder(chosen);
};

const inNamespace = (context: Context, entries: readonly SavedEntry[]): readonly SavedEntry[] => {
  const typed = typedNamespace(context);
  return typed === null ? entries : entries.filter(({ namespace }) => namespace === typed);
};

/**
 * An existing path, then a saved manifest, else a deployment that may run. Errors: `usage` when several might be meant.
 */
export const nameTarget = async (context: Context, verb: string, choose: Choose): Promise<Named> => {
  const [word] = context.words;
  const library = libraryFolder(context);
  const entries = inNamespace(context, savedEntries(library));
  if (word === undefined)
    return (await among(context, entries, verb, choose)) ?? { kind: 'live', name: undefined };
  const path = pathFrom(context.io, word);
  const found = findTargets(word, path, library);
  const direct = found.find(target => target.path === path);
  if (direct !== undefined) return direct;
  const meant = entries.filter(entry => found.some(target => target.path === entry.path));
  return (await among(context, meant, verb, choose)) ?? { kind: 'live', name: word };
};
