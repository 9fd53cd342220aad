/** Changes a deployment that is there: its answers, what is typed or asked over them, what that does, and then as any deployment. */

import { type Facts, noFacts } from '../../core/component.ts';
import { hasErrors } from '../../core/finding.ts';
import type { HubFacts } from '../../core/hub-facts.ts';
import { type Layer, settle, type Values } from '../../core/settings.ts';
import { CliError } from '../../errors.ts';
import { wrap } from '../../output/wrap.ts';
import { asCliError, durationOf } from '../connection.ts';
import { asksNobody, type Context, commandLine } from '../context.ts';
import { inputOf } from '../deploy.ts';
import { chooseDeployment, type Deployment } from '../deployments.ts';
import type { Outcome } from '../events.ts';
import { askHubFor, type Token } from '../hubFacts.ts';
import { reachWords, verbLineFor } from '../kubectl.ts';
import { soundLayers } from '../layers.ts';
import { clusterLine } from '../learn.ts';
import { type Look, prepareLook, type World } from '../look.ts';
import { replayCommand } from '../replay.ts';
import { type SharedConnection, shareConnection } from '../shared-connection.ts';
import { whileLooking } from '../slow.ts';
import { subjectOfDraft } from '../subject.ts';
import { say } from '../talk.ts';
import { currentAnswers } from './answers.ts';
import { askChanges } from './ask.ts';
import {
  type Base,
  beneathOf,
  type Changed,
  changedBy,
  draftChanged,
  draftCurrent,
  layersOf,
} from './base.ts';
import { deployOrGoBack } from './rollback.ts';
import { tellChanges } from './show.ts';
import { chooseWay, nothingChanged } from './ways.ts';
import { factsOf, type Kind, type Work } from './work.ts';

/** Errors: `usage`. */
const refuseRename = (context: Context, { name, namespace }: Deployment, typed: Values): void => {
  const wanted = typed['name'];
  if (wanted === undefined || wanted === name) return;
  throw new CliError('usage', `The name of a deployment cannot change: ${name} stays ${name}.`, {
    hint: `Deploy it once more (${commandLine(context.entry, 'install')} --name ${String(wanted)}), then: ${verbLineFor(context, 'uninstall', name, namespace)}`,
  });
};

const worldOf = async (look: Look): Promise<World> => {
  const seen = await look.seen();
  if ('unseen' in seen) throw asCliError(seen.unseen);
  return seen.world;
};

/** A token is asked for only where a model comes that may need one. */
const askHub = async ({ base, kind }: Work, values: Values, over: Values) => {
  const { context } = base;
  if (!kind.asksHub) return { hub: null, token: null };
  const isNew = changedBy(base, over).includes('model');
  const options = isNew ? context.options : { ...context.options, yes: true };
  return askHubFor({ ...context, options }, values);
};

type Ready = {
  readonly said: Layer;
  readonly facts: Facts;
  readonly hub: HubFacts | null;
  readonly token: Token | null;
  readonly skipped: readonly string[];
  readonly changed: Changed;
};

/** Errors: `refused` when the new settings have errors. */
const sound = ({ draft, settled }: Changed): Changed => {
  if (!hasErrors(draft.findings)) return { draft, settled };
  throw new CliError('refused', 'The settings cannot be used as they are; nothing was changed.', {
    findings: draft.findings,
  });
};

/** Shows it; returns whether anything changes. */
const tell = ({ base, deployment }: Work, { changed, facts }: Ready): boolean =>
  tellChanges(base, {
    before: draftCurrent(base),
    after: changed.draft,
    live: deployment.graph,
    operatorRelease: facts.operatorRelease,
  });

/** An update that would wait for ever is settled with a person before anything is checked and applied. */
const settleWay = async (work: Work, ready: Ready): Promise<Ready> => {
  const { base, world, typed } = work;
  const { context, changes } = base;
  if (asksNobody(context)) return ready;
  const { hub, token, changed, said, facts, skipped } = ready;
  const stuck = changes.stuck(
    inputOf(context, { subject: subjectOfDraft(changed.draft), hub, token }, world.cluster),
  );
  if (stuck === null || skipped.includes(stuck.code)) return ready;
  const chosen = await chooseWay(context.io, stuck);
  if ('skip' in chosen) return { ...ready, skipped: [...skipped, chosen.skip] };
  const more: Layer = { name: 'prompt', values: { ...said.values, ...chosen.with } };
  const next = { ...ready, said: more, changed: sound(draftChanged(base, typed, more, facts)) };
  say(context.io, '');
  tell(work, next);
  return next;
};

