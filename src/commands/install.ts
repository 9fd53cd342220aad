/** `install`: ask → plan → render → deploy, review or save. */

import type { Component, Facts } from '../core/component.ts';
import { type Finding, hasErrors } from '../core/finding.ts';
import { type Layer, type Settled, settle } from '../core/settings.ts';
import { CliError } from '../errors.ts';
import { writeAnswersFile } from '../files/answers.ts';
import type { Command, Context } from './context.ts';
import { deploy } from './deploy.ts';
import { printFindings, withResult } from './events.ts';
import { pathFrom, readFacts, soundLayers } from './layers.ts';
import { askMissing, refuseToGuess, unanswered } from './questions.ts';
import { replayCommand } from './replay.ts';
import { saveSubject, saySaved } from './save.ts';
import { type Subject, subjectOfDraft } from './subject.ts';
import { say, sayFindings, sayLayers, saySummary } from './talk.ts';

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
  facts: Facts,
): Promise<Layer> => {
  const none: Layer = { name: 'prompt', values: {} };
  const missing = unanswered(context.table, layers);
  if (context.options.yes === true || missing.length === 0) return none;
  if (!context.io.canPrompt) return refuseToGuess(context, missing);
  refuseEarly(context, component, layers, facts);
  return askMissing(context, component, layers, facts);
};

/** Summary and findings; as JSON every finding is an event of its own. */
const tell = ({ io, options }: Context, subject: Subject): void => {
  if (options.output === 'json') printFindings(io, subject.findings);
  else if (options.quiet !== true) {
    saySummary(io, subject.summary);
    say(io, '');
    sayFindings(io, subject.findings);
    if (subject.findings.length > 0) say(io, '');
  }
};

/** The last answer, carried out. Errors: `refused` with findings, `usage` when a review has nobody to talk to. */
const carryOut = async (work: Work): Promise<number> => {
  const { context, component, facts, settled, subject } = work;
  const { io, options } = context;
  const { action, overwrite } = settled.values;
  if (action === 'review' && io.canPrompt && options.yes !== true) {
    const { decide } = await import('./decide.ts');
    return decide(context, component, facts, subject);
  }
  if (hasErrors(subject.findings)) throw unusable(subject.findings);
  tell(context, subject);
  if (action === 'deploy') return deploy(context, subject);
  if (action === 'review') throw nobodyThere();
  saySaved(context, subject, saveSubject(context, subject, overwrite === true));
  return 0;
};

type Work = {
  readonly context: Context;
  readonly component: Component;
  readonly facts: Facts;
  readonly settled: Settled;
  readonly subject: Subject;
};

const nobodyThere = (): CliError =>
  new CliError('usage', 'There is no terminal to review at.', {
    hint: 'Use --action save, or the verb render.',
  });

const install = async (context: Context): Promise<{ code: number; findings: readonly Finding[] }> => {
  const { io, entry, table, options } = context;
  const facts = readFacts(context);
  const layers = await soundLayers(context, facts);
  const component = await entry.load();
  const answered = await answersLayer(context, component, layers, facts);
  const settled = settle(table, [...layers, answered]);
  const draft = component.draft(settled, facts, io.version);
  if (options.verbose === true) sayLayers(io, settled);
  if (options.saveAnswers !== undefined && !hasErrors(draft.findings)) {
    writeAnswersFile(pathFrom(io, options.saveAnswers), draft.settings);
  }
  if (Object.keys(answered.values).length > 0) {
    say(io, '', 'To repeat this run:', `  ${replayCommand(entry, 'install', table, settled)}`, '');
  }
  const code = await carryOut({ context, component, facts, settled, subject: subjectOfDraft(draft) });
  return { code, findings: draft.findings };
};

export const command: Command = async context => {
  if (context.options.output !== 'json') return (await install(context)).code;
  return withResult(context.io, () => install(context));
};
