/** How a verification is told while it runs and when it is over: to people as lines, to programs as events. */

import type { ProbeReport, ProbeStep } from '../../core/probe.ts';
import { paintFor } from '../../output/paint.ts';
import { answerLines, nextLines, stepLines } from '../../output/verify.ts';
import type { Context } from '../context.ts';
import { printFindings } from '../events.ts';
import { print, printEvent, say, sayFindings } from '../talk.ts';
import type { NextStep } from './next.ts';
import type { Verified } from './step.ts';

type Shown = Pick<Context, 'io' | 'options'>;

/** JUnit is one document at the end: until then nothing is said but errors. */
export const tellStep =
  ({ io, options }: Shown) =>
  (step: ProbeStep): void => {
    if (options.output === 'json') printEvent(io, 'step', step);
    else if (options.quiet !== true) say(io, ...stepLines(step, paintFor(io.color.stderr), io.columns));
  };

/** Findings, the answer, and what to do next. */
export const tellReport = ({ io, options }: Shown, report: ProbeReport, next: readonly NextStep[]): void => {
  if (options.output === 'json') {
    printFindings(io, report.findings);
    return;
  }
  sayFindings(io, report.findings);
  if (options.output === 'junit' || report.answer === null) return;
  const paint = paintFor(io.color.stdout);
  const lines = [...answerLines(report, paint, io.columns), '', ...nextLines(next, paint)];
  print(io, `\n${lines.join('\n')}\n`);
};

/** Milliseconds by step, and in all. */
const timingsOf = ({ steps, firstTokenMs, tokensPerSecond }: ProbeReport): Record<string, unknown> => ({
  firstTokenMs,
  tokensPerSecond,
  totalMs: steps.reduce((sum, { ms }) => sum + (ms ?? 0), 0),
  stepsMs: Object.fromEntries(steps.map(({ step, ms }) => [step, ms])),
});

/** Further members of the result's event. */
export const resultOf = (
  { report, next, noted }: Verified,
  programVersion: string,
): Record<string, unknown> => ({
  answer: report.answer,
  model: report.model,
  address: report.address,
  versions: { installer: programVersion, ...report.versions },
  timings: timingsOf(report),
  noted,
  ...(report.verdict === 'serving'
    ? { next: Object.fromEntries(next.map(({ key, lines }) => [key, lines])) }
    : {}),
});
