/** Tells what would become of one object: from its dry run, from what is there, and from what applying does with its kind. */

import type { DryRun } from '../../cluster/apply.ts';
import type { ClusterError } from '../../cluster/refusal.ts';
import type { ObjectComparison } from '../../core/comparison.ts';
import { driftOf } from '../../core/drift.ts';
import type { Finding } from '../../core/finding.ts';
import { refText } from '../../core/kinds.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { isOwn } from '../../core/ownership.ts';
import { listed } from '../../core/text.ts';
import { settleClaim } from '../apply/claims.ts';
import { fateOf } from '../apply/jobs.ts';
import { claimFact } from '../apply/live.ts';
import { isNamespace } from '../apply/namespace.ts';
import type { Compared } from './compare.ts';
import { type Live, servedVersions } from './live.ts';

export type Judged = { readonly object: ObjectComparison; readonly findings: readonly Finding[] };

type State = ObjectComparison['state'];

const outcome = (
  run: DryRun,
  state: State,
  more: Partial<Omit<ObjectComparison, 'ref' | 'state'>> = {},
  findings: readonly Finding[] = [],
): Judged => ({
  object: { ref: run.ref, state, why: '', changes: [], managers: [], ...more },
  findings,
});

const notServed = async ({ client }: Compared, run: DryRun): Promise<Judged> => {
  const versions = await servedVersions(client, run.ref.apiVersion);
  const instead = versions.length === 0 ? 'no version of it' : listed(versions);
  const message = `${refText(run.ref)} is written for ${run.ref.apiVersion}, and the cluster serves ${instead}.`;
  return outcome(run, 'unread', { why: 'This version is not served.' }, [
    {
      rule: 'kind-not-served',
      level: 'error',
      path: '',
      message,
      hint:
        versions.length === 0
          ? `Install what brings ${run.ref.kind} first, or leave it out.`
          : `Render the manifest again for ${versions.at(-1)}, for example with the verb install.`,
    },
  ]);
};

const unreadable = (run: DryRun, { message }: ClusterError): Judged =>
  outcome(run, 'unread', { why: 'What is there was not read.' }, [
    {
      rule: 'diff-unreadable',
      level: 'unknown',
      path: '',
      message: `${refText(run.ref)} was not compared: ${message}`,
      hint: '',
    },
  ]);

/** Names are taken only by what lacks our labels, and applying refuses to touch that. */
const foreign = (run: DryRun, live: KubernetesObject): Finding[] =>
  isOwn(run.object.metadata.labels) && !isOwn(live.metadata.labels)
    ? [
        {
          rule: 'apply-foreign',
          level: 'warning',
          path: '',
          message: `${refText(run.ref)} does not belong to this program, so applying refuses to change it.`,
          hint: 'Choose another name, or go on with the tool that made it.',
        },
      ]
    : [];

/** Without a dry run. */
const bySight = (object: KubernetesObject, live: KubernetesObject) => driftOf(live, null, object);

const ofClaim = (run: DryRun, live: KubernetesObject): Judged => {
  const settled = settleClaim(run.object, claimFact(live));
  if ('leave' in settled) return outcome(run, 'left', { why: settled.leave });
  const changes = bySight(settled.apply, live);
  return outcome(run, changes.length === 0 ? 'same' : 'changed', { changes });
};

/** A Job's name stands for its content: it is never changed, only run again. */
const ofJob = (run: DryRun, live: KubernetesObject, runs: readonly DryRun[]): Judged => {
  const fate = fateOf({ ...run, exists: true, would: live }, runs);
  if (fate.kind === 'redo') return outcome(run, 'replaced', { why: fate.why });
  return fate.kind === 'leave' ? outcome(run, 'same') : ofAny(run, live);
};

const ofAny = (run: DryRun, live: KubernetesObject): Judged => {
  const changes = run.would === null ? bySight(run.object, live) : driftOf(live, run.would, run.object);
  const managers = changes.length === 0 ? [] : (run.conflict?.managers ?? []);
  return outcome(run, changes.length === 0 ? 'same' : 'changed', { changes, managers }, foreign(run, live));
};

const withoutDryRun: Finding = {
  rule: 'diff-without-dry-run',
  level: 'info',
  path: '',
  message: 'A dry run is not allowed to this account, so only fields that the manifests set were compared.',
  hint: '',
};

/** The API server does not take it: its words, and what can be seen all the same. */
const refused = (
  { explainRefusal }: Compared,
  run: DryRun,
  live: KubernetesObject | null,
  refusal: ClusterError,
): Judged => {
  const changes = live === null ? [] : bySight(run.object, live);
  const state: State = live === null ? 'created' : changes.length === 0 ? 'same' : 'changed';
  const barred = / cannot \w+ resource "/.test(refusal.message);
  const findings = barred ? [withoutDryRun] : [...explainRefusal(refusal, run.object)];
  return outcome(run, state, { changes }, findings);
};

const ofKind = (compared: Compared, run: DryRun, live: KubernetesObject, runs: readonly DryRun[]): Judged => {
  if (run.ref.kind === 'PersistentVolumeClaim') return ofClaim(run, live);
  if (isNamespace(run.object, compared.namespace)) return outcome(run, 'left', { why: 'is there already' });
  const reason = compared.replacement(live, run.object);
  if (reason !== null) return outcome(run, 'replaced', { why: reason, changes: bySight(run.object, live) });
  if (run.ref.kind === 'Job') return ofJob(run, live, runs);
  return run.refusal === null ? ofAny(run, live) : refused(compared, run, live, run.refusal);
};

const isUnserved = ({ path, refusal, namespaceMissing }: DryRun): boolean =>
  path === null || (refusal?.kind === 'not-found' && !namespaceMissing);

export const judge = async (
  compared: Compared,
  run: DryRun,
  live: Live,
  runs: readonly DryRun[],
): Promise<Judged> => {
  if (isUnserved(run)) return notServed(compared, run);
  if ('unread' in live) return unreadable(run, live.unread);
  if ('object' in live) return ofKind(compared, run, live.object, runs);
  if (run.refusal !== null) return refused(compared, run, null, run.refusal);
  const why = run.namespaceMissing ? `The namespace ${run.ref.namespace} does not exist.` : '';
  return outcome(run, 'created', { why });
};
