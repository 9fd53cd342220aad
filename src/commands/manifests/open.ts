/** Opens manifests for review, comparison and applying: a saved folder, a file, or the recorded answers of a deployment. */

import { adopt } from '../../core/adopt.ts';
import { readAnswers } from '../../core/answers.ts';
import { type Component, noFacts } from '../../core/component.ts';
import type { Finding } from '../../core/finding.ts';
import { settle, type Values } from '../../core/settings.ts';
import { CliError } from '../../errors.ts';
import { parseAnswers } from '../../files/answersFile.ts';
import type { Target } from '../../files/library.ts';
import { readText } from '../../files/read.ts';
import { answersFile, manifestsIn, openFolder, type SavedFolder } from '../../files/saved.ts';
import type { Context } from '../context.ts';
import { type Deployment, typedNamespace } from '../deployments.ts';
import { type Subject, splitDocuments, subjectOfDraft, subjectOfFiles } from '../subject.ts';

export type Opened = {
  readonly subject: Subject;
  readonly state: SavedFolder['state'] | 'recorded';
  /** Null for what was not read from the disk. */
  readonly path: string | null;
};

export const states = {
  intact: 'as it was saved',
  changed: 'changed by hand since it was saved',
  foreign: 'not saved by this program',
  recorded: "rendered anew from the deployment's recorded answers",
} as const satisfies Record<Opened['state'], string>;

type Kept = { readonly answers: Values | null; readonly findings: readonly Finding[] };

/** Settings come and go with versions of the program: the manifests are there all the same. */
const lenient = ({ path, message }: Finding, usable: boolean): Finding => ({
  rule: 'answers-of-other-version',
  level: 'warning',
  path,
  message: usable
    ? `${message} It was saved by another version of this program, and is left out when the manifests are rendered anew.`
    : `${message} The saved answers cannot be used, so no setting can be changed; the manifests are as they are.`,
  hint: usable ? '' : 'Install anew to get manifests of this version, or edit these by hand.',
});

const kept = (values: Values, findings: readonly Finding[]): Kept => {
  const usable = findings.every(({ rule }) => rule === 'answers-unknown-key');
  return { answers: usable ? values : null, findings: findings.map(one => lenient(one, usable)) };
};

const answersOf = (context: Context, folder: SavedFolder): Kept => {
  const text = folder.files.find(one => one.file === answersFile)?.text;
  if (folder.state === 'foreign' || text === undefined) return { answers: null, findings: [] };
  const { values, findings } = parseAnswers(context.table, answersFile, text);
  return kept(values, findings);
};

const withFindings = (subject: Subject, findings: readonly Finding[]): Subject =>
  findings.length === 0 ? subject : { ...subject, findings: [...findings, ...subject.findings] };

/** As with kubectl: -n must not contradict a manifest. Errors: `usage`. */
const refuseOtherNamespace = (context: Context, { namespace, name }: Subject): void => {
  const typed = typedNamespace(context);
  if (typed === null || typed === namespace) return;
  throw new CliError('usage', `The manifest of ${name} says namespace ${namespace}, and -n says ${typed}.`, {
    hint: 'Leave -n out, or change the manifest.',
  });
};

const openFiles = (
  context: Context,
  component: Component,
  { kind, path }: Target,
  namespace: string,
): Opened => {
  if (kind === 'folder') {
    const folder = openFolder(path);
    const { answers, findings } = answersOf(context, folder);
    const subject = subjectOfFiles(component, manifestsIn(folder), answers, namespace);
    return { subject: withFindings(subject, findings), state: folder.state, path };
  }
  const file = readText(path);
  if (!('text' in file))
    throw new CliError('refused', 'missing' in file ? `${path} does not exist.` : file.problem);
  const subject = subjectOfFiles(component, splitDocuments(file.text), null, namespace);
  return { subject, state: 'foreign', path };
};

/** `namespace` is for manifests that name none. Errors: `refused` for what is no manifest, `usage` for another -n. */
export const openTarget = (
  context: Context,
  component: Component,
  target: Target,
  namespace: string,
): Opened => {
  const opened = openFiles(context, component, target, namespace);
  refuseOtherNamespace(context, opened.subject);
  return opened;
};

/** What its answers make today. Errors: `refused` when it has none that can be used. */
export const openDeployment = (
  context: Context,
  component: Component,
  { name, namespace, answers: recorded }: Deployment,
): Opened => {
  const { table, io } = context;
  if (recorded === null)
    throw new CliError(
      'refused',
      `No answers are kept in the cluster for ${name}, so there is nothing to render it from.`,
      { hint: 'Name the folder or the file that it was applied from.' },
    );
  const read = readAnswers(table, recorded, path => path.join('.'));
  const { answers, findings } = kept(read.values, read.findings);
  if (answers === null)
    throw new CliError('refused', `The answers kept in the cluster for ${name} cannot be used.`, {
      findings: read.findings,
    });
  const said = { ...answers, name, namespace };
  const draft = component.draft(settle(table, [{ name: 'prompt', values: said }]), noFacts, io.version);
  return { subject: withFindings(subjectOfDraft(draft), findings), state: 'recorded', path: null };
};

/** What was said of manifests without the labels may not hold of those with them. */
const saidAnew = (component: Component, before: Subject, objects: Subject['objects']): readonly Finding[] => {
  const stale = component.explain(before.objects).findings.map(({ message }) => message);
  const kept = before.findings.filter(({ message }) => !stale.includes(message));
  return [...kept, ...component.explain(objects).findings];
};

/** With the labels by which this program finds its own, and what there is to say about them. */
export const ownSubject = (component: Component, subject: Subject): Subject => {
  const { objects, findings } = adopt(subject.objects, subject.name);
  if (findings.length === 0) return subject;
  return withFindings({ ...subject, objects, findings: saidAnew(component, subject, objects) }, findings);
};
