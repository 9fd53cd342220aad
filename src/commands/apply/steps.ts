/** What is written, and what has to happen to a live object before: decided for each object of the dry run. */

import { type DryRun, dryRun } from '../../cluster/apply.ts';
import type { Finding } from '../../core/finding.ts';
import { refText } from '../../core/kinds.ts';
import { isOwn } from '../../core/ownership.ts';
import { listed } from '../../core/text.ts';
import { CliError } from '../../errors.ts';
import type { ApplyArgs } from './args.ts';
import { isOwnLive } from './live.ts';
import type { Progress } from './progress.ts';
import { recordName } from './record.ts';
import { refuseRefused } from './trial.ts';

/** One object to write. */
export type WriteStep = {
  readonly run: DryRun;
  readonly force: boolean;
};

/** Everybody who wrote it, for sentences. */
const writers = ({ would, conflict }: DryRun): string => {
  const managers =
    conflict?.managers ?? would?.metadata.managedFields?.map(({ manager = '' }) => manager) ?? [];
  const others = [...new Set(managers)].filter(manager => manager !== '' && manager !== 'dynamo-installer');
  return others.length === 0 ? '' : ` (written by ${listed(others)})`;
};

const foreign = (run: DryRun): Finding => ({
  rule: 'apply-foreign',
  level: 'error',
  path: 'name',
  message: `${refText(run.ref)} exists already in namespace ${run.ref.namespace} and does not belong to this program${writers(run)}; it is left as it is.`,
  hint: 'Choose another name with --name, or another --namespace.',
});

/** Objects without our labels are somebody's own manifests, applied as they are. Errors: `refused`. */
const refuseForeign = async (args: ApplyArgs, runs: readonly DryRun[], progress: Progress): Promise<void> => {
  const ours = runs.filter(run => isOwn(run.object.metadata.labels) && (run.exists || run.conflict !== null));
  const own = await Promise.all(ours.map(run => isOwnLive(args.client, args.cluster, run)));
  const findings = ours.filter((_, index) => own[index] === false).map(foreign);
  if (findings.length > 0)
    throw new CliError('refused', `Names are taken by somebody else. ${progress.sentence()}`, { findings });
};

const conflictFinding = ({ ref, conflict }: DryRun): Finding => ({
  rule: 'apply-conflict',
  level: 'error',
  path: '',
  message: `${listed(conflict?.managers ?? [])} owns ${listed(conflict?.fields ?? [])} of ${refText(ref)}, with another value.`,
  hint: 'Take the fields over with --take-over, or change them where the other manager gets them from.',
});

/** The record is the program's own, whoever edited it. */
const isRecordOf = ({ ref }: DryRun, name: string): boolean =>
  ref.kind === 'ConfigMap' && ref.name === recordName(name);

/** Whether the fields are taken. Errors: `refused` when nobody can be asked. */
const take = async (args: ApplyArgs, run: DryRun): Promise<boolean> => {
  if (args.force || isRecordOf(run, args.name)) return true;
  const { message } = conflictFinding(run);
  return args.confirm({
    kind: 'take-over',
    why: `${message} Unless it is taken over, ${refText(run.ref)} is left as it is.`,
    text: 'Take it over?',
  });
};

/** A run with its conflict, and the same with the fields taken: refusals beat conflicts. */
type Contested = { readonly run: DryRun; readonly forced: DryRun | null };

const contest = async (args: ApplyArgs, runs: readonly DryRun[]): Promise<Contested[]> => {
  const open = runs.filter(({ conflict }) => conflict !== null);
  const forced = await dryRun(args.client, open, { force: true });
  return runs.map(run => {
    const at = open.indexOf(run);
    return { run, forced: at < 0 ? null : (forced[at] ?? null) };
  });
};

const settleConflict = async (
  args: ApplyArgs,
  { run, forced }: Contested,
  progress: Progress,
): Promise<WriteStep[]> => {
  if (run.conflict === null || forced === null) return [{ run, force: false }];
  if (!(await take(args, run))) {
    progress.left(run.ref, `is left to ${listed(run.conflict.managers)}`);
    return [];
  }
  progress.tell({ kind: 'taken', ref: run.ref, managers: run.conflict.managers });
  return [{ run: forced, force: true }];
};

/** Without anybody to ask, all conflicts are told at once. */
const refuseConflicts = (args: ApplyArgs, runs: readonly DryRun[], progress: Progress): void => {
  const { unattended, force, name } = args;
  const open = runs.filter(run => run.conflict !== null && !isRecordOf(run, name));
  if (!unattended || force || open.length === 0) return;
  throw new CliError('refused', `Other managers own fields that would change. ${progress.sentence()}`, {
    findings: open.map(conflictFinding),
    hint: 'Take the fields over with --take-over.',
  });
};

/** What is left to write after foreign objects and conflicts. Errors: `refused`; ClusterError. */
export const settleSteps = async (
  args: ApplyArgs,
  runs: readonly DryRun[],
  progress: Progress,
): Promise<WriteStep[]> => {
  await refuseForeign(args, runs, progress);
  const contested = await contest(args, runs);
  refuseRefused(
    args,
    contested.map(({ run, forced }) => forced ?? run),
    progress,
  );
  refuseConflicts(args, runs, progress);
  const steps: WriteStep[] = [];
  // One question after the other.
  for (const one of contested) steps.push(...(await settleConflict(args, one, progress)));
  return steps;
};
