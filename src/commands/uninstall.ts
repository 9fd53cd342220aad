/** `uninstall [NAME]`: shows what goes and what stays, asks for the name, removes it in order and waits until it is gone. */

import { setMaxListeners } from 'node:events';
import type { Client } from '../cluster/client.ts';
import { takeLease } from '../cluster/lease.ts';
import { holderOf } from '../cluster/lease-self.ts';
import { clusterName } from '../core/cluster-facts.ts';
import type { Finding } from '../core/finding.ts';
import { type Ref, refText } from '../core/kinds.ts';
import { isOwn } from '../core/ownership.ts';
import { everyRemovable, planRemoval, type RemovalPlan } from '../core/removal.ts';
import { listed } from '../core/text.ts';
import { joinWords } from '../core/words.ts';
import { CliError, exitCodes, isCliError } from '../errors.ts';
import { asCliError, connectFrom, durationOf, namespaceOf } from './connection.ts';
import type { Command, Context } from './context.ts';
import { type Outcome, withResult } from './events.ts';
import { kubectlFor, verbLineFor } from './kubectl.ts';
import { whileLooking } from './slow.ts';
import { refuseForbidden } from './uninstall/delete.ts';
import { type Read, readEverything, readThose } from './uninstall/read.ts';
import { type Done, nothingDone, removeAll } from './uninstall/remove.ts';
import { tellEnd, teller, tellPlan } from './uninstall/show.ts';
import { notOurs, searchTarget, type Target } from './uninstall/target.ts';
import { heldGpus } from './wait/held.ts';

/** How long pods may take to stop when nothing is said. Seconds. */
const usualSeconds = 300;

type Loaded = {
  readonly client: Client;
  readonly deployed: Awaited<ReturnType<Context['entry']['deployed']>>;
  readonly survey: Awaited<ReturnType<Context['entry']['preflight']>>['survey'];
};

type Found = { readonly target: Target; readonly read: Read; readonly plan: RemovalPlan };

const planFor = (context: Context, { deployed }: Loaded, target: Target, read: Read): RemovalPlan =>
  planRemoval(
    {
      ...target,
      objects: read.objects,
      modelCache: context.options.deleteModelCache === true,
      tokenSecret: context.options.deleteTokenSecret === true,
    },
    deployed,
  );

const look = async (context: Context, loaded: Loaded, target: Target): Promise<Found> => {
  const { client, survey } = loaded;
  const reading = readEverything(client, { ...target, survey }, context.io.signal);
  const read = await whileLooking(context, reading);
  return { target, read, plan: planFor(context, loaded, target, read) };
};

const isNothing = ({ graphs, own, pods }: RemovalPlan): boolean =>
  graphs.length + own.length + pods.length === 0;

/** A graph of that name that somebody else made. */
const foreign = ({ deployed }: Loaded, { read, target }: Found): string | undefined =>
  read.objects.find(
    object =>
      deployed.isGraph(object) && object.metadata.name === target.name && !isOwn(object.metadata.labels),
  )?.kind;

/** Errors: `unavailable` when there is nothing of that name, `refused` when it is somebody else's, `usage`. */
const find = async (context: Context, loaded: Loaded): Promise<Found> => {
  const [name] = context.words;
  if (name !== undefined) {
    const found = await look(context, loaded, { name, namespace: await namespaceOf(context) });
    const kind = foreign(loaded, found);
    if (found.plan.graphs.length + found.plan.own.length === 0 && kind !== undefined)
      throw notOurs(context, kind, found.target);
    if (!isNothing(found.plan)) return found;
  }
  return look(context, loaded, await searchTarget(context, loaded.client, loaded.survey, name));
};