const agree = async ({ io }: Context, { name, namespace }: Deployment): Promise<void> => {
  const { askYes } = await import('../../prompts/ask.ts');
  if (!(await askYes(`Apply this to ${name} in namespace ${namespace}?`, true, io))) throw nothingChanged();
};

const codesIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const prepare = async (work: Work): Promise<Ready> => {
  const { base, typed } = work;
  const said = await askChanges(work);
  const { values } = settle(base.context.table, layersOf(base, typed, said));
  const over = { ...typed.values, ...said.values };
  const { hub, token } = await askHub(work, values, over);
  const facts = await factsOf(work, hub, token);
  const changed = sound(draftChanged(base, typed, said, facts));
  const skipped = codesIn(changed.settled.values['skipCheck']);
  return { said, facts, hub, token, skipped, changed };
};

const replayOf = ({ base, kind, deployment }: Work, { changed }: Ready): string => {
  const { entry, table } = base.context;
  const { namespace: _, ...others } = table;
  const { yes, rollbackOnFailure } = base.context.options;
  const more = [
    ...[deployment.name, '-n', deployment.namespace, ...reachWords(base.context)],
    ...(rollbackOnFailure === true ? ['--rollback-on-failure'] : []),
    ...(yes === true ? ['--yes'] : []),
  ];
  return replayCommand(entry, kind.verb, others, changed.settled, more);
};

/** A change that was meant for another cluster is seen before the yes. */
const sayWhere = async (work: Work): Promise<void> => {
  const { io, options } = work.base.context;
  if (options.output === 'json' || options.quiet === true) return;
  const { world, base } = work;
  const { facts } = await base.context.entry.preflight();
  say(io, ...wrap(clusterLine({ world }, facts(world.cluster, null, false)), io.columns), '');
};

const carryOut = async (work: Work, ready: Ready): Promise<Outcome> => {
  const { base, look, deployment, connection } = work;
  const { context, component, changes } = base;
  const { hub, token, skipped, changed } = ready;
  const replay = replayOf(work, ready);
  const common = { hub, token, replay };
  const { values } = changed.settled;
  const unsaid = changes.lasting.filter(key => (base.answers[key] ?? null) === null);
  const lasting = Object.fromEntries(unsaid.map(key => [key, values[key] ?? null]));
  return deployOrGoBack(
    context,
    {
      ...common,
      subject: subjectOfDraft(changed.draft),
      look,
      skipped,
      intended: changes.intended,
    },
    () => ({
      ...common,
      subject: subjectOfDraft(draftCurrent(base, lasting)),
      look: prepareLook(context, deployment.namespace, connection),
      // It ran like this before.
      skipped: Object.keys(component.catalogue),
    }),
  );
};

const run = async (context: Context, kind: Kind, connection: SharedConnection): Promise<Outcome> => {
  const { entry, words } = context;
  const layers = await soundLayers(context, noFacts);
  const typed = layers.find(({ name }) => name === 'flag') ?? { name: 'flag', values: {} };
  const deployment = await chooseDeployment(context, await connection.open(), words[0]);
  refuseRename(context, deployment, typed.values);
  const answers = currentAnswers(context, deployment);
  const [component, changes] = await Promise.all([entry.load(), entry.changes()]);
  const base: Base = { context, component, changes, answers, beneath: beneathOf(context, layers, answers) };
  const look = prepareLook(context, deployment.namespace, connection);
  const world = await whileLooking(context, worldOf(look));
  const work: Work = { kind, base, deployment, connection, look, world, typed };
  await sayWhere(work);
  const ready = await prepare(work);
  const changesAnything = tell(work, ready);
  const settled = await settleWay(work, ready);
  if (changesAnything && !asksNobody(context)) await agree(context, deployment);
  return carryOut(work, settled);
};

/** Errors: CliError. */
export const change = async (context: Context, kind: Kind): Promise<Outcome> => {
  // An unreadable time is said before anything is asked.
  durationOf('--timeout', context.options.timeout);
  const connection = shareConnection(context);
  try {
    return await run(context, kind, connection);
  } catch (error) {
    throw asCliError(error);
  } finally {
    connection.close();
  }
};
