/** `review`: saved manifests, a file or a deployment: explained, checked, compared with what is live; then the choices of `install`. */

import type { Comparison } from '../core/comparison.ts';
import { type Component, noFacts } from '../core/component.ts';
import { hasErrors } from '../core/finding.ts';
import { sentTo } from '../core/reach.ts';
import { nearest } from '../core/suggest.ts';
import { joinWords } from '../core/words.ts';
import { CliError, exitCodes, isCliError } from '../errors.ts';
import { savedEntries } from '../files/library.ts';
import { comparisonLines } from '../output/diff.ts';
import { paintFor } from '../output/paint.ts';
import { summaryLines } from '../output/tables.ts';
import { wrap } from '../output/wrap.ts';
import { namespaceOf } from './connection.ts';
import { asksNobody, type Command, type Context, commandLine } from './context.ts';
import { decide } from './decide.ts';
import { chooseDeployment } from './deployments.ts';
import { comparisonData } from './diff/data.ts';
import { compareSubject } from './diff/subject.ts';
import { reachWords } from './kubectl.ts';
import { prepareLook } from './look.ts';
import { chooseSaved } from './manifests/choose.ts';
import { fitFindings } from './manifests/fitting.ts';
import { goOnline, type Online } from './manifests/online.ts';
import { type Opened, openDeployment, openTarget, states } from './manifests/open.ts';
import { nameTarget, shortPath } from './manifests/target.ts';
import { libraryFolder } from './save.ts';
import { type SharedConnection, shareConnection } from './shared-connection.ts';
import { print, printJson, say, sayFindings, schemaVersion } from './talk.ts';

const nothingSaved = (context: Context): CliError =>
  new CliError('usage', `There are no saved manifests in ${libraryFolder(context)}.`, {
    hint: `Name a folder or a file, or save some: ${commandLine(context.entry, 'install')} --action save`,
  });

/** What is saved under a name like that, or what a cluster knows of it. */
const remedyFor = (context: Context, word: string, known: string): string => {
  const entries = savedEntries(libraryFolder(context));
  const guess = nearest(
    word,
    entries.map(({ name }) => name),
  );
  const meant = entries.find(({ name }) => name === guess);
  if (meant !== undefined) return `Did you mean ${shortPath(context, meant.path)}?`;
  return known === '' ? 'Name one that exists; review alone lists what is saved.' : known;
};

const noSuch = (context: Context, word: string, unseen: string, known: string): CliError =>
  new CliError(
    'refused',
    `"${word}" is neither a folder, a file nor a saved manifest${unseen === '' ? '' : ', nor a deployment that could be found'}. ${unseen}`.trim(),
    { hint: remedyFor(context, word, known) },
  );

/** A deployment that runs, opened by the answers that are kept beside it. */
const openLive = async (
  context: Context,
  component: Component,
  name: string | undefined,
  online: Online,
): Promise<Opened> => {
  const missing = (why: string, known = ''): CliError =>
    name === undefined ? nothingSaved(context) : noSuch(context, name, why, known);
  const answered = await online.ask(async client => {
    try {
      return await chooseDeployment(context, client, name);
    } catch (error) {
      throw isCliError(error) && error.kind === 'unavailable' ? missing(error.message, error.hint) : error;
    }
  });
  if ('unseen' in answered) throw missing(answered.unseen);
  return openDeployment(context, component, answered.value);
};

const openNamed = async (context: Context, component: Component, online: Online): Promise<Opened> => {
  const named = await nameTarget(context, 'review', entries => chooseSaved(context, entries, online));
  if (named.kind === 'live') return openLive(context, component, named.name, online);
  return openTarget(context, component, named, await namespaceOf(context));
};

const sourceOf = (context: Context, { path, state }: Opened): string =>
  path === null ? states[state] : `${shortPath(context, path)}, ${states[state]}`;

/** Null when no cluster answered, and when the manifests cannot be applied anyway. */
const compared = async (
  context: Context,
  { subject }: Opened,
  online: Online,
): Promise<Comparison | null> => {
  if (hasErrors(subject.findings)) return null;
  const answered = await online.ask(client => compareSubject(context, client, subject));
  return 'unseen' in answered ? null : answered.value;
};

const printOnly = async (
  context: Context,
  opened: Opened,
  online: Online,
  connection: SharedConnection,
): Promise<number> => {
  const { io, options } = context;
  const { subject, state, path } = opened;
  const { name, namespace, summary, objects, answers } = subject;
  const comparison = await compared(context, opened, online);
  const misfits = comparison === null ? [] : await fitFindings(context, subject, connection);
  const findings = [...subject.findings, ...misfits, ...(comparison?.findings ?? [])];
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
      diff: comparison === null ? null : { context: online.context(), ...comparisonData(comparison) },
      findings,
    });
  } else {
    const paint = paintFor(io.color.stdout);
    const files = { label: 'Files', value: sourceOf(context, opened) };
    const lines = summaryLines([...summary, files], paint, io.columns);
    const live =
      comparison === null
        ? []
        : [
            '',
            `Compared with context ${online.context() ?? 'of this pod'}:`,
            ...comparisonLines(comparison, paint, io.columns),
          ];
    print(io, `${[...lines, ...live].join('\n')}\n`);
    sayFindings(io, findings);
  }
  return hasErrors([...subject.findings, ...misfits]) ? exitCodes.refused : 0;
};

const replayOf = (context: Context, { path, subject }: Opened): string => {
  const words = path === null ? [subject.name, '--namespace', subject.namespace] : [shortPath(context, path)];
  return `${commandLine(context.entry, 'review')} ${joinWords([...words, ...reachWords(context)])}`;
};

const review = async (context: Context): Promise<number> => {
  const component = await context.entry.load();
  const connection = shareConnection(context);
  const online = goOnline(context, connection);
  try {
    const opened = await openNamed(context, component, online);
    if (asksNobody(context)) return await printOnly(context, opened, online, connection);
    say(context.io, ...wrap(`Manifests: ${sourceOf(context, opened)}`, context.io.columns));
    const look = prepareLook(context, opened.subject.namespace, connection);
    const beside = { facts: noFacts, look, replay: replayOf(context, opened), online };
    return (await decide(context, component, beside, opened.subject)).code;
  } finally {
    connection.close();
  }
};

export const command: Command = async context => {
  try {
    return await review(context);
  } catch (error) {
    if (context.options.output !== 'json' || !isCliError(error) || error.findings.length === 0) throw error;
    printJson(context.io, { schemaVersion, findings: sentTo(error.findings, context.io.reach) });
    return exitCodes[error.kind];
  }
};
