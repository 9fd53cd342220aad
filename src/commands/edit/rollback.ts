/** `--rollback-on-failure`: what was applied and does not come up gives way to the former settings. */

import type { Finding } from '../../core/finding.ts';
import { type CliError, exitCodes, isCliError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { deploy } from '../deploy.ts';
import { type Outcome, printFindings } from '../events.ts';
import { verbLineFor } from '../kubectl.ts';
import type { Deployment } from '../steps.ts';
import { printEvent, say, sayFindings } from '../talk.ts';

type Failed = { readonly findings: readonly Finding[]; readonly why: string };

/** Only what was applied whole can be taken back whole; a run that somebody ended is left as it is. */
const isFailure = (error: unknown): error is CliError =>
  isCliError(error) && (error.kind === 'failed' || error.kind === 'timed-out');

const notServing = 'It is up, but it does not answer as it should.';

type Deploy = typeof deploy;

const attempt = async (run: Deploy, context: Context, deployment: Deployment): Promise<Outcome | Failed> => {
  let applied = false;
  const noted = {
    ...deployment,
    applied: () => {
      applied = true;
    },
  };
  try {
    const outcome = await run(context, noted);
    return outcome.verdict === 'serving' ? outcome : { findings: outcome.findings, why: notServing };
  } catch (error) {
    if (!applied || !isFailure(error)) throw error;
    return { findings: error.findings, why: error.message };
  }
};

const tellFailure = ({ io, options }: Context, { subject }: Deployment, { findings, why }: Failed): void => {
  const { name, namespace } = subject;
  if (options.output === 'json') {
    if (why !== notServing) printFindings(io, findings);
    printEvent(io, 'rolling-back', { name, namespace, why });
  } else say(io, '', why, `The former settings of ${name} are applied again (--rollback-on-failure).`, '');
};

/** How the way back ended; an interruption on it ends the run. */
const goBack = async (run: Deploy, context: Context, former: Deployment): Promise<string | null> => {
  const { options } = context;
  const agreed = { ...context, options: { ...options, yes: true, replace: true } };
  try {
    const { verdict } = await run(agreed, former);
    return verdict === 'serving' ? null : notServing;
  } catch (error) {
    if (!isCliError(error) || error.kind === 'interrupted' || error.kind === 'bug') throw error;
    return error.message;
  }
};

const backFinding = (context: Context, { subject }: Deployment, problem: string | null): Finding => {
  const { name, namespace } = subject;
  const status = verbLineFor(context, 'status', name, namespace);
  return problem === null
    ? {
        rule: 'rolled-back',
        level: 'info',
        path: '',
        message: `${name} runs with its former settings again, and serves.`,
        hint: 'Mend what stopped the change, then make it again.',
      }
    : {
        rule: 'rolled-back',
        level: 'warning',
        path: '',
        message: `The former settings of ${name} were to be applied again, and it does not serve yet: ${problem}`,
        hint: `See what it does: ${status}`,
      };
};

/** Without the flag a deployment as any other. `former` is made when it is needed. */
export const deployOrGoBack = async (
  context: Context,
  deployment: Deployment,
  former: () => Deployment,
  run: Deploy = deploy,
): Promise<Outcome> => {
  const { io, options } = context;
  if (options.rollbackOnFailure !== true) return run(context, deployment);
  const tried = await attempt(run, context, deployment);
  if (!('why' in tried)) return tried;
  tellFailure(context, deployment, tried);
  const finding = backFinding(context, deployment, await goBack(run, context, former()));
  if (options.output === 'json') printFindings(io, [finding]);
  else sayFindings(io, [finding]);
  return { code: exitCodes.failed, verdict: 'not-serving', findings: [...tried.findings, finding] };
};
