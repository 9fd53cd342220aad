/** The writes, one after the other, while the lease is held. */

import { applyOne, type DryRun } from '../../cluster/apply.ts';
import type { Lease } from '../../cluster/lease.ts';
import { removeAndWait } from '../../cluster/remove.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { CliError } from '../../errors.ts';
import type { ApplyArgs } from './args.ts';
import { interrupted, stopped } from './ended.ts';
import { removeFormerJobs } from './former.ts';
import { fateOf } from './jobs.ts';
import { graphUid } from './live.ts';
import type { Progress } from './progress.ts';
import { createSecret, secretObject, type TokenSecret } from './secret.ts';
import type { WriteStep } from './steps.ts';

export type Work = {
  readonly args: ApplyArgs;
  readonly progress: Progress;
  readonly steps: readonly WriteStep[];
  readonly secret: TokenSecret | null;
  readonly lease: Lease;
};

const lost = ({ args, progress }: Work): CliError =>
  new CliError(
    'failed',
    `Somebody else began to change ${args.name}, because this run did not renew its lease in time. ${progress.sentence()}`,
    { hint: `Look who holds it (kubectl -n ${args.namespace} get leases), then: ${args.resume}` },
  );

/** Between two writes. Errors: `interrupted`, `failed` when the lease is somebody else's. */
const mayGoOn = (work: Work): void => {
  const { args, progress, lease } = work;
  if (args.signal.aborted) throw interrupted(args, progress);
  if (lease.lost.aborted) throw lost(work);
};

const uidOf = ({ would }: DryRun): string | null => would?.metadata.uid ?? null;

type Removing = { readonly uid: string | null; readonly podSelector: string | null; readonly why: string };

const remove = async (work: Work, run: DryRun, { uid, podSelector, why }: Removing): Promise<DryRun> => {
  const { args, progress } = work;
  const { ref, path } = run;
  progress.tell({ kind: 'removing', ref, why });
  await removeAndWait(args.client, {
    ref,
    path: path ?? '',
    uid,
    podSelector,
    signal: args.signal,
    say: message => progress.tell({ kind: 'waiting', message }),
  });
  progress.tell({ kind: 'removed', ref, why });
  return { ...run, exists: false, resourceVersion: null };
};

/** What has to go first is removed; null when the object stays as it is. */
const prepare = async (work: Work, { run }: WriteStep): Promise<DryRun | null> => {
  const { replaced, cluster } = work.args;
  if (replaced !== null && run.exists && run.ref.kind === replaced.kind && run.ref.name === replaced.name) {
    const { podSelector } = replaced;
    const why = `${run.ref.name} cannot be changed in place.`;
    return remove(work, run, { uid: graphUid(cluster, run.ref), podSelector, why });
  }
  const fate = fateOf(
    run,
    work.steps.map(step => step.run),
  );
  if (fate.kind === 'write') return run;
  if (fate.kind === 'redo')
    return remove(work, run, {
      uid: uidOf(run),
      podSelector: `job-name=${run.ref.name}`,
      why: fate.why,
    });
  work.progress.left(run.ref, fate.why);
  return null;
};

const writeOne = async (work: Work, step: WriteStep): Promise<readonly string[]> => {
  const { args, progress, lease } = work;
  const before = await prepare(work, step);
  if (before === null) return [];
  mayGoOn(work);
  const { ref, change, warnings } = await applyOne(args.client, before.object, {
    force: step.force,
    before,
    since: lease.since,
  });
  progress.applied(ref, change);
  return warnings;
};

/** A failure says at which object it stopped. */
const at = async <T>(work: Work, object: KubernetesObject, act: () => Promise<T>): Promise<T> => {
  try {
    mayGoOn(work);
    return await act();
  } catch (error) {
    throw stopped(work.args, work.progress, error, object);
  }
};

/** Texts of warnings. Errors: the first failure, with what exists by then. */
export const writeAll = async (work: Work): Promise<string[]> => {
  const { args, progress, secret, steps } = work;
  if (secret !== null) {
    const object = secretObject(secret.name, args.namespace);
    const change = await at(work, object, () => createSecret(args, secret));
    progress.applied(secret.ref, change);
  }
  const warnings: string[] = [];
  for (const step of steps) warnings.push(...(await at(work, step.run.object, () => writeOne(work, step))));
  await removeFormerJobs(args, steps, progress);
  return warnings;
};
