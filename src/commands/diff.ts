/** `diff [DIR|FILE|NAME]`: what applying would change, or what changed since, field by field. Exit 0 same, 2 different. */

import type { Client } from '../cluster/client.ts';
import { adopt } from '../core/adopt.ts';
import { clusterName } from '../core/cluster-facts.ts';
import type { Comparison } from '../core/comparison.ts';
import { hasErrors } from '../core/finding.ts';
import { sentTo } from '../core/reach.ts';
import { exitCodes, isCliError } from '../errors.ts';
import { comparisonLines } from '../output/diff.ts';
import { paintFor } from '../output/paint.ts';
import { wrap } from '../output/wrap.ts';
import { asCliError, namespaceOf } from './connection.ts';
import type { Command, Context } from './context.ts';
import { chooseDeployment } from './deployments.ts';
import { comparisonData } from './diff/data.ts';
import { compareSubject } from './diff/subject.ts';
import { chooseSaved } from './manifests/choose.ts';
import { goOnline } from './manifests/online.ts';
import { type Opened, openDeployment, openTarget, states } from './manifests/open.ts';
import { nameTarget, shortPath } from './manifests/target.ts';
import { type SharedConnection, shareConnection } from './shared-connection.ts';
import { whileLooking } from './slow.ts';
import type { Subject } from './subject.ts';
import { print, printJson, say, sayFindings, schemaVersion } from './talk.ts';

const differing = 2;

const open = async (context: Context, connection: SharedConnection): Promise<Opened> => {
  const component = await context.entry.load();
  const online = goOnline(context, connection);
  const named = await nameTarget(context, 'diff', entries => chooseSaved(context, entries, online));
  if (named.kind !== 'live') return openTarget(context, component, named, await namespaceOf(context));
  return openDeployment(
    context,
    component,
    await chooseDeployment(context, await connection.open(), named.name),
  );
};

const sourceOf = (context: Context, { path, state }: Opened): string =>
  path === null ? states[state] : `${shortPath(context, path)}, ${states[state]}`;

const tell = (context: Context, client: Client, opened: Opened, comparison: Comparison): void => {
  const { io, options } = context;
  const { subject } = opened;
  if (options.output === 'json') {
    const { name, namespace } = subject;
    const source = { path: opened.path, state: opened.state };
    const { context: kubeContext, server } = client.target;
    const data = comparisonData(comparison);
    printJson(io, {
      schemaVersion,
      name,
      namespace,
      cluster: { context: kubeContext, server },
      source,
      ...data,
      findings: findingsOf(subject, comparison),
    });
    return;
  }
  if (options.quiet !== true)
    say(
      io,
      ...wrap(`Live: ${clusterName(client.target)}. Here: ${sourceOf(context, opened)}.`, io.columns),
      '',
    );
  print(io, `${comparisonLines(comparison, paintFor(io.color.stdout), io.columns).join('\n')}\n`);
  const findings = findingsOf(subject, comparison);
  sayFindings(io, options.quiet === true ? findings.filter(({ level }) => level !== 'info') : findings);
};

/** What is wrong with the manifests themselves is for review; here it matters which labels they get. */
const findingsOf = (subject: Subject, { findings }: Comparison): Comparison['findings'] => [
  ...adopt(subject.objects, subject.name).findings,
  ...findings,
];

/** What could not be compared weighs more than a difference. */
const codeOf = ({ findings, differs }: Comparison): number => {
  if (hasErrors(findings))
    return findings.some(({ rule }) => rule === 'kind-not-served')
      ? exitCodes.unavailable
      : exitCodes.refused;
  return differs ? differing : 0;
};

const diff = async (context: Context): Promise<number> => {
  const connection = shareConnection(context);
  try {
    const opened = await open(context, connection);
    const client = await connection.open();
    const comparison = await whileLooking(context, compareSubject(context, client, opened.subject));
    tell(context, client, opened, comparison);
    return codeOf(comparison);
  } finally {
    connection.close();
  }
};

export const command: Command = async context => {
  try {
    return await diff(context);
  } catch (thrown) {
    const error = asCliError(thrown);
    if (context.options.output !== 'json' || !isCliError(error) || error.findings.length === 0) throw error;
    printJson(context.io, { schemaVersion, findings: sentTo(error.findings, context.io.reach) });
    return exitCodes[error.kind];
  }
};
