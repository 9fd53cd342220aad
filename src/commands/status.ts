/** `status [NAME]`: one deployment on one screen; exit 0 when it is healthy. Changes nothing. */

import type { Described } from '../core/deployed.ts';
import { bySeverity, type Finding } from '../core/finding.ts';
import type { Inventory } from '../core/inventory.ts';
import type { LastVerify } from '../core/last-verify.ts';
import type { KubernetesObject } from '../core/manifest.ts';
import { sentTo } from '../core/reach.ts';
import { yamlText } from '../core/yaml.ts';
import { CliError, exitCodes } from '../errors.ts';
import {
  headLines,
  type ListOptions,
  type PodRow,
  podLines,
  roleLines,
  type StatusRole,
} from '../output/deployments.ts';
import { findingLines } from '../output/findings.ts';
import { paintFor } from '../output/paint.ts';
import type { Command, Context } from './context.ts';
import { lastVerifyData, timeText } from './deployments/data.ts';
import type { RunOptions } from './flags.ts';
import { verbLineFor } from './kubectl.ts';
import { awaitedFrom, type Reached, withDeployment } from './reach.ts';
import { readStatus } from './status/read.ts';
import { watchStatus } from './status/watch.ts';
import { print, printEvent, printJson, say, schemaVersion } from './talk.ts';
import { evidenceLines } from './wait/ended.ts';
import { heldGpus } from './wait/held.ts';
import type { Looked } from './wait/look.ts';
import { openShow } from './wait/show.ts';

type Status = {
  readonly described: Described;
  readonly lastVerify: LastVerify | null;
  readonly healthy: boolean;
  /** One word or two for a person. */
  readonly state: string;
  readonly roles: readonly StatusRole[];
  readonly pods: readonly PodRow[];
  /** GPUs that its pods hold now. */
  readonly held: number;
  readonly seen: Looked;
  readonly findings: readonly Finding[];
};

const nodeOf = (pod: KubernetesObject): string | null =>
  (pod['spec'] as { readonly nodeName?: string } | undefined)?.nodeName ?? null;

const phaseOf = (pod: KubernetesObject): string =>
  (pod.metadata as { readonly deletionTimestamp?: string }).deletionTimestamp === undefined
    ? ((pod['status'] as { readonly phase?: string } | undefined)?.phase ?? 'Unknown')
    : 'Terminating';

const isOver = (pod: KubernetesObject): boolean => ['Succeeded', 'Failed'].includes(phaseOf(pod));

/** Pods say their role in one word, rows for people with a blank. */
const wordOf = (role: string): string => role.toLowerCase().replaceAll(' ', '-');

const rolesOf = ({ outlook, sight }: Looked, inventory: Inventory): StatusRole[] =>
  outlook.rows.map(({ role, ready, wanted, stage, stageSince, restarts, note }) => {
    const pods = sight.pods.filter(pod => inventory.roleOf(pod) === wordOf(role));
    const nodes = pods.filter(pod => !isOver(pod)).map(nodeOf);
    return {
      role,
      ready,
      wanted,
      stage,
      stageSince,
      nodes: [...new Set(nodes.filter(node => node !== null))],
      gpus: heldGpus(pods),
      restarts,
      note,
    };
  });

const stateOf = ({ outlook }: Looked, described: Described): string => {
  if (outlook.done) return 'healthy';
  if (described.state === 'being removed') return 'being removed';
  return outlook.hopeless.length > 0 ? 'not healthy' : 'not ready yet';
};

const statusOf = async (context: Context, { client, deployment }: Reached): Promise<Status> => {
  const { entry, io } = context;
  const [watching, deployed, inventory] = await Promise.all([
    entry.watching(),
    entry.deployed(),
    entry.inventory(),
  ]);
  const { graph, answers, lastVerify } = deployment;
  const awaited = awaitedFrom(deployment);
  const seen = await readStatus({ client, watching, awaited, graph, signal: io.signal });
  const described = deployed.describe(graph, answers);
  return {
    described,
    lastVerify,
    healthy: seen.outlook.done,
    state: stateOf(seen, described),
    roles: rolesOf(seen, inventory),
    pods: seen.sight.pods.map(pod => ({
      pod: pod.metadata.name,
      role: inventory.roleOf(pod),
      node: nodeOf(pod),
      phase: phaseOf(pod),
    })),
    held: heldGpus(seen.sight.pods),
    seen,
    findings: bySeverity(
      sentTo([...seen.outlook.hopeless, ...seen.outlook.notices, ...seen.unreadable], io.reach),
    ),
  };
};

