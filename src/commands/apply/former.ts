/** Removes the Jobs of former settings once the new ones are written: their names stand for what they did, and nothing waits for them. */

import { deleteObject } from '../../cluster/delete.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import { type ObjectFact, readOr } from '../../core/cluster-facts.ts';
import type { Ref } from '../../core/kinds.ts';
import { instanceOf, isOwn } from '../../core/ownership.ts';
import type { ApplyArgs } from './args.ts';
import type { Progress } from './progress.ts';
import type { WriteStep } from './steps.ts';

const why = 'It was made for former settings.';

const isJob = ({ run }: WriteStep): boolean => run.ref.kind === 'Job' && isOwn(run.object.metadata.labels);

/** This deployment's own that are not among those applied; none where none was applied. */
const formerJobs = ({ cluster, name, namespace }: ApplyArgs, steps: readonly WriteStep[]): Ref[] => {
  const applied = steps.filter(isJob).map(({ run }) => run.ref);
  const [first] = applied;
  if (first === undefined) return [];
  const isFormer = (job: ObjectFact): boolean =>
    isOwn(job.labels) &&
    instanceOf(job.labels) === name &&
    !job.deleting &&
    !applied.some(ref => ref.name === job.name);
  return (readOr(cluster.jobs) ?? [])
    .filter(isFormer)
    .map(job => ({ apiVersion: first.apiVersion, kind: 'Job', namespace, name: job.name }));
};

/** Whether it is gone, or will be soon. Errors: ClusterError, unless it is about this one. */
const removeJob = async ({ client, namespace }: ApplyArgs, { name }: Ref): Promise<string | null> => {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${encodeURIComponent(name)}`;
  try {
    await deleteObject(client, { path, uid: null });
    return null;
  } catch (error) {
    if (!isClusterError(error) || !['forbidden', 'server'].includes(error.kind)) throw error;
    return error.message;
  }
};

/** One that cannot be removed stays, which harms nothing. Errors: ClusterError when it is about the connection. */
export const removeFormerJobs = async (
  args: ApplyArgs,
  steps: readonly WriteStep[],
  progress: Progress,
): Promise<void> => {
  for (const ref of formerJobs(args, steps)) {
    const problem = await removeJob(args, ref);
    if (problem === null) progress.tell({ kind: 'removed', ref, why });
    else progress.left(ref, `is of former settings and stays: ${problem}`);
  }
};
