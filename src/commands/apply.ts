/** `apply DIR|FILE`: manifests of this program or of somebody else: validated, checked against the cluster, applied, waited for, verified. */

import { applySkips, hasErrors } from '../core/finding.ts';
import { joinWords } from '../core/words.ts';
import { CliError } from '../errors.ts';
import { comparisonLines } from '../output/diff.ts';
import { paintFor } from '../output/paint.ts';
import { wrap } from '../output/wrap.ts';
import { asCliError, namespaceOf } from './connection.ts';
import { asksNobody, type Command, type Context, commandLine } from './context.ts';
import { deploy } from './deploy.ts';
import { compareSubject } from './diff/subject.ts';
import { type Outcome, printFindings, withResult } from './events.ts';
import { reachWords } from './kubectl.ts';
import { clusterLine } from './learn.ts';
import { prepareLook, type Seen } from './look.ts';
import { type Asked, askOf } from './manifests/model.ts';
import { type Opened, openTarget, ownSubject, states } from './manifests/open.ts';
import { refuseSeveral } from './manifests/several.ts';
import { nameTarget, shortPath } from './manifests/target.ts';
import { whileLooking } from './slow.ts';
import type { Subject } from './subject.ts';
import { printEvent, say, sayFindings, saySummary } from './talk.ts';

const skippedOf = ({ typed }: Context): readonly string[] =>
  Array.isArray(typed['skipCheck']) ? typed['skipCheck'].map(String) : [];

const nameOne = ({ entry, words }: Context): CliError => {
  const hint = `Name a saved folder or a file, such as: ${commandLine(entry, 'apply')} manifests/NAMESPACE/NAME`;
  const [word] = words;
  return word === undefined
    ? new CliError('usage', 'Nothing to apply was named.', { hint })
    : new CliError('refused', `"${word}" is neither a folder, a file nor a saved manifest.`, { hint });
};

const open = async (context: Context): Promise<Opened> => {
  if (context.words[0] === undefined) throw nameOne(context);
  const component = await context.entry.load();
  const named = await nameTarget(context, 'apply', async () => undefined);
  if (named.kind === 'live') throw nameOne(context);
  const opened = openTarget(context, component, named, await namespaceOf(context));
  const own = ownSubject(component, opened.subject);
  return { ...opened, subject: { ...own, findings: applySkips(own.findings, skippedOf(context)) } };
};

const tell = (context: Context, { subject, state, path }: Opened): void => {
  const { io, options } = context;
  if (options.output === 'json') printFindings(io, subject.findings);
  if (options.output === 'json' || options.quiet === true) return;
  const from = { label: 'Files', value: `${shortPath(context, path ?? '')}, ${states[state]}` };
  saySummary(io, [...subject.summary, from]);
  if (subject.findings.length > 0) say(io, '');
  sayFindings(io, subject.findings);
};

const replayOf = (context: Context, path: string): string => {
  const { options, typed } = context;
  const words = [
    shortPath(context, path),
    ...(typeof typed['namespace'] === 'string' ? ['--namespace', typed['namespace']] : []),
    ...reachWords(context),
    ...skippedOf(context).flatMap(code => ['--skip-check', code]),
    ...(options.yes === true ? ['--yes'] : []),
  ];
  return `${commandLine(context.entry, 'apply')} ${joinWords(words)}`;
};

/** Which cluster is meant. Without one the deployment says why. */
const tellCluster = async (context: Context, seen: Seen, { hub, token }: Asked): Promise<void> => {
  const { io, options, entry } = context;
  if ('unseen' in seen) return;
  const { cluster } = seen.world;
  const { context: name, server } = cluster.target;
  if (options.output === 'json')
    printEvent(io, 'cluster', { context: name, server, namespace: cluster.namespace });
  if (options.output === 'json' || options.quiet === true) return;
  const { facts } = await entry.preflight();
  say(io, '', ...wrap(clusterLine(seen, facts(cluster, hub, token !== null)), io.columns));
};

/** A person sees what would change before the yes. Errors: `interrupted` after a no. */
const agree = async (context: Context, seen: Seen, subject: Subject): Promise<void> => {
  const { io } = context;
  if (asksNobody(context) || 'unseen' in seen) return;
  const comparison = await whileLooking(context, compareSubject(context, seen.world.client, subject));
  say(io, '', ...comparisonLines(comparison, paintFor(io.color.stderr), io.columns), '');
  const { askYes } = await import('../prompts/ask.ts');
  if (await askYes(`Apply ${subject.name} in namespace ${subject.namespace}?`, true, io)) return;
  throw new CliError('interrupted', 'Nothing was applied.');
};

const apply = async (context: Context): Promise<Outcome> => {
  const opened = await open(context);
  const { subject, path } = opened;
  if (hasErrors(subject.findings))
    throw new CliError('refused', 'The manifests cannot be used as they are; nothing was applied.', {
      findings: subject.findings,
    });
  await refuseSeveral(context, subject.objects);
  tell(context, opened);
  const look = prepareLook(context, subject.namespace);
  try {
    const asked = await askOf(context, subject, look);
    const seen = await whileLooking(context, look.seen());
    await tellCluster(context, seen, asked);
    await agree(context, seen, subject);
    const replay = replayOf(context, path ?? '');
    return await deploy(context, { subject, look, ...asked, skipped: skippedOf(context), replay });
  } catch (error) {
    throw asCliError(error);
  } finally {
    look.close();
  }
};

export const command: Command = async context => {
  if (context.options.output !== 'json') return (await apply(context)).code;
  return withResult(context.io, () => apply(context));
};
