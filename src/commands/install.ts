/** `install`: ask → look → plan → render → deploy, review or save. */

import type { Component, Facts } from '../core/component.ts';
import { type Finding, hasErrors } from '../core/finding.ts';
import { type Layer, type Settled, settle } from '../core/settings.ts';
import { joinWords } from '../core/words.ts';
import { CliError, exitCodes, isCliError } from '../errors.ts';
import { wrap } from '../output/wrap.ts';
import { durationOf } from './connection.ts';
import type { Command, Context } from './context.ts';
import { type Outcome, printFindings, withResult } from './events.ts';
import { pricesOf } from './fit/prices.ts';
import { readFacts, soundLayers } from './layers.ts';
import { clusterLine, factsForQuestions, type Learned, learn, type QuestionFacts } from './learn.ts';
import { contextSeen, type Look, prepareLook } from './look.ts';
import { goOnline } from './manifests/online.ts';
import { askMissing, refuseToGuess, unanswered } from './questions.ts';
import { replayCommand } from './replay.ts';
import { sayError } from './report.ts';
import { saveSubject, saySaved } from './save.ts';
import { saveAnswers } from './saveAnswers.ts';
import { type Subject, subjectOfDraft } from './subject.ts';
import { printEvent, say, sayFindings, sayLayers, saySummary } from './talk.ts';

const unusable = (findings: readonly Finding[]): CliError =>
  new CliError('refused', 'The settings cannot be used as they are; nothing was written.', { findings });

/** Errors in what was given already are said before the first question. */
const refuseEarly = (
  context: Context,
  component: Component,
  layers: readonly Layer[],
  facts: Facts,
): void => {
  const given = new Set(
    layers.filter(layer => layer.name !== 'default').flatMap(layer => Object.keys(layer.values)),
  );
  const { findings } = component.draft(settle(context.table, layers), facts, context.io.version);
  const early = findings.filter(finding => finding.level === 'error' && given.has(finding.path));
  if (early.length > 0) throw unusable(early);
};

const answersLayer = async (
  context: Context,
  component: Component,
  layers: readonly Layer[],
  given: Facts,
  facts: QuestionFacts,
): Promise<Layer> => {
  const none: Layer = { name: 'prompt', values: {} };
  const missing = unanswered(context.table, layers);
  if (context.options.yes === true || missing.length === 0) return none;
  if (!context.io.canPrompt) return refuseToGuess(context, missing);
  refuseEarly(context, component, layers, given);
  return askMissing(context, component, layers, facts.next);
};

const sayPlan = ({ io, options }: Context, { summary }: Subject): void => {
  if (options.output === 'json' || options.quiet === true) return;
  saySummary(io, summary);
  say(io, '');
};

/** Summary and findings; as JSON every finding is an event of its own. */
const tell = (context: Context, subject: Subject): void => {
  const { io, options } = context;
  sayPlan(context, subject);
  if (options.output === 'json') printFindings(io, subject.findings);
  else if (options.quiet !== true && subject.findings.length > 0) {
    sayFindings(io, subject.findings);
    say(io, '');
  }
};

type Work = {
  readonly context: Context;
  readonly component: Component;
  readonly look: Look;
  readonly learned: Learned;
  /** Whether the cluster was named while questions were asked. */
  readonly named: boolean;
  readonly settled: Settled;
  readonly subject: Subject;
  readonly replay: string;
};

const nobodyThere = (): CliError =>
  new CliError('usage', 'There is no terminal to review at.', {
    hint: 'Use --action save, or the verb render.',
  });

const skipped = ({ values }: Settled): readonly string[] =>
  Array.isArray(values.skipCheck) ? values.skipCheck : [];

/** No cluster, but a person: what was answered need not be lost. The exit code tells that nothing was deployed. */
const saveInstead = async ({ context, subject }: Work, why: unknown): Promise<Outcome> => {
  if (!isCliError(why)) throw why;
  tell(context, subject);
  sayError(context.io, why);
  const { askYes } = await import('../prompts/ask.ts');
  if (await askYes('Save the manifests instead?', true, context.io))
    saySaved(context, subject, saveSubject(context, subject, false, null));
  return { code: exitCodes[why.kind], verdict: 'refused', findings: why.findings };
};

const canAsk = ({ io, options }: Context): boolean =>
  io.canPrompt && options.yes !== true && options.output !== 'json';