/** What is worth knowing before. */
const remarksOn = ({ deployed }: Loaded, { read, plan }: Found): string[] => {
  const names = plan.graphs.map(({ ref }) => ref.name);
  const tools = read.objects
    .filter(object => deployed.isGraph(object) && names.includes(object.metadata.name))
    .map(deployed.remadeBy)
    .filter(tool => tool !== null);
  return [
    ...(tools.length === 0
      ? []
      : [`${listed([...new Set(tools)])} manages it and will make it anew: remove it there first.`]),
    ...(read.namespaceState === 'terminating'
      ? ['The namespace is being removed: everything in it goes, also what this program would keep.']
      : []),
    ...(read.graphsServed
      ? []
      : ['The Dynamo custom resource is not installed any more; what is left of the rest is removed.']),
  ];
};

/** With what was asked to be removed too. */
const againLine = (context: Context, { name, namespace }: Target): string =>
  [
    verbLineFor(context, 'uninstall', name, namespace),
    ...(context.options.deleteModelCache === true ? ['--delete-model-cache'] : []),
    ...(context.options.deleteTokenSecret === true ? ['--delete-token-secret'] : []),
  ].join(' ');

const confirm = async (context: Context, { target }: Found): Promise<void> => {
  const { io, options } = context;
  if (options.yes === true) return;
  if (!io.canPrompt || options.output === 'json')
    throw new CliError('usage', 'Nobody can be asked whether this is meant; nothing was touched.', {
      hint: `Say so: ${againLine(context, target)} --yes`,
    });
  const { askName } = await import('../prompts/ask.ts');
  await askName('Type the name to remove it:', target.name, io);
};

/** What the platform left in the namespace for all deployments, when this was the last. */
const leftBehind = async (
  { client, deployed }: Loaded,
  { read, plan, target }: Found,
  signal: AbortSignal,
): Promise<Finding[]> => {
  const own = plan.graphs.map(({ ref }) => ref.name);
  const others = read.objects.some(object => deployed.isGraph(object) && !own.includes(object.metadata.name));
  if (others || plan.graphs.length === 0) return [];
  const refs: readonly Ref[] = await readThose(client, deployed.leftBehind(target.namespace), signal);
  if (refs.length === 0) return [];
  return [
    {
      rule: 'uninstall-not-ours',
      level: 'info',
      path: '',
      message: `${listed(refs.map(refText))} ${refs.length === 1 ? 'stays' : 'stay'}: Dynamo's operator made ${refs.length === 1 ? 'it' : 'them'} for all deployments of the namespace, and never removes ${refs.length === 1 ? 'it' : 'them'}.`,
      hint: '',
    },
  ];
};

/** What is known of the deletions that were asked for. */
const soFar = ({ deleted, asked }: Done): string[] => [
  ...(deleted.length === 0 ? [] : [`Deleted so far: ${listed(deleted.map(refText))}.`]),
  ...(asked === null ? [] : [`Whether ${refText(asked)} was deleted is not known.`]),
];

const interrupted = (context: Context, target: Target, done: Done): CliError => {
  const known = soFar(done);
  return new CliError(
    'interrupted',
    known.length === 0
      ? 'Interrupted; nothing was removed.'
      : `Interrupted. ${known.join(' ')} The cluster goes on with it.`,
    { hint: `To see it through: ${againLine(context, target)}` },
  );
};

/** In the middle the connection was lost, or this program is not allowed to go on. */
const stopped = (context: Context, target: Target, done: Done, error: unknown): Outcome => {
  const told = asCliError(error);
  if (context.io.signal.aborted) throw interrupted(context, target, done);
  const known = soFar(done);
  if (!isCliError(told) || known.length === 0) throw told;
  const finding: Finding = {
    rule: told.findings[0]?.rule ?? 'uninstall-left',
    level: 'error',
    path: '',
    message: `Removing stopped: ${told.message} ${known.join(' ')}`,
    hint: `Once that is mended, run again to see it through: ${againLine(context, target)}`,
  };
  teller(context)({ kind: 'finding', finding });
  const findings = [...done.findings, finding];
  return {
    code: exitCodes[told.kind],
    verdict: 'left-over',
    findings,
    more: { removed: done.deleted, left: done.left },
  };
};

