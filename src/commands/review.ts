/** `review`: a saved folder or a manifest file, explained and checked, then the same choices as in `install`. */

import { relative } from 'node:path';
import { noFacts } from '../core/component.ts';
import { hasErrors } from '../core/finding.ts';
import { joinWords } from '../core/words.ts';
import { CliError, exitCodes, isCliError } from '../errors.ts';
import type { Target } from '../files/library.ts';
import { paintFor } from '../output/paint.ts';
import { summaryLines } from '../output/tables.ts';
import { namespaceOf } from './connection.ts';
import { type Command, type Context, commandLine } from './context.ts';
import { decide } from './decide.ts';
import { prepareLook } from './look.ts';
import { chooseSaved } from './manifests/choose.ts';
import { type Opened, openTarget, states } from './manifests/open.ts';
import { asksNobody, nameTarget } from './manifests/target.ts';
import { libraryFolder } from './save.ts';
import { print, printJson, say, sayFindings, schemaVersion } from './talk.ts';

const nothingSaved = (context: Context): CliError =>
  new CliError('usage', `There are no saved manifests in ${libraryFolder(context)}.`, {
    hint: `Name a folder or a file, or save some: ${commandLine(context.entry, 'install')} --action save`,
  });

const noSuch = (word: string): CliError =>
  new CliError('refused', `"${word}" is neither a folder, a file nor a saved manifest.`, {
    hint: 'Name one that exists, such as manifests/dynamo-system/qwen3-30b.',
  });

const targetOf = async (context: Context): Promise<Target> => {
  const named = await nameTarget(context, 'review', entries => chooseSaved(context, entries));
  if (named.kind !== 'live') return named;
  throw named.name === undefined ? nothingSaved(context) : noSuch(named.name);
};

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
  const opened = openTarget(context, component, target, await namespaceOf(context));
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
