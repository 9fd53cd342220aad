/** `diagnose [NAME]`: why a deployment does not do what it should, by everything that can be seen; as a bundle for others, too. */

import type { Finding } from '../core/finding.ts';
import { sentTo } from '../core/reach.ts';
import { type CliError, exitCodes, isCliError } from '../errors.ts';
import { paintFor } from '../output/paint.ts';
import type { Written } from './bundle/write.ts';
import type { Command, Context } from './context.ts';
import { type Diagnosis, diagnosisOf, isSound } from './diagnose/diagnosis.ts';
import { checkOn, measure, verifyOn } from './diagnose/rest.ts';
import { diagnosisJson, diagnosisLines } from './diagnose/show.ts';
import { changedAt } from './diagnose/since.ts';
import { awaitedFrom, type Reached, withDeployment } from './reach.ts';
import { print, printJson, say, schemaVersion } from './talk.ts';
import { lookOnce } from './wait/look.ts';

const unreadable = (what: string, message: string): Finding => ({
  rule: 'diagnose-unreadable',
  level: 'unknown',
  path: '',
  message: `The diagnosis goes without ${what}: ${message}`,
  hint: '',
});

/** Errors: ClusterError when pods or the deployment cannot be read, and `interrupted`. */
const diagnose = async (context: Context, reached: Reached): Promise<Diagnosis> => {
  const { client, deployment } = reached;
  const watching = await context.entry.watching();
  const awaited = awaitedFrom(deployment);
  const look = {
    client,
    watching,
    awaited,
    graph: null,
    unreadable,
    since: changedAt(deployment.graph, Date.now()),
    signal: context.io.signal,
  };
  const [looked, checked, measured] = await Promise.all([
    lookOnce(look),
    checkOn(context, client, deployment),
    measure(context, reached),
  ]);
  const report = looked.outlook.done ? await verifyOn(context, reached) : null;
  const diagnosis = diagnosisOf(watching, awaited, { looked, checked, report, measured });
  return { ...diagnosis, findings: sentTo(diagnosis.findings, context.io.reach) };
};

const tell = (
  context: Context,
  { deployment }: Reached,
  diagnosis: Diagnosis,
  bundle: Written | null,
): void => {
  const { io, options } = context;
  const { name, namespace } = deployment;
  if (options.output === 'json') {
    printJson(io, { schemaVersion, name, namespace, ...diagnosisJson(diagnosis), bundle });
    return;
  }
  const lines = diagnosisLines({ name, namespace }, diagnosis, paintFor(io.color.stdout), io.columns);
  print(io, `${lines.join('\n')}\n`);
};

const bundleOf = async (
  context: Context,
  reached: Reached,
  diagnosis: Diagnosis,
): Promise<Written | null> => {
  const { io, options } = context;
  if (options.bundle === undefined) return null;
  if (options.output !== 'json' && options.quiet !== true) say(io, 'Collecting the bundle ...');
  const { writeBundle } = await import('./bundle/write.ts');
  return writeBundle(context, reached, diagnosis, options.bundle);
};

const run = (context: Context): Promise<number> =>
  withDeployment(context, async reached => {
    const diagnosis = await diagnose(context, reached);
    const written = await bundleOf(context, reached, diagnosis);
    tell(context, reached, diagnosis, written);
    if (written !== null && context.options.output !== 'json') {
      const { sayWritten } = await import('./bundle/write.ts');
      sayWritten(context, written);
    }
    return isSound(diagnosis) ? 0 : exitCodes.failed;
  });

/** Why there is no diagnosis is told as a finding, where programs read. */
const findingsOf = ({ kind, message, hint, findings }: CliError): readonly Finding[] =>
  findings.length > 0 ? findings : [{ rule: kind, level: 'error', path: '', message, hint }];

export const command: Command = async context => {
  try {
    return await run(context);
  } catch (error) {
    if (context.options.output !== 'json' || !isCliError(error) || error.kind === 'bug') throw error;
    const findings = sentTo(findingsOf(error), context.io.reach);
    printJson(context.io, { schemaVersion, verdict: 'unknown', findings, bundle: null });
    return exitCodes[error.kind];
  }
};
