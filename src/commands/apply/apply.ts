/** Applies a set of manifests: dry run of all, lease, then one write per object. */

import { takeLease } from '../../cluster/lease.ts';
import { isCliError } from '../../errors.ts';
import type { ApplyArgs, ApplyOutcome } from './args.ts';
import { blameOf, interrupted, nothingApplied, refusalFindings, stopped } from './ended.ts';
import { type Progress, startProgress } from './progress.ts';
import { missingSecret, secretObject, type TokenSecret, trySecret } from './secret.ts';
import { settleSteps, type WriteStep } from './steps.ts';
import { tryAll } from './trial.ts';
import { writeAll } from './write.ts';

type Checked = {
  readonly steps: readonly WriteStep[];
  readonly secret: TokenSecret | null;
  readonly warnings: readonly string[];
};

/** Errors: `forbidden`, `unavailable`, `refused`. */
const checkSecret = async (args: ApplyArgs, secret: TokenSecret, progress: Progress): Promise<void> => {
  const error = await trySecret(args, secret);
  if (error === null) return;
  const object = secretObject(secret.name, args.namespace);
  throw nothingApplied(blameOf(error), refusalFindings(args, error, object), progress);
};

/** Everything that can be known before the first write. */
const check = async (args: ApplyArgs, progress: Progress): Promise<Checked> => {
  const runs = await tryAll(args, progress);
  const secret = missingSecret(args);
  if (secret !== null) await checkSecret(args, secret, progress);
  const steps = await settleSteps(args, runs, progress);
  if (args.signal.aborted) throw interrupted(args, progress);
  return { steps, secret, warnings: runs.flatMap(run => run.warnings) };
};

const write = async (args: ApplyArgs, progress: Progress, checked: Checked): Promise<string[]> => {
  const { client, namespace, name, holder, isAlive, signal } = args;
  const lease = await takeLease(client, {
    namespace,
    name,
    holder,
    isAlive,
    signal,
    say: message => progress.tell({ kind: 'waiting', message }),
  });
  try {
    return await writeAll({ args, progress, lease, steps: checked.steps, secret: checked.secret });
  } finally {
    await lease.release();
  }
};

/**
 * Applies everything, or says why not and what exists by then. Nothing but a missing namespace is made before the whole set
 * passed the dry run. Errors: CliError with findings; `interrupted` after Ctrl-C.
 */
export const applyAll = async (args: ApplyArgs): Promise<ApplyOutcome> => {
  const progress = startProgress(args.tell);
  try {
    const checked = await check(args, progress);
    const warnings = await write(args, progress, checked);
    return { changes: progress.changes(), warnings: [...new Set([...checked.warnings, ...warnings])] };
  } catch (error) {
    throw isCliError(error) ? error : stopped(args, progress, error, null);
  }
};
