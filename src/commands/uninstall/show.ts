/** How a removal is told: to people as lines, to programs as events. */

import type { Finding } from '../../core/finding.ts';
import { refText } from '../../core/kinds.ts';
import { paintFor } from '../../output/paint.ts';
import { endLines, type PlanText, planLines } from '../../output/removal.ts';
import type { Context } from '../context.ts';
import { printFindings } from '../events.ts';
import { print, printEvent, say, sayFindings } from '../talk.ts';
import type { Done, RemoveEvent } from './remove.ts';

type Shown = Pick<Context, 'io' | 'options'>;

/** A dry run's plan is its data. */
export const tellPlan = ({ io, options }: Shown, text: PlanText): void => {
  const { name, namespace, plan, gpus, remarks } = text;
  if (options.output === 'json') {
    const { graphs, own, shared, along, kept, pods } = plan;
    const remove = [...graphs, ...own, ...shared, ...along].map(({ ref }) => ref);
    printEvent(io, 'plan', { name, namespace, remove, keep: kept, pods: pods.length, gpus, remarks });
  } else if (options.dryRun === true) {
    print(io, `${planLines(text, paintFor(io.color.stdout), io.columns).join('\n')}\n`);
  } else if (options.quiet !== true || options.yes !== true) {
    say(io, ...planLines(text, paintFor(io.color.stderr), io.columns), '');
  }
};

const lineOf = (event: Exclude<RemoveEvent, { kind: 'finding' }>): string =>
  event.kind === 'waiting' ? `  ${event.message}` : `  ${event.kind.padEnd(10)} ${refText(event.ref)}`;

const tellFinding = (io: Shown['io'], options: Shown['options'], finding: Finding): void =>
  (options.output === 'json' ? printFindings : sayFindings)(io, [finding]);

export const teller =
  ({ io, options }: Shown) =>
  (event: RemoveEvent): void => {
    const { kind, ...more } = event;
    if (event.kind === 'finding') tellFinding(io, options, event.finding);
    else if (options.output === 'json') printEvent(io, kind, more);
    else if (options.quiet !== true) say(io, lineOf(event));
  };

type Ended = {
  readonly name: string;
  readonly namespace: string;
  readonly done: Done;
  readonly gpus: number;
  readonly again: string;
  readonly remarks: readonly Finding[];
};

/** The last word for people; programs have the result. */
export const tellEnd = (
  { io, options }: Shown,
  { name, namespace, done, gpus, again, remarks }: Ended,
): void => {
  const isJson = options.output === 'json';
  for (const finding of remarks) tellFinding(io, options, finding);
  if (isJson) return;
  const { deleted, left } = done;
  print(io, `${endLines({ name, namespace, deleted, left, gpus }, io.columns).join('\n')}\n`);
  if (left.length > 0) say(io, 'Once that is mended, run again to see it through:', `    ${again}`);
};
