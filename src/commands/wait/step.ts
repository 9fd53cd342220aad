/** The wait as a step of a deployment: shows it, and ends the run where waiting does not help. */

import type { Finding } from '../../core/finding.ts';
import { CliError } from '../../errors.ts';
import { paintFor } from '../../output/paint.ts';
import { durationOf } from '../connection.ts';
import { commandLine } from '../context.ts';
import { kubectlFor } from '../kubectl.ts';
import type { Step } from '../steps.ts';
import { printEvent, say } from '../talk.ts';
import { verbs } from '../verbs.ts';
import { endedLines } from './ended.ts';
import { interruptedLines } from './interrupted.ts';
import type { Left } from './left.ts';
import type { WaitResult } from './result.ts';
import { waitFor } from './run.ts';
import { openShow } from './show.ts';

const leftOf = async (step: Step, gpusHeld: number): Promise<Left> => {
  const { context, awaited, deployment } = step;
  const watching = await context.entry.watching();
  return {
    awaited,
    watches: watching.watches(awaited),
    gpusHeld,
    line: commandLine(context.entry, '').trimEnd(),
    verbs: verbs.map(verb => verb.name),
    replay: deployment.replay,
    kubectl: kubectlFor(context),
  };
};

const findingsOf = (result: WaitResult): readonly Finding[] => ('findings' in result ? result.findings : []);

/** People read the cause, its evidence and what is left, in this order; programs have the events. */
const sayEnd = async (step: Step, result: WaitResult): Promise<void> => {
  const { io } = step.context;
  const left = await leftOf(step, result.gpusHeld);
  if (result.kind === 'interrupted') return say(io, '', ...interruptedLines(left, io.columns), '');
  const evidence = result.kind === 'hopeless' ? result.evidence : [];
  const text = { findings: findingsOf(result), evidence, left };
  say(io, '', ...endedLines(text, paintFor(io.color.stderr), io.columns), '');
};

const failed = {
  hopeless: findings => new CliError('failed', 'The deployment cannot come up like this.', { findings }),
  'timed-out': findings => new CliError('timed-out', 'The time to wait is up.', { findings }),
  interrupted: () =>
    new CliError('interrupted', 'Interrupted while waiting; what was applied stays and goes on.'),
} as const satisfies Record<Exclude<WaitResult['kind'], 'ready'>, (findings: readonly Finding[]) => CliError>;

/** Until everything is ready from outside. Errors: `failed`, `timed-out`, `interrupted`, `forbidden`. */
export const waitStep = async (step: Step): Promise<void> => {
  const { context, client, awaited } = step;
  const { io, options, entry } = context;
  const emit =
    options.output === 'json'
      ? (kind: string, event: Readonly<Record<string, unknown>>) => printEvent(io, kind, event)
      : null;
  const result = await waitFor({
    client,
    io,
    watching: await entry.watching(),
    awaited,
    timeoutSeconds: durationOf('--timeout', options.timeout),
    show: await openShow(io, emit),
  });
  if (result.kind === 'ready') return;
  // Said here already where people read.
  if (emit === null) await sayEnd(step, result);
  throw failed[result.kind](emit === null ? [] : findingsOf(result));
};