/** Those who were asked have mostly read it between two questions. */
const sayCluster = ({ context, learned, named }: Work): void => {
  const { io, options } = context;
  const { seen, facts } = learned;
  if (seen === null || 'unseen' in seen) return;
  if (options.output === 'json') {
    const { context: name, server } = seen.world.cluster.target;
    printEvent(io, 'cluster', { context: name, server, namespace: seen.world.cluster.namespace });
  } else if (options.quiet !== true && !named) say(io, ...wrap(clusterLine(seen, facts), io.columns), '');
};

const deploySubject = async (work: Work): Promise<Outcome> => {
  const { context, subject, look, learned, replay, settled } = work;
  const { whyUnseen, deploy } = await import('./deploy.ts');
  if (learned.seen !== null && 'unseen' in learned.seen) {
    const why = whyUnseen(learned.seen.unseen, subject.findings);
    if (canAsk(context) && !hasErrors(subject.findings)) return saveInstead(work, why);
    throw why;
  }
  if (hasErrors(subject.findings)) throw unusable(subject.findings);
  sayCluster(work);
  // Its findings are told with those of the checks, which may say the same more exactly.
  sayPlan(context, subject);
  const { hub, token } = learned;
  const untold = subject.findings;
  return deploy(context, { subject, look, hub, token, untold, skipped: skipped(settled), replay });
};

/** The last answer, carried out. Errors: `refused` with findings, `usage` when a review has nobody to talk to. */
const carryOut = async (work: Work): Promise<Outcome> => {
  const { context, component, learned, settled, subject, look } = work;
  const { io, options } = context;
  const { action, overwrite } = settled.values;
  if (action === 'deploy') return deploySubject(work);
  if (action === 'review' && io.canPrompt && options.yes !== true) {
    const { decide } = await import('./decide.ts');
    const online = goOnline(context, look.connection);
    return decide(context, component, { facts: learned.facts, look, replay: work.replay, online }, subject);
  }
  if (hasErrors(subject.findings)) throw unusable(subject.findings);
  tell(context, subject);
  if (action === 'review') throw nobodyThere();
  saySaved(context, subject, saveSubject(context, subject, overwrite === true, contextSeen(learned.seen)));
  return { code: 0, verdict: 'saved', findings: subject.findings };
};

/** How the run was started: at the same cluster again, and without questions where there were none. */
const startWords = ({ yes, offline, ...files }: Context['options']): string =>
  joinWords([
    ...(['kubeconfig', 'context', 'config', 'snapshot', 'prices'] as const).flatMap(name => {
      const value = files[name];
      return value === undefined ? [] : [`--${name}`, value];
    }),
    ...(offline === true ? ['--offline'] : []),
    ...(yes === true ? ['--yes'] : []),
  ]);

const install = async (context: Context): Promise<Outcome> => {
  const { io, entry, table, options } = context;
  // Known to be wrong only after everything was applied, it would be known too late.
  durationOf('--timeout', options.timeout);
  const given = { ...readFacts(context), prices: pricesOf(context) };
  const layers = await soundLayers(context, given);
  const component = await entry.load();
  const look = prepareLook(context, String(settle(table, layers).values.namespace));
  try {
    const questions = factsForQuestions(context, look, given);
    const answered = await answersLayer(context, component, layers, given, questions);
    const learned = await learn(context, settle(table, [...layers, answered]).values, look, given);
    const settled = settle(table, [...(await soundLayers(context, learned.facts)), answered]);
    const draft = component.draft(settled, learned.facts, io.version);
    if (options.verbose === true) sayLayers(io, settled);
    if (!hasErrors(draft.findings)) saveAnswers(context, draft.settings);
    const replay = `${replayCommand(entry, 'install', table, settled)} ${startWords(options)}`.trimEnd();
    if (Object.keys(answered.values).length > 0) say(io, '', 'To repeat this run:', `  ${replay}`, '');
    return await carryOut({
      context,
      component,
      look,
      learned,
      named: questions.named(),
      settled,
      subject: subjectOfDraft(draft),
      replay,
    });
  } finally {
    look.close();
  }
};

export const command: Command = async context => {
  if (context.options.output !== 'json') return (await install(context)).code;
  return withResult(context.io, () => install(context));
};
