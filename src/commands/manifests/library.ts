/** What is known of each saved deployment: when and for what it was saved, whether it runs, whether somebody changed it. */

import type { SavedEntry } from '../../files/library.ts';
import { answersFile, contextOf, openFolder } from '../../files/saved.ts';
import type { SavedRow } from '../../output/library.ts';
import type { Context } from '../context.ts';
import { findAround } from '../deployments.ts';
import type { Online } from './online.ts';

const released = /^release: "?([^"\n]+)"?$/m;

const rowOf = (entry: SavedEntry, live: ReadonlySet<string> | null): SavedRow => {
  const { name, namespace, savedAt, path } = entry;
  const folder = openFolder(path);
  const answers = folder.files.find(({ file }) => file === answersFile)?.text ?? '';
  return {
    name,
    namespace,
    savedAt,
    release: released.exec(answers)?.[1] ?? null,
    context: contextOf(folder),
    live: live === null ? null : live.has(`${namespace}/${name}`),
    state: folder.state,
  };
};

/** Names of ours that run, as `namespace/name`; null when nobody knows. */
const liveNames = async (context: Context, online: Online): Promise<ReadonlySet<string> | null> => {
  const { graph } = (await context.entry.preflight()).survey;
  const answered = await online.ask(client =>
    findAround(client, { graph }, async () => 'default', context.io.signal),
  );
  if ('unseen' in answered || answered.value.namespace !== null) return null;
  return new Set(answered.value.deployments.map(({ namespace, name }) => `${namespace}/${name}`));
};

/** In the order of the entries. Errors: those of a cluster that was named with --context. */
export const libraryRows = async (
  context: Context,
  entries: readonly SavedEntry[],
  online: Online,
): Promise<SavedRow[]> => {
  const live = await liveNames(context, online);
  return entries.map(entry => rowOf(entry, live));
};
