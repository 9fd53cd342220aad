/** Plays an update of a deployment on paper: which pods may stop and start when, and whether it comes to its end. */

import type { Amounts } from '../../../../core/cluster-facts.ts';
import type { Budget } from '../update.ts';
import { holds, minus, plus } from './amounts.ts';

/** Pods of one role. */
export type Moving = {
  readonly role: string;
  /** The nodes of the pods that run, one entry a pod, and what one of them holds. */
  readonly running: readonly { readonly node: string; readonly asked: Amounts }[];
  readonly wanted: number;
  /** What one new pod asks for. */
  readonly asked: Amounts;
  /** Nodes that a new pod may go to. */
  readonly open: ReadonlySet<string>;
  /** Every running pod gives way to a new one; otherwise they stay and only their number changes. */
  readonly replaced: boolean;
  readonly budget: Budget;
};

type Play = {
  readonly moving: Moving;
  old: Moving['running'][number][];
  fresh: number;
};

type Free = Map<string, Amounts>;

/** The node with the least room that is enough. */
const tightest = ({ asked, open }: Moving, free: Free): string | null => {
  let found: string | null = null;
  let least: Amounts | null = null;
  for (const [node, room] of free) {
    if (!open.has(node) || !holds(room, asked)) continue;
    if (least !== null && (room.gpus > least.gpus || room.memoryBytes >= least.memoryBytes)) continue;
    [found, least] = [node, room];
  }
  return found;
};

const take = (free: Free, node: string, asked: Amounts): void => {
  const room = free.get(node);
  if (room !== undefined) free.set(node, minus(room, asked));
};

const give = (free: Free, node: string, asked: Amounts): void => {
  const room = free.get(node);
  if (room !== undefined) free.set(node, plus(room, asked));
};

/** The pod whose going makes room for a new one; any other when none does. Kubernetes may choose worse: this is the best case. */
const victimOf = ({ moving, old }: Play, free: Free): number => {
  const helps = old.findIndex(({ node, asked }) => {
    const room = free.get(node);
    return room !== undefined && moving.open.has(node) && holds(plus(room, asked), moving.asked);
  });
  return helps < 0 ? old.length - 1 : helps;
};

const stopOne = (play: Play, free: Free): boolean => {
  const { moving, old, fresh } = play;
  const floor = moving.replaced ? moving.wanted - moving.budget.unavailable : moving.wanted;
  if (old.length === 0 || old.length + fresh <= Math.max(0, floor)) return false;
  const [victim] = old.splice(victimOf(play, free), 1);
  if (victim !== undefined) give(free, victim.node, victim.asked);
  return true;
};

const startOne = (play: Play, free: Free): boolean => {
  const { moving, old, fresh } = play;
  const { wanted, budget, replaced } = moving;
  const most = wanted + (replaced ? budget.surge : 0);
  const isDone = replaced ? fresh >= wanted : old.length + fresh >= wanted;
  if (isDone || old.length + fresh >= most) return false;
  const node = tightest(moving, free);
  if (node === null) return false;
  take(free, node, moving.asked);
  play.fresh += 1;
  return true;
};

const isOver = ({ moving, old, fresh }: Play): boolean =>
  moving.replaced ? old.length === 0 && fresh >= moving.wanted : old.length + fresh >= moving.wanted;

/** A role that waits for ever, and the most GPUs that a node it may go to has free by then. */
export type Waiting = { readonly moving: Moving; readonly mostFree: number };

const mostFree = ({ open }: Moving, free: Free): number =>
  Math.max(0, ...[...free].filter(([node]) => open.has(node)).map(([, room]) => room.gpus));

/**
 * Roles that wait for ever, in the order given; empty when the update comes to its end. `free` is what every node has left while all running
 * pods run. New pods are taken to become ready.
 */
export const stuckRoles = (all: readonly Moving[], free: ReadonlyMap<string, Amounts>): Waiting[] => {
  const left: Free = new Map(free);
  const plays = all.map((moving): Play => ({ moving, old: [...moving.running], fresh: 0 }));
  let moved = true;
  while (moved) {
    // All of them get their turn in every round.
    const turns = plays.map(play => {
      const stopped = stopOne(play, left);
      return startOne(play, left) || stopped;
    });
    moved = turns.includes(true);
  }
  return plays
    .filter(play => !isOver(play))
    .map(play => ({ moving: play.moving, mostFree: mostFree(play.moving, left) }));
};
