/** The wait as a step of a deployment: shows it, and ends the run where waiting does not help. */

import type { Finding } from '../../core/finding.ts';
import { sentTo } from '../../core/reach.ts';
import { CliError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { paintFor } from '../../output/paint.ts';
import { durationOf } from '../connection.ts';
import { commandLine } from '../context.ts';
import { kubectlFor, reachWords } from '../kubectl.ts';
import type { Step } from '../steps.ts';
import { printEvent, say } from '../talk.ts';
import { verbs } from '../verbs.ts';
import { endedAdvice, endedLines } from './ended.ts';
import { adviceText, interruptedAdvice, interruptedLines } from './interrupted.ts';
import { type Left, whatIsThere } from './left.ts';
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
    reach: reachWords(context),
  };
};

const findingsOf = (result: WaitResult): readonly Finding[] => ('findings' in result ? result.findings : []);

/** People read the cause, its evidence and what is left, in this order; programs have the events. */
const sayEnd = (io: Io, result: WaitResult, left: Left): void => {
  const evidence = result.kind === 'hopeless' ? result.evidence : [];
  const text = { findings: sentTo(findingsOf(result), io.reach), evidence, left };
  const lines =
    result.kind === 'interrupted'
      ? interruptedLines(left, io.columns)
      : endedLines(text, paintFor(io.color.stderr), io.columns);
  say(io, '', ...lines, '');
};

const ends = {
  hopeless: { kind: 'failed', sentence: 'The deployment cannot come up like this.' },
  'timed-out': { kind: 'timed-out', sentence: 'The time to wait is up.' },
  interrupted: {
    kind: 'interrupted',
    sentence: 'Interrupted while waiting; what was applied stays and goes on.',
  },
} as const;

/** What is there and how to go on belongs to the error where nobody reads lines. */
const wholeError = (result: WaitResult, { kind, sentence }: (typeof ends)[keyof typeof ends], left: Left) =>
  new CliError(kind, `${sentence} ${whatIsThere(left)}`, {
    findings: findingsOf(result),
    hint: adviceText(kind === 'interrupted' ? interruptedAdvice(left) : endedAdvice(left)),
  });

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
    show: await openShow(io, emit, options.quiet === true),
  });
  if (result.kind === 'ready') return;
  const left = await leftOf(step, result.gpusHeld);
  const end = ends[result.kind];
  if (emit !== null) throw wholeError(result, end, left);
  sayEnd(io, result, left);
  throw new CliError(end.kind, end.sentence);
};
