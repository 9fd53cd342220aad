/** Opens texts in the person's editor and reads them back. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { splitWords } from '../core/words.ts';
import { CliError } from '../errors.ts';
import type { SavedFile } from './saved.ts';

const hint = 'Set EDITOR to an editor that stays open until you are done, such as: export EDITOR=vi';

const editorWords = (editor: string): readonly [string, ...string[]] => {
  const split = splitWords(editor);
  const [program, ...args] = 'words' in split ? split.words : [];
  if (program === undefined)
    throw new CliError('refused', `The editor "${editor}" cannot be started.`, { hint });
  return [program, ...args];
};

/** The files as they are after the editor closed. `editor` may have arguments; no shell is involved. Errors: `refused`. */
export const editFiles = (editor: string, files: readonly SavedFile[]): SavedFile[] => {
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-installer-'));
  try {
    for (const { file, text } of files) writeFileSync(join(folder, file), text);
    const [program, ...args] = editorWords(editor);
    const ended = spawnSync(program, [...args, ...files.map(one => join(folder, one.file))], {
      stdio: 'inherit',
    });
    if (ended.error !== undefined || ended.status !== 0) {
      throw new CliError('refused', `The editor "${editor}" could not be used; nothing was changed.`, {
        hint,
      });
    }
    return files.map(({ file }) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
