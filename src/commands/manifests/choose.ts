/** Shows what is saved, and lets a person choose. */

import type { SavedEntry } from '../../files/library.ts';
import { libraryLines } from '../../output/library.ts';
import { paintFor } from '../../output/paint.ts';
import { asksNobody, type Context } from '../context.ts';
import { say } from '../talk.ts';
import { libraryRows } from './library.ts';
import type { Online } from './online.ts';

/** The mark of a choice in front of each line. */
const margin = 2;

/** Undefined when there is nobody to ask; what there is to choose from is shown all the same. */
export const chooseSaved = async (
  context: Context,
  entries: readonly SavedEntry[],
  online: Online,
): Promise<SavedEntry | undefined> => {
  const { io, options } = context;
  if (options.output === 'json') return undefined;
  const rows = await libraryRows(context, entries, online);
  const [title = '', ...lines] = libraryLines(rows, paintFor(io.color.stderr), io.columns - margin);
  if (asksNobody(context)) {
    say(io, title, ...lines, '');
    return undefined;
  }
  const { askOption } = await import('../../prompts/ask.ts');
  say(io, `${' '.repeat(margin)}${title}`);
  const choices = lines.map((name, at) => ({ value: String(at), name }));
  return entries[Number(await askOption('Which saved manifests?', choices, io))];
};
