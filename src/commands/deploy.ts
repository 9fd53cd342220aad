/** Deploy now: checks → apply → live wait → verified answer. Each step is a folder of its own; here they follow each other. */

import type { ClusterError } from '../cluster/refusal.ts';
import type { CheckResult } from '../core/check.ts';
import type { ClusterFacts } from '../core/cluster-facts.ts';
import { type Finding, hasErrors } from '../core/finding.ts';
import type { PreflightInput } from '../core/preflight.ts';
import type { Awaited } from '../core/sight.ts';
import { CliError, exitCodes, isCliError } from '../errors.ts';
import { wrap } from '../output/wrap.ts';
import { applySubject } from './apply/step.ts';
import { asCliError } from './connection.ts';
import type { Context } from './context.ts';
import type { Outcome } from './events.ts';
import type { Look, World } from './look.ts';
import { nodeMakerOf } from './node-maker.ts';
import { insist, runChecks } from './preflight.ts';
import { whileLooking } from './slow.ts';
import type { Deployment, Step } from './steps.ts';
import { say, sayGap } from './talk.ts';
import { resultOf } from './verify/show.ts';
import { verifyStep } from './verify/step.ts';
import { waitStep } from './wait/step.ts';

/** Errors: why there is no cluster to deploy to. */
const worldOf = async (look: Look): Promise<World> => {
  const seen = await look.seen();
  if ('unseen' in seen) throw asCliError(seen.unseen);
  return seen.world;
};

/** What the checks are asked about. */
export const inputOf = (
  { io, options }: Context,
  { subject, hub, token }: Pick<Deployment, 'subject' | 'hub' | 'token'>,
  cluster: ClusterFacts,
): PreflightInput => ({
  name: subject.name,
  namespace: subject.namespace,
  objects: subject.objects,
  settings: subject.answers,
  cluster,
  hub,
  token: token !== null,
  unattended: !io.canPrompt || options.yes === true,
  agreed: options.yes === true,
});

const awaitedOf = ({ subject, hub }: Deployment, nodeMaker: string | null): Awaited => ({
  name: subject.name,
  namespace: subject.namespace,
  objects: subject.objects,
  weightsBytes: hub?.weightsBytes ?? null,
  nodeMaker,
});

/** Without a cluster: why, together with what the settings get wrong, which comes first. */
export const whyUnseen = (unseen: ClusterError, findings: readonly Finding[]): unknown => {
  const failed = asCliError(unseen);
  if (!isCliError(failed) || !hasErrors(findings)) return failed;
  return new CliError('refused', `${failed.message} The settings have errors too.`, {
    findings: [...findings, ...failed.findings],
    hint: failed.hint,
  });
};

/** What cannot be changed in place is deleted and made anew, and only after a yes. Errors: `refused`. */
const agreeToReplace = async (context: Context, reason: string): Promise<void> => {
  const { io, options } = context;
  if (options.replace === true) return;
  if (io.canPrompt && options.yes !== true) {
    say(io, ...wrap(reason, io.columns));
    const { askYes } = await import('../prompts/ask.ts');
    if (await askYes('Delete it and create it anew? It serves nothing meanwhile.', false, io)) return;
  }
  const finding = {
    rule: 'needs-replacement',
    level: 'error',
    path: 'mode',
    message: reason,
    hint: 'To delete it and create it anew, add --replace; or deploy under another name with --name.',
  } as const;
  throw new CliError('refused', 'Nothing was changed.', { findings: [finding] });
};

/** Some warnings want a yes. Where nobody can be asked the checks refuse them instead. Errors: `refused` after a no. */
const agree = async ({ io }: Context, results: readonly CheckResult[]): Promise<void> => {
  for (const { outcome, question } of results) {
    if (question === undefined || outcome !== 'warn' || !io.canPrompt) continue;
    const { askYes } = await import('../prompts/ask.ts');
    if (!(await askYes(question, false, io))) throw new CliError('refused', 'Nothing was changed.');
  }
};

/** Runs until it serves or cannot. Errors: what ended it, with its findings. */
export const deploy = async (context: Context, deployment: Deployment): Promise<Outcome> => {
  const { entry } = context;
  const { subject } = deployment;
  const { client, cluster } = await whileLooking(context, worldOf(deployment.look));
  const preflight = await entry.preflight();
  const input = inputOf(context, deployment, cluster);
  const checked = runChecks(preflight, input, deployment.skipped, deployment.intended);
  insist(context, checked, deployment.untold ?? []);
  await agree(context, checked.results);
  const replacement = preflight.replacement(input);
  if (replacement !== null) await agreeToReplace(context, replacement.reason);
  context.io.seeThrough?.();
  const { skipped } = deployment;
  const nodeMaker = nodeMakerOf({
    cluster,
    results: checked.results,
    skipped,
    aboutRoom: preflight.aboutRoom,
  });
  const step: Step = { context, deployment, client, cluster, awaited: awaitedOf(deployment, nodeMaker) };
  await applySubject(step, replacement !== null);
  deployment.applied?.();
  sayGap(context);
  await waitStep(step);
  sayGap(context);
  const verified = await verifyStep(step);
  const { report } = verified;
  return {
    code: report.verdict === 'serving' ? 0 : exitCodes.failed,
    verdict: report.verdict,
    findings: [...subject.findings, ...checked.findings, ...report.findings],
    more: resultOf(verified, context.io.version),
  };
};
