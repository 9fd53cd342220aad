/** `verify [NAME]`: proves that a deployment serves, by real answers through a port-forward. Changes nothing but a note of when. */

import type { CheckResult } from '../core/check.ts';
import type { ProbeReport, ProbeStep } from '../core/probe.ts';
import { sentTo } from '../core/reach.ts';
import { exitCodes } from '../errors.ts';
import { junitText } from '../output/checks.ts';
import { asCliError, durationOf } from './connection.ts';
import type { Command, Context } from './context.ts';
import { type Outcome, withResult } from './events.ts';
import { withDeployment } from './reach.ts';
import { print } from './talk.ts';
import { resultOf } from './verify/show.ts';
import { type Verified, verifyAndTell } from './verify/step.ts';

/** How long a first good answer may take when nothing is said. Seconds. */
const usualSeconds = 120;

const suite = 'dynamo-installer verify';

/** What a failed step found says more than its own words. */
const caseOf = ({ findings }: ProbeReport, step: ProbeStep): CheckResult => {
  const found = step.outcome === 'fail' ? findings.find(({ level }) => level === 'error') : undefined;
  return {
    code: step.step,
    title: step.title,
    outcome: step.outcome === 'running' ? 'unknown' : step.outcome,
    blame: 'unavailable',
    path: '',
    message: found?.message ?? step.detail,
    hint: found?.hint ?? '',
  };
};

/** One test case for each step that was taken. */
export const verifyJunit = (report: ProbeReport): string =>
  junitText(
    report.steps.map(step => caseOf(report, step)),
    suite,
  );

const verify = async (context: Context): Promise<Verified> => {
  const seconds = durationOf('--timeout', context.options.timeout) ?? usualSeconds;
  return withDeployment(context, ({ client, deployment: { name, namespace, graph } }) =>
    verifyAndTell(context, client, { name, namespace, graph, patienceMs: seconds * 1000 }),
  );
};

const outcomeOf = (verified: Verified, version: string): Outcome => ({
  code: verified.report.verdict === 'serving' ? 0 : exitCodes.failed,
  verdict: verified.report.verdict,
  findings: verified.report.findings,
  more: resultOf(verified, version),
});

const run = async (context: Context): Promise<Outcome> => {
  try {
    const verified = await verify(context);
    const { report } = verified;
    const sent = { ...report, findings: sentTo(report.findings, context.io.reach) };
    if (context.options.output === 'junit') print(context.io, verifyJunit(sent));
    return outcomeOf(verified, context.io.version);
  } catch (error) {
    throw asCliError(error);
  }
};

export const command: Command = async context =>
  context.options.output === 'json' ? withResult(context.io, () => run(context)) : (await run(context)).code;
