/** The review's loop: shows what is there, then deploys, changes, saves, edits or leaves. */

import type { Component, Facts } from '../core/component.ts';
import { hasErrors } from '../core/finding.ts';
import type { Value } from '../core/schema.ts';
import { applies, type Layer, settle } from '../core/settings.ts';
import { isCliError } from '../errors.ts';
import { editFiles } from '../files/editor.ts';
import { comparisonLines } from '../output/diff.ts';
import { tally } from '../output/findings.ts';
import { paintFor } from '../output/paint.ts';
import { wrap } from '../output/wrap.ts';
import { askOption, askSearch, askYes, type Option } from '../prompts/ask.ts';
import type { Context } from './context.ts';
import { compareSubject } from './diff/subject.ts';
import type { Outcome } from './events.ts';
import type { Look } from './look.ts';
import { askOf } from './manifests/model.ts';
import type { Online } from './manifests/online.ts';
import { ownSubject } from './manifests/open.ts';
import { refuseSeveral } from './manifests/several.ts';
import { askAnswers } from './questions.ts';
import { sayError } from './report.ts';
import { saveSubject, saySaved } from './save.ts';
import { type Subject, subjectOfDraft, subjectOfFiles } from './subject.ts';
import { say, sayFindings, sayManifests, saySummary } from './talk.ts';

type Step = { readonly subject: Subject } | { readonly outcome: Outcome };

/** What is known beside the manifests. */
export type Beside = {
  readonly facts: Facts;
  readonly look: Look;
  /** The command that made them, for resuming. */
  readonly replay: string;
  readonly online: Online;
};

/** What a deployment would change, where a cluster answers soon enough. */
const showComparison = async (context: Context, online: Online, subject: Subject): Promise<void> => {
  const answered = await online.ask(client => compareSubject(context, client, subject));
  if ('unseen' in answered) {
    if (answered.unseen !== '')
      say(context.io, '', ...wrap(`Not compared. ${answered.unseen}`, context.io.columns));
    return;
  }
  const paint = paintFor(context.io.color.stderr);
  say(context.io, '', `Compared with context ${online.context() ?? 'of this pod'}:`);
  say(context.io, ...comparisonLines(answered.value, paint, context.io.columns));
  sayFindings(context.io, answered.value.findings);
};

const show = async (context: Context, { online }: Beside, subject: Subject): Promise<void> => {
  say(context.io, '');
  saySummary(context.io, subject.summary);
  say(context.io, '');
  sayManifests(context.io, subject.files);
  sayFindings(context.io, subject.findings);
  if (!hasErrors(subject.findings)) await showComparison(context, online, subject);
  say(context.io, '', recap(subject));
};

/** The manifests are long: right above the choice stands what matters. */
const recap = ({ name, namespace, files, findings }: Subject): string =>
  `${name} in namespace ${namespace}: ${files.length} manifests, ${tally(findings) || 'no errors, no warnings'}.`;

const shownValue = (value: Value | undefined): string => {
  if (value === undefined || value === null) return 'not set';
  return typeof value === 'object' ? value.join(' ') : String(value);
};

/** Every setting that means something now, with its value. */
const settingOptions = (context: Context, answers: Readonly<Record<string, Value>>): Option[] =>
  Object.entries(context.table)
    .filter(([key]) => key !== 'action' && key !== 'overwrite' && applies(context.table, key, answers))
    .map(([key, spec]) => ({
      value: key,
      name: `${key}: ${shownValue(answers[key])}`,
      description: spec.summary,
    }));

/** Asks one setting again and renders anew. What only held for the other mode falls back to its default. */
const change = async (
  context: Context,
  component: Component,
  facts: Facts,
  subject: Subject,
): Promise<Step> => {
  const { io, table } = context;
  if (subject.answers === null) return { subject };
  const key = await askSearch(
    'Which setting? (type to search)',
    settingOptions(context, subject.answers),
    io,
  );
  const base: Layer = { name: 'prompt', values: subject.answers };
  const values = await askAnswers(context, component, [base], facts, key);
  const layers: readonly Layer[] = [base, { name: 'prompt', values }];
  const draft = component.draft(settle(table, layers), facts, io.version);
  return { subject: subjectOfDraft(draft) };
};

