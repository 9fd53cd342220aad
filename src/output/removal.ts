/** A removal for the eye: its plan before, and what came of it. */

import { type Ref, refText } from '../core/kinds.ts';
import type { RemovalPlan } from '../core/removal.ts';
import { listed } from '../core/text.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

export type PlanText = {
  readonly name: string;
  readonly namespace: string;
  /** Which cluster, such as `context prod`. */
  readonly where: string;
  readonly plan: RemovalPlan;
  readonly gpus: number;
  /** Sentences about the whole, such as who will make it anew. */
  readonly remarks: readonly string[];
};

const indented = (text: string, columns: number, lead: string): string[] => {
  const [first = '', ...more] = wrap(text, columns - lead.length);
  return [`${lead}${first}`, ...more.map(line => `${' '.repeat(lead.length)}${line}`)];
};

const gpuText = (count: number): string => `${count} ${count === 1 ? 'GPU' : 'GPUs'}`;
const podText = (count: number): string => `${count} ${count === 1 ? 'pod' : 'pods'}`;

/** Objects by kind and name, what comes free, and what stays and why. */
export const planLines = (
  { name, namespace, where, plan, gpus, remarks }: PlanText,
  paint: Paint,
  columns: number,
): string[] => {
  const removed = [...plan.graphs, ...plan.own, ...plan.shared];
  const frees = gpus === 0 ? '' : `, which frees ${gpuText(gpus)}`;
  const pods =
    plan.pods.length === 0 ? [] : [`  ${paint.red('remove')}  ${podText(plan.pods.length)}${frees}`];
  return [
    ...wrap(`Uninstall ${name} from namespace ${namespace}, ${where}`, columns).map(paint.bold),
    ...removed.map(({ ref }) => `  ${paint.red('remove')}  ${refText(ref)}`),
    ...plan.along.flatMap(({ ref }) =>
      indented(
        `${refText(ref)}, with everything on it: the deployment made it and takes it along.`,
        columns,
        '  remove  ',
      ),
    ),
    ...pods,
    ...plan.kept.flatMap(({ ref, why }) => indented(`${refText(ref)}: ${why}`, columns, '  keep    ')),
    ...remarks.flatMap(remark => wrap(remark, columns, '  ')),
  ];
};

/** More than these nobody reads in a sentence; the first are those that matter. */
const mostNamed = 8;

const refsText = (refs: readonly Ref[]): string => {
  const names = refs.map(refText);
  return listed(
    names.length > mostNamed ? [...names.slice(0, mostNamed), `${names.length - mostNamed} more`] : names,
  );
};

/** The last lines, for a removal that came to its end or did not. */
export const endLines = (
  {
    name,
    namespace,
    deleted,
    left,
    gpus,
  }: {
    readonly name: string;
    readonly namespace: string;
    readonly deleted: readonly Ref[];
    readonly left: readonly Ref[];
    readonly gpus: number;
  },
  columns: number,
): string[] => {
  if (left.length > 0) return wrap(`Still there in namespace ${namespace}: ${refsText(left)}.`, columns);
  const free = gpus === 0 ? '' : ` ${gpuText(gpus)} ${gpus === 1 ? 'is' : 'are'} free again.`;
  const gone = deleted.length === 0 ? 'nothing was left to remove' : refsText(deleted);
  return wrap(`Removed ${name} from namespace ${namespace}: ${gone}.${free}`, columns);
};
