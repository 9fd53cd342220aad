/** What becomes of a Job of that name that is there already: its name stands for its content, so it is never changed. */

import type { DryRun } from '../../cluster/apply.ts';
import { isOwn } from '../../core/ownership.ts';

type Condition = { readonly type?: string; readonly status?: string };

const has = (run: DryRun, type: string): boolean => {
  const status = run.would?.['status'] as { readonly conditions?: readonly Condition[] } | undefined;
  return status?.conditions?.some(one => one.type === type && one.status === 'True') ?? false;
};

const isOurJob = ({ ref, object, exists }: DryRun): boolean =>
  ref.kind === 'Job' && exists && isOwn(object.metadata.labels);

const createsClaim = (runs: readonly DryRun[]): boolean =>
  runs.some(({ ref, exists }) => ref.kind === 'PersistentVolumeClaim' && !exists);

/** `write`: as any object. `redo` removes it first, because it will not run again. Why: of `leave`, words that go on after its name; of `redo`, a clause. */
export type JobFate = { readonly kind: 'write' } | { readonly kind: 'leave' | 'redo'; readonly why: string };

/** `runs` is the whole set. */
export const fateOf = (run: DryRun, runs: readonly DryRun[]): JobFate => {
  if (!isOurJob(run)) return { kind: 'write' };
  if (has(run, 'Failed')) return { kind: 'redo', why: 'it failed before and runs once more' };
  if (!has(run, 'Complete')) return { kind: 'leave', why: 'is running already' };
  if (createsClaim(runs))
    return { kind: 'redo', why: 'it was done for a claim that is gone, and runs once more' };
  return { kind: 'leave', why: 'is done already' };
};