const edit = (context: Context, component: Component, subject: Subject): Step => {
  const { env } = context.io;
  const files = editFiles(env.VISUAL || env.EDITOR || 'vi', subject.files);
  const edited = files.some((file, index) => file.text !== subject.files[index]?.text);
  return { subject: edited ? subjectOfFiles(component, files, subject.answers, subject.namespace) : subject };
};

/** Only a person at the terminal can say that changes made by hand may go. */
const save = async (
  context: Context,
  beside: Beside,
  subject: Subject,
  overwrite: boolean,
): Promise<Step> => {
  try {
    saySaved(context, subject, saveSubject(context, subject, overwrite, beside.online.context()));
    return { outcome: { code: 0, verdict: 'saved', findings: subject.findings } };
  } catch (error) {
    if (!isCliError(error) || !error.hint.includes('--overwrite')) throw error;
    sayError(context.io, error);
    if (!(await askYes('Replace it?', false, context.io))) return { subject };
    return save(context, beside, subject, true);
  }
};

/** Looks at the cluster and the Hub now, if nobody did before. */
const deployNow = async (
  context: Context,
  component: Component,
  { look, replay }: Beside,
  subject: Subject,
): Promise<Step> => {
  const { deploy } = await import('./deploy.ts');
  await refuseSeveral(context, subject.objects);
  const own = ownSubject(component, subject);
  sayFindings(
    context.io,
    own.findings.filter(finding => !subject.findings.includes(finding)),
  );
  const { hub, token } = await askOf(context, own, look);
  return { outcome: await deploy(context, { subject: own, look, hub, token, skipped: [], replay }) };
};

const options = (subject: Subject): Option[] => [
  { value: 'deploy', name: 'Deploy', description: 'apply the manifests and wait for a verified answer' },
  ...(subject.answers === null
    ? []
    : [{ value: 'change', name: 'Change a setting', description: 'ask one question again and render anew' }]),
  { value: 'save', name: 'Save', description: 'write the manifests to a folder' },
  {
    value: 'edit',
    name: 'Open in $EDITOR',
    description: 'change the manifests by hand; they are checked again',
  },
  { value: 'quit', name: 'Quit', description: 'leave; nothing is written' },
];

const act = async (
  choice: string,
  context: Context,
  component: Component,
  beside: Beside,
  subject: Subject,
): Promise<Step> => {
  if (choice === 'change') return change(context, component, beside.facts, subject);
  if (choice === 'edit') return edit(context, component, subject);
  if (choice === 'save') return save(context, beside, subject, context.typed.overwrite === true);
  if (choice === 'deploy') return deployNow(context, component, beside, subject);
  return { outcome: { code: 0, verdict: 'saved', findings: subject.findings } };
};

const blocked = (choice: string, subject: Subject): boolean =>
  (choice === 'deploy' || choice === 'save') && hasErrors(subject.findings);

/** One choice carried out. A refusal is said, and everything stays as it was; an interruption leaves. */
const step = async (
  context: Context,
  component: Component,
  beside: Beside,
  subject: Subject,
): Promise<Step> => {
  const choice = await askOption('What would you like to do?', options(subject), context.io);
  if (blocked(choice, subject)) {
    say(context.io, `Not with ${tally(subject.findings)}; change a setting first, or quit.`);
    return { subject };
  }
  try {
    return await act(choice, context, component, beside, subject);
  } catch (error) {
    if (!isCliError(error) || error.kind !== 'refused') throw error;
    sayError(context.io, error);
    return { subject };
  }
};

/** Runs until somebody decides. */
export const decide = async (
  context: Context,
  component: Component,
  beside: Beside,
  first: Subject,
): Promise<Outcome> => {
  await show(context, beside, first);
  for (let subject = first; ; ) {
    const taken = await step(context, component, beside, subject);
    if ('outcome' in taken) return taken.outcome;
    if (taken.subject !== subject) await show(context, beside, taken.subject);
    subject = taken.subject;
  }
};
