/** `check`: every preflight check, alone. Nothing is changed. */

import { noFacts } from '../core/component.ts';
import { type Finding, hasErrors } from '../core/finding.ts';
import { sentTo } from '../core/reach.ts';
import { settle } from '../core/settings.ts';
import { type ErrorKind, exitCodes, isCliError } from '../errors.ts';
import { writeWhole } from '../files/write.ts';
import { checkLines, checkTally, junitText, rbacText } from '../output/checks.ts';
import { paintFor } from '../output/paint.ts';
import { wrap } from '../output/wrap.ts';
import { asCliError } from './connection.ts';
import type { Command, Context } from './context.ts';
import { askHubFor } from './hubFacts.ts';
import { kubectlFor } from './kubectl.ts';
import { pathFrom, soundLayers } from './layers.ts';
import { clusterLine } from './learn.ts';
import { type Look, prepareLook } from './look.ts';
import { type Checked, kindOf, runChecks } from './preflight.ts';
import { whileLooking } from './slow.ts';
import { subjectOfDraft } from './subject.ts';
import { print, printJson, say, sayFindings, schemaVersion } from './talk.ts';

const suite = 'dynamo-installer check';

const printPermissions = async (context: Context, namespace: string): Promise<number> => {
  const { permissions } = await context.entry.preflight();
  print(context.io, rbacText(permissions, namespace));
  say(
    context.io,
    'An admin applies it and binds it, for example to the user NAME:',
    `  ${kubectlFor(context)} create rolebinding dynamo-installer -n ${namespace} --role dynamo-installer --user NAME`,
    `  ${kubectlFor(context)} create clusterrolebinding dynamo-installer-reader --clusterrole dynamo-installer-reader --user NAME`,
  );
  return 0;
};

type Report = Checked & {
  readonly kind: ErrorKind;
  readonly cluster: Readonly<Record<string, unknown>> | null;
  /** The same for people; empty when no cluster answered. */
  readonly where: readonly string[];
};

/** What the settings alone get wrong comes first, as in a deployment. */
const kindOfAll = (drafted: readonly Finding[], checked: Checked): ErrorKind =>
  hasErrors(drafted) ? 'refused' : kindOf(checked.results);

const unreachable = (error: unknown, drafted: readonly Finding[]): Report => {
  const failed = asCliError(error);
  if (!isCliError(failed) || failed.kind === 'interrupted') throw failed;
  // What was assumed for want of a cluster says nothing to those who have one.
  const findings = [...drafted.filter(({ level }) => level !== 'info'), ...failed.findings];
  return {
    results: failed.findings.map(({ rule, message, hint }) => ({
      code: rule,
      title: 'the cluster answers',
      outcome: 'fail',
      blame: failed.kind === 'forbidden' ? 'forbidden' : 'unavailable',
      path: '',
      message,
      hint,
    })),
    findings,
    kind: hasErrors(drafted) ? 'refused' : failed.kind,
    cluster: null,
    where: [],
  };
};

const inspect = async (context: Context, look: Look): Promise<Report> => {
  const { io, entry, table, options } = context;
  const component = await entry.load();
  const first = settle(table, await soundLayers(context, noFacts));
  const [seen, { hub, token }] = await whileLooking(
    context,
    Promise.all([look.seen(), askHubFor(context, first.values)]),
  );
  const preflight = await entry.preflight();
  if ('unseen' in seen) return unreachable(seen.unseen, component.draft(first, noFacts, io.version).findings);
  const { cluster } = seen.world;
  const facts = preflight.facts(cluster, hub, token !== null);
  const settled = settle(table, await soundLayers(context, facts));
  if (options.saveSnapshot !== undefined)
    writeWhole(
      pathFrom(io, options.saveSnapshot),
      `${JSON.stringify({ ...facts, cluster, hub }, null, 2)}\n`,
      'The snapshot',
      '--save-snapshot',
    );
  const subject = subjectOfDraft(component.draft(settled, facts, io.version));
  const skipped = Array.isArray(settled.values.skipCheck) ? settled.values.skipCheck : [];
  const checked = runChecks(
    preflight,
    { ...subject, settings: subject.answers, cluster, hub, token: token !== null, unattended: true },
    skipped,
  );
  const codes = new Set(checked.results.map(({ code }) => code));
  // The checks look closer than the rules of the plan: where both speak, theirs counts.
  const others = subject.findings.filter(({ rule }) => !codes.has(rule));
  return {
    results: checked.results,
    findings: [...others, ...checked.findings],
    kind: kindOfAll(others, checked),
    cluster: { ...cluster.target, namespace: cluster.namespace, operatorRelease: facts.operatorRelease },
    where: [...wrap(clusterLine(seen, facts, true), io.columns), ''],
  };
};

const printReport = ({ io, options }: Context, { results, findings, cluster, where }: Report): void => {
  if (options.output === 'json') printJson(io, { schemaVersion, cluster, checks: results, findings });
  else if (options.output === 'junit') print(io, junitText(results, suite));
  else {
    const checks = checkLines(results, paintFor(io.color.stdout), io.columns);
    print(io, `${[...where, ...checks, '', `${checkTally(results)}.`].join('\n')}\n`);
    const codes = new Set(results.map(result => result.code));
    sayFindings(
      io,
      findings.filter(finding => !codes.has(finding.rule)),
    );
  }
};

export const command: Command = async context => {
  const { table, options } = context;
  const namespace = String(settle(table, await soundLayers(context, noFacts)).values.namespace);
  if (options.printRbac === true) return printPermissions(context, namespace);
  const look = prepareLook(context, namespace);
  try {
    const report = await inspect(context, look);
    const { reach } = context.io;
    const { results, findings } = report;
    printReport(context, { ...report, results: sentTo(results, reach), findings: sentTo(findings, reach) });
    return hasErrors(report.findings) ? exitCodes[report.kind] : 0;
  } finally {
    look.close();
  }
};
