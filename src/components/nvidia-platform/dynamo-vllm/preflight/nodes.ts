/** Nodes with what is free on them, and who holds the rest. */

import type { Amounts, NodeFact, NodeUse } from '../../../../core/cluster-facts.ts';
import { minus, noAmounts, plus } from './amounts.ts';

export type Room = {
  readonly node: NodeFact;
  readonly free: Amounts;
  /** GPUs that bound pods hold, by namespace. */
  readonly held: Readonly<Record<string, number>>;
};

type Held = { asked: Amounts; readonly gpus: Record<string, number> };

/** Pods that count as gone. */
export type Released = (use: NodeUse) => boolean;

const nobody: Released = () => false;

export const roomsOf = (
  nodes: readonly NodeFact[],
  use: readonly NodeUse[],
  released: Released = nobody,
): Room[] => {
  const held = new Map<string, Held>();
  for (const one of use) {
    if (released(one)) continue;
    const { node, namespace, asked } = one;
    const sum = held.get(node) ?? { asked: noAmounts, gpus: {} };
    sum.asked = plus(sum.asked, asked);
    if (asked.gpus > 0) sum.gpus[namespace] = (sum.gpus[namespace] ?? 0) + asked.gpus;
    held.set(node, sum);
  }
  return nodes.map(node => {
    const one = held.get(node.name);
    return { node, free: minus(node.allocatable, one?.asked ?? noAmounts), held: one?.gpus ?? {} };
  });
};

export const freeGpus = ({ free }: Room): number => Math.max(0, free.gpus);

/** The namespaces that hold GPUs on these nodes, those with the most first. */
export const holders = (rooms: readonly Room[]): { namespace: string; gpus: number }[] => {
  const sums = new Map<string, number>();
  for (const { held } of rooms)
    for (const [namespace, gpus] of Object.entries(held))
      sums.set(namespace, (sums.get(namespace) ?? 0) + gpus);
  return [...sums].map(([namespace, gpus]) => ({ namespace, gpus })).sort((a, b) => b.gpus - a.gpus);
};

/** Ready and not cordoned, as a deployment would find it. */
export const takesPods = (node: NodeFact): boolean => node.ready && !node.unschedulable;
