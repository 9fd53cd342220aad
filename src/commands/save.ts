/** Saves manifests and says what comes next. */

import { join, relative } from 'node:path';
import { hasErrors } from '../core/finding.ts';
import { joinWords } from '../core/words.ts';
import { yamlText } from '../core/yaml.ts';
import { CliError } from '../errors.ts';
import { folderFiles, type Saved, savedContext, saveFolder } from '../files/saved.ts';
import { type Context, commandLine } from './context.ts';
import { kubectlFor, reachWords } from './kubectl.ts';
import { pathFrom } from './layers.ts';
import type { Subject } from './subject.ts';
import { printEvent, say } from './talk.ts';

/** Folder that holds all saved manifests. */
export const libraryFolder = ({ io, options }: Context): string =>
  pathFrom(io, options.outputDir ?? 'manifests');

const shortPath = (context: Context, path: string): string => {
  const short = relative(context.io.cwd, path);
  return short.startsWith('..') ? path : short;
};

/**
 * Writes `<library>/<namespace>/<name>/`. `kubeContext` is that of the cluster that was looked at, null when none was; then
 * what was noted before stays. Errors: `refused`.
 */
export const saveSubject = (
  context: Context,
  subject: Subject,
  overwrite: boolean,
  kubeContext: string | null,
): Saved => {
  if (hasErrors(subject.findings)) {
    throw new CliError('refused', 'Manifests with errors are not saved; nothing was written.', {
      findings: subject.findings.filter(one => one.level === 'error'),
    });
  }
  const folder = join(libraryFolder(context), subject.namespace, subject.name);
  const answers = subject.answers === null ? null : yamlText(subject.answers);
  const origin = { version: context.io.version, context: kubeContext ?? savedContext(folder) };
  return saveFolder(folder, folderFiles(subject.files, answers, origin), overwrite);
};

const changes = {
  created: 'Saved',
  configured: 'Saved again',
  unchanged: 'Already saved, nothing to do',
} as const;

/** What was written, and the exact next commands; as JSON an event. */
export const saySaved = (context: Context, subject: Subject, saved: Saved): void => {
  const { output, quiet } = context.options;
  if (output === 'json') printEvent(context.io, 'saved', { folder: saved.folder, change: saved.change });
  if (output === 'json' || quiet === true) return;
  const path = shortPath(context, saved.folder);
  say(
    context.io,
    `${changes[saved.change]}: ${path} (${subject.files.length} manifests)`,
    '',
    'Next, either of:',
    `  ${kubectlFor(context)} ${joinWords(['apply', '-k', path])}`,
    `  ${commandLine(context.entry, 'review')} ${joinWords([path, ...reachWords(context)])}`,
  );
};
