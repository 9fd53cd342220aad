/** `logs [NAME]`: the logs of all pods of a deployment as one, each line marked with its role and pod. */

import { listAll } from '../cluster/pages.ts';
import type { Inventory } from '../core/inventory.ts';
import type { KubernetesObject } from '../core/manifest.ts';
import { listed } from '../core/text.ts';
import { CliError } from '../errors.ts';
import { paintFor } from '../output/paint.ts';
import type { Command, Context } from './context.ts';
import type { Deployment } from './deployments.ts';
import { verbLineFor } from './kubectl.ts';
import { type LogsAsk, logsAskOf } from './logs/ask.ts';
import { followLogs } from './logs/follow.ts';
import { type Printer, printerFor } from './logs/print.ts';
import { type Marked, type Reading, readMerged } from './logs/read.ts';
import { podsPlaying, type Target, targetsIn } from './logs/targets.ts';
import { podsAskOf, type Reached, withDeployment } from './reach.ts';
import { say } from './talk.ts';

const remarkFor =
  ({ io, options }: Context) =>
  (text: string): void => {
    if (options.output !== 'json' && options.quiet !== true) say(io, paintFor(io.color.stderr).dim(text));
  };

const rolesIn = (inventory: Inventory, pods: readonly KubernetesObject[]): string[] =>
  [...new Set(pods.map(inventory.roleOf))].sort();

const unknownRole = (role: string, name: string, roles: readonly string[]): CliError =>
  new CliError('usage', `No pod of ${name} plays the role ${role}.`, {
    hint: roles.length === 0 ? '' : `There ${roles.length === 1 ? 'is' : 'are'} ${listed(roles)}.`,
  });

const nothing = (context: Context, { name, namespace }: Deployment, ask: LogsAsk, pods: number): CliError => {
  if (ask.previous)
    return new CliError('failed', `No container of ${name} has ended and been started again.`, {
      hint: 'Leave out --previous to see what runs now.',
    });
  const why = pods === 0 ? 'has no pods' : 'has no container that has begun';
  return new CliError('failed', `${name} ${why}, so there is no log yet.`, {
    hint: `To see why: ${verbLineFor(context, 'diagnose', name, namespace)}`,
  });
};

const targetsOf = async (
  context: Context,
  { client, deployment }: Reached,
  ask: LogsAsk,
  printer: Printer,
): Promise<readonly Target[]> => {
  const inventory = await context.entry.inventory();
  const { path, labelSelector } = await podsAskOf(context, deployment);
  const query = { labelSelector: labelSelector ?? undefined };
  const { objects } = await listAll(client, path, query, context.io.signal);
  for (const pod of objects) printer.know(pod);
  const playing = podsPlaying(inventory, objects, ask.role);
  if (ask.role !== null && playing.length === 0)
    throw unknownRole(ask.role, deployment.name, rolesIn(inventory, objects));
  const targets = targetsIn(inventory, playing, ask.previous);
  if (targets.length === 0) throw nothing(context, deployment, ask, playing.length);
  return targets;
};

/** No line at all is an answer too, and looks like none. */
const silence = ({ sinceSeconds }: LogsAsk): string =>
  sinceSeconds === null
    ? 'Nothing was printed so far.'
    : 'Nothing was printed in that time; a longer --since may show more.';

/** Lines written at once. */
const batch = 200;

const show = async (context: Context, reached: Reached, ask: LogsAsk, reading: Reading): Promise<void> => {
  const printer = printerFor(context, ask);
  const targets = await targetsOf(context, reached, ask, printer);
  const lines: Marked[] = [];
  let isSilent = true;
  for await (const line of readMerged(reading, targets)) {
    lines.push(line);
    isSilent = false;
    if (lines.length >= batch) await printer.print(lines.splice(0));
  }
  await printer.print(lines);
  if (context.io.signal.aborted) throw new CliError('interrupted', 'Interrupted.');
  if (isSilent) remarkFor(context)(silence(ask));
};

const follow = async (context: Context, reached: Reached, ask: LogsAsk, reading: Reading): Promise<void> => {
  const printer = printerFor(context, ask);
  await followLogs({
    ...reading,
    inventory: await context.entry.inventory(),
    pods: await podsAskOf(context, reached.deployment),
    onLines: printer.print,
    onPod: printer.know,
    onRemark: remarkFor(context),
  });
};

export const command: Command = async context => {
  const ask = logsAskOf(context.options);
  const { signal } = context.io;
  return withDeployment(context, async reached => {
    const remark = remarkFor(context);
    const reading: Reading = {
      client: reached.client,
      namespace: reached.deployment.namespace,
      ask,
      signal,
      onTrouble: (target, message) => remark(`${target.mark}: ${message}`),
    };
    await (ask.follow ? follow : show)(context, reached, ask, reading);
    // Whoever follows ends it with Ctrl-C: that is no interruption of anything.
    return 0;
  });
};
