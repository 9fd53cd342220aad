/** Finds what a word names: a folder, a file, or a saved manifest of the library. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type Target = { readonly kind: 'folder' | 'file'; readonly path: string };

const kindOf = (path: string): Target | undefined => {
  if (!existsSync(path)) return undefined;
  return { kind: statSync(path).isDirectory() ? 'folder' : 'file', path };
};

const foldersIn = (folder: string): string[] =>
  existsSync(folder) && statSync(folder).isDirectory()
    ? readdirSync(folder, { withFileTypes: true })
        .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
        .map(entry => entry.name)
        .sort()
    : [];

export type SavedEntry = {
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly savedAt: Date;
};

/** Everything in `<library>/<namespace>/<name>/`. */
export const savedEntries = (library: string): SavedEntry[] =>
  foldersIn(library).flatMap(namespace =>
    foldersIn(join(library, namespace)).map(name => {
      const path = join(library, namespace, name);
      return { namespace, name, path, savedAt: statSync(path).mtime };
    }),
  );

/** An existing path first, then saved manifests of that name. */
export const findTargets = (word: string, path: string, library: string): Target[] => {
  const direct = kindOf(path);
  if (direct !== undefined) return [direct];
  return savedEntries(library)
    .filter(entry => entry.name === word || `${entry.namespace}/${entry.name}` === word)
    .map(entry => ({ kind: 'folder', path: entry.path }));
};