const dataOf = ({ described, lastVerify, healthy, state, roles, pods, held, seen, findings }: Status) => {
  const { roles: _, state: operator, createdAt, ...rest } = described;
  return {
    schemaVersion,
    healthy,
    state,
    ...rest,
    operatorState: operator,
    createdAt: timeText(createdAt),
    lastVerify: lastVerifyData(lastVerify),
    gpusHeld: held,
    roles: roles.map(({ stageSince, ...role }) => ({ ...role, stageSince: timeText(stageSince) })),
    pods,
    download: seen.outlook.download,
    findings,
    evidence: seen.outlook.evidence,
  };
};

const layoutOf = ({ io, options }: Context): ListOptions => ({
  now: Date.now(),
  paint: paintFor(io.color.stdout),
  columns: io.columns,
  wide: options.output === 'wide',
});

const headOf = ({ described, lastVerify, state, held }: Status, layout: ListOptions): string[] => {
  const { name, namespace } = described;
  return [
    layout.paint.bold(`${name} in namespace ${namespace}: ${state}`),
    '',
    ...headLines({ ...described, lastVerify }, held, layout),
  ];
};

const screen = (context: Context, status: Status): string[] => {
  const layout = layoutOf(context);
  const { paint, columns } = layout;
  const { roles, pods, findings, seen } = status;
  return [
    ...headOf(status, layout),
    ...(roles.length === 0 ? [] : ['', ...roleLines(roles, layout)]),
    ...(layout.wide && pods.length > 0 ? ['', ...podLines(pods, paint)] : []),
    ...(findings.length === 0 ? [] : ['', ...findingLines(findings, paint, columns)]),
    ...evidenceLines(seen.outlook.evidence, paint, columns),
  ];
};

const printStatus = (context: Context, status: Status): void => {
  const { io, options } = context;
  if (options.output === 'json') {
    printJson(io, dataOf(status));
    return;
  }
  if (options.output === 'yaml') {
    print(io, yamlText(dataOf(status)));
    return;
  }
  print(io, `${screen(context, status).join('\n')}\n`);
  const { name, namespace } = status.described;
  if (!status.healthy && status.findings.length === 0)
    say(io, 'To look deeper:', `    ${verbLineFor(context, 'diagnose', name, namespace)}`);
};

/** Programs get events, people the head once and then the table. */
const watchOn = async (context: Context, reached: Reached): Promise<number> => {
  const { io, options, entry } = context;
  const isJson = options.output === 'json';
  const status = await statusOf(context, reached);
  if (!isJson) print(io, `${headOf(status, layoutOf(context)).join('\n')}\n\n`);
  const outlook = await watchStatus({
    client: reached.client,
    watching: await entry.watching(),
    awaited: awaitedFrom(reached.deployment),
    since: status.seen.sight.since,
    signal: io.signal,
    show: await openShow(io, isJson ? (kind, event) => printEvent(io, kind, event) : null),
  });
  return outlook?.done === true ? 0 : exitCodes.failed;
};

/** Errors: `usage`. */
const refuseFormat = ({ watch, output }: RunOptions): void => {
  if (watch !== true || output !== 'yaml') return;
  throw new CliError('usage', '--watch prints lines for people or events in JSON, and no YAML.', {
    hint: 'Leave out --watch or write -o json.',
  });
};

export const command: Command = async context => {
  refuseFormat(context.options);
  return withDeployment(context, async reached => {
    if (context.options.watch === true) return watchOn(context, reached);
    const status = await statusOf(context, reached);
    printStatus(context, status);
    return status.healthy ? 0 : exitCodes.failed;
  });
};
