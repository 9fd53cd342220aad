/** `review`: a saved folder or a manifest file, explained and checked, then the same choices as in `install`. */

import { relative } from 'node:path';
import { type Component, noFacts } from '../core/component.ts';
import { hasErrors } from '../core/finding.ts';
import type { Values } from '../core/settings.ts';
import { joinWords } from '../core/words.ts';
import { CliError, exitCodes, isCliError } from '../errors.ts';
import { parseAnswers } from '../files/answersFile.ts';
import { findTargets, savedEntries, type Target } from '../files/library.ts';
import { readText } from '../files/read.ts';
import { answersFile, manifestsIn, openFolder, type SavedFolder } from '../files/saved.ts';
import { paintFor } from '../output/paint.ts';
import { summaryLines } from '../output/tables.ts';
import { askOption } from '../prompts/ask.ts';
import { type Command, type Context, commandLine } from './context.ts';
import { decide } from './decide.ts';
import { pathFrom } from './layers.ts';
import { prepareLook } from './look.ts';
import { libraryFolder } from './save.ts';
import { type Subject, splitDocuments, subjectOfFiles } from './subject.ts';
import { print, printJson, say, sayFindings, schemaVersion } from './talk.ts';

const nothingSaved = (context: Context): CliError =>
  new CliError('usage', `There are no saved manifests in ${libraryFolder(context)}.`, {
    hint: `Name a folder or a file, or save some: ${commandLine(context.entry, 'install')} --action save`,
  });

const chooseSaved = async (context: Context, folders: readonly Target[]): Promise<Target> => {
  const options = folders.map(({ path }) => ({ value: path, name: relative(libraryFolder(context), path) }));
  const path = await askOption('Which saved manifests?', options, context.io);
  return { kind: 'folder', path };
};

const asksNobody = ({ io, options }: Context): boolean =>
  !io.canPrompt || options.nonInteractive === true || options.output === 'json';

const targetOf = async (context: Context): Promise<Target> => {
  const [word] = context.words;
  const library = libraryFolder(context);
  const found: Target[] =
    word === undefined
      ? savedEntries(library).map(({ path }) => ({ kind: 'folder', path }))
      : findTargets(word, pathFrom(context.io, word), library);
  const [first, ...more] = found;
  if (first === undefined) {
    if (word === undefined) throw nothingSaved(context);
    throw new CliError('refused', `"${word}" is neither a folder, a file nor a saved manifest.`, {
      hint: 'Name one that exists, such as manifests/dynamo-system/qwen3-30b.',
    });
  }
  if (more.length === 0) return first;
  if (!asksNobody(context)) return chooseSaved(context, found);
  throw new CliError(
    'usage',
    `There are ${found.length} saved manifests to choose from, and nobody to ask.`,
    {
      hint: `Name one, such as: ${commandLine(context.entry, 'review')} ${relative(context.io.cwd, first.path)}`,
    },
  );
};

type Opened = { readonly subject: Subject; readonly state: SavedFolder['state'] };

const answersIn = (context: Context, folder: SavedFolder): Values | null => {
  const text = folder.files.find(one => one.file === answersFile)?.text;
  if (text === undefined) return null;
  const read = parseAnswers(context.table, answersFile, text);
  if (read.findings.length > 0)
    throw new CliError('refused', 'The answers of the folder cannot be used.', { findings: read.findings });
  return read.values;
};

const openTarget = (context: Context, component: Component, target: Target): Opened => {
  if (target.kind === 'folder') {
    const folder = openFolder(target.path);
    const answers = folder.state === 'foreign' ? null : answersIn(context, folder);
    return { subject: subjectOfFiles(component, manifestsIn(folder), answers), state: folder.state };
  }
  const file = readText(target.path);
  if (!('text' in file))
    throw new CliError('refused', 'missing' in file ? `${target.path} does not exist.` : file.problem);
  return { subject: subjectOfFiles(component, splitDocuments(file.text), null), state: 'foreign' };
};

const states = {
  intact: 'as it was saved',
  changed: 'changed by hand since it was saved',
  foreign: 'not saved by this program',
} as const satisfies Record<SavedFolder['state'], string>;

const printOnly = ({ io, options }: Context, { subject, state }: Opened, path: string): number => {
  const { name, namespace, summary, findings, objects, answers } = subject;
  if (options.output === 'json') {
    printJson(io, {
      schemaVersion,
      path,
      state,
      name,
      namespace,
      settings: answers,
      summary,
      manifests: objects,
      findings,
    });
  } else {
    const lines = summaryLines(
      [...summary, { label: 'Files', value: `${path}, ${states[state]}` }],
      paintFor(io.color.stdout),
      io.columns,
    );
    print(io, `${lines.join('\n')}\n`);
    sayFindings(io, findings);
  }
  return hasErrors(findings) ? exitCodes.refused : 0;
};

const review = async (context: Context): Promise<number> => {
  const component = await context.entry.load();
  const target = await targetOf(context);
  const opened = openTarget(context, component, target);
  if (asksNobody(context)) return printOnly(context, opened, target.path);
  say(context.io, `${relative(context.io.cwd, target.path)}: ${states[opened.state]}`);
  const look = prepareLook(context, opened.subject.namespace);
  const replay = `${commandLine(context.entry, 'review')} ${joinWords([relative(context.io.cwd, target.path)])}`;
  try {
    const beside = { facts: noFacts, look, replay };
    return (await decide(context, component, beside, opened.subject)).code;
  } finally {
    look.close();
  }
};

export const command: Command = async context => {
  try {
    return await review(context);
  } catch (error) {
    if (context.options.output !== 'json' || !isCliError(error) || error.findings.length === 0) throw error;
    printJson(context.io, { schemaVersion, findings: error.findings });
    return exitCodes[error.kind];
  }
};