/** Once the deployment is gone there is nothing of its name to remove: what it shared goes with another, or by hand. */
const remedyFor = (context: Context, { kind, namespace, name }: Ref): string => {
  const flag = kind === 'Secret' ? '--delete-token-secret' : '--delete-model-cache';
  const words = ['-n', namespace ?? '', 'delete', kind.toLowerCase(), name];
  return `It goes with the last deployment that uses it, removed with ${flag}.\nOr by hand, once nothing uses it: ${kubectlFor(context)} ${joinWords(words)}`;
};

/** Asked for by a flag, and kept all the same. */
const refusedOf = (context: Context, { kept }: RemovalPlan): Finding[] =>
  kept
    .filter(({ refused }) => refused)
    .map(({ ref, why }) => ({
      rule: 'uninstall-kept',
      level: 'warning',
      path: '',
      message: `${refText(ref)} is kept, although its removal was asked for: ${why}`,
      hint: remedyFor(context, ref),
    }));

/** A namespace that is being removed takes no Lease, and nobody can deploy into it. */
const lock = async (context: Context, { client }: Loaded, { target, read }: Found) => {
  const { io } = context;
  if (read.namespaceState === 'terminating') return null;
  const self = io.self ?? { pid: 0, isAlive: () => true };
  return takeLease(client, {
    ...target,
    holder: holderOf(self.pid),
    isAlive: self.isAlive,
    signal: io.signal,
    say: message => teller(context)({ kind: 'waiting', message }),
  });
};

const act = async (context: Context, loaded: Loaded, found: Found): Promise<Outcome> => {
  const { io, options } = context;
  const { target, plan, read } = found;
  const done = nothingDone();
  io.seeThrough?.();
  const lease = await lock(context, loaded, found);
  const signal = lease === null ? io.signal : AbortSignal.any([io.signal, lease.lost]);
  // Every watch listens to it; Node would take that for a leak.
  setMaxListeners(0, signal);
  try {
    const timeoutMs = 1000 * (durationOf('--timeout', options.timeout) ?? usualSeconds);
    const args = { ...loaded, namespace: target.namespace, plan, operators: read.operators };
    await removeAll({ ...args, timeoutMs, signal, tell: teller(context) }, done);
    if (signal.aborted) throw interrupted(context, target, done);
  } catch (error) {
    return stopped(context, target, done, error);
  } finally {
    await lease?.release();
  }
  const gpus = heldGpus(plan.pods);
  const behind = done.left.length > 0 ? [] : await leftBehind(loaded, found, io.signal);
  const remarks = [...refusedOf(context, plan), ...behind];
  tellEnd(context, { ...target, done, gpus, again: againLine(context, target), remarks });
  const isLeft = done.left.length > 0;
  return {
    code: isLeft ? exitCodes.failed : 0,
    verdict: isLeft ? 'left-over' : 'removed',
    findings: [...done.findings, ...remarks],
    more: { removed: done.deleted, kept: plan.kept, left: done.left, gpus },
  };
};

const uninstall = async (context: Context): Promise<Outcome> => {
  // Known to be wrong only after the yes, it would be known too late.
  durationOf('--timeout', context.options.timeout);
  const [deployed, { survey }] = await Promise.all([context.entry.deployed(), context.entry.preflight()]);
  const client = await connectFrom(context);
  try {
    const loaded: Loaded = { client, deployed, survey };
    const found = await find(context, loaded);
    const { target, plan } = found;
    const gpus = heldGpus(plan.pods);
    tellPlan(context, {
      ...target,
      where: clusterName(client.target),
      plan,
      gpus,
      remarks: remarksOn(loaded, found),
    });
    await refuseForbidden(client, everyRemovable(plan), survey.graph, {
      entry: context.entry,
      signal: context.io.signal,
    });
    if (context.options.dryRun === true)
      return { code: 0, verdict: 'removed', findings: [], more: { dryRun: true, kept: plan.kept, gpus } };
    await confirm(context, found);
    return await act(context, loaded, found);
  } catch (error) {
    throw asCliError(error);
  } finally {
    client.close();
  }
};

export const command: Command = async context =>
  context.options.output === 'json'
    ? withResult(context.io, () => uninstall(context))
    : (await uninstall(context)).code;
