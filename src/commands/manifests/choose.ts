/** Lets a person choose among saved manifests. */

import { relative } from 'node:path';
import type { SavedEntry } from '../../files/library.ts';
import type { Context } from '../context.ts';
import { libraryFolder } from '../save.ts';
import { asksNobody } from './target.ts';

/** Undefined when there is nobody to ask. */
export const chooseSaved = async (
  context: Context,
  entries: readonly SavedEntry[],
): Promise<SavedEntry | undefined> => {
  if (asksNobody(context)) return undefined;
  const { askOption } = await import('../../prompts/ask.ts');
  const options = entries.map(({ path }) => ({ value: path, name: relative(libraryFolder(context), path) }));
  const path = await askOption('Which saved manifests?', options, context.io);
  return entries.find(entry => entry.path === path);
};
