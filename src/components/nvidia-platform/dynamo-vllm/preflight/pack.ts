/** Places pods on nodes on paper, exactly: a refusal means that no placement exists. */

import type { Amounts } from '../../../../core/cluster-facts.ts';
import { holds, minus } from './amounts.ts';

export type Item = {
  readonly asked: Amounts;
  /** Whether it may run on the node at this place in the list. */
  readonly may: (node: number) => boolean;
};

/** `unsure`: the search was given up, so nothing may be concluded. */
export type Packing = 'placed' | 'impossible' | 'unsure';

/** Enough for every cluster seen; a search of this size takes well under a second. */
const searchSteps = 20_000;

const bigFirst = (a: Item, b: Item): number =>
  b.asked.gpus - a.asked.gpus ||
  b.asked.memoryBytes - a.asked.memoryBytes ||
  b.asked.ephemeralBytes - a.asked.ephemeralBytes ||
  b.asked.cpuMilli - a.asked.cpuMilli;

const asksNothing = ({ asked }: Item): boolean =>
  asked.gpus === 0 && asked.cpuMilli === 0 && asked.memoryBytes === 0 && asked.ephemeralBytes === 0;

const amountKey = ({ gpus, cpuMilli, memoryBytes, ephemeralBytes }: Amounts): string =>
  `${gpus},${cpuMilli},${memoryBytes},${ephemeralBytes}`;

/** The tightest node first, by GPUs, then by memory. */
const tighter = (a: Amounts, b: Amounts): number =>
  a.gpus - b.gpus || a.memoryBytes - b.memoryBytes || a.cpuMilli - b.cpuMilli;

type Board = {
  readonly items: readonly Item[];
  /** Free amounts; changed in place while searching. */
  readonly frees: Amounts[];
  /** Which items a node takes, as a key: nodes of one key and one free amount are the same. */
  readonly kinds: readonly string[];
};

const candidates = ({ items, frees, kinds }: Board, at: number): number[] => {
  const item = items[at];
  if (item === undefined) return [];
  const seen = new Set<string>();
  const found: number[] = [];
  for (let node = 0; node < frees.length; node += 1) {
    const free = frees[node];
    if (free === undefined || !item.may(node) || !holds(free, item.asked)) continue;
    const key = `${kinds[node]}|${amountKey(free)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    found.push(node);
  }
  return found.sort((a, b) => tighter(frees[a] as Amounts, frees[b] as Amounts));
};

type Search = { steps: number; readonly dead: Set<string> };

const stateKey = ({ frees, kinds }: Board, at: number): string =>
  `${at}:${frees
    .map((free, node) => `${kinds[node]}|${amountKey(free)}`)
    .sort()
    .join(';')}`;

const search = (board: Board, at: number, state: Search): Packing => {
  const item = board.items[at];
  if (item === undefined) return 'placed';
  state.steps += 1;
  if (state.steps > searchSteps) return 'unsure';
  const key = stateKey(board, at);
  if (state.dead.has(key)) return 'impossible';
  for (const node of candidates(board, at)) {
    const before = board.frees[node] as Amounts;
    board.frees[node] = minus(before, item.asked);
    const outcome = search(board, at + 1, state);
    board.frees[node] = before;
    if (outcome !== 'impossible') return outcome;
  }
  state.dead.add(key);
  return 'impossible';
};

/** The tightest node that holds the item; -1 when none does. */
const tightest = ({ asked, may }: Item, frees: readonly Amounts[]): number => {
  let found = -1;
  frees.forEach((free, node) => {
    if (!holds(free, asked) || !may(node)) return;
    if (found < 0 || tighter(free, frees[found] as Amounts) < 0) found = node;
  });
  return found;
};

/** Every item on the tightest node that holds it: quick, but it misses some placements that exist. */
const greedy = (items: readonly Item[], all: readonly Amounts[]): boolean => {
  const frees = [...all];
  return items.every(item => {
    const node = tightest(item, frees);
    const free = frees[node];
    if (free === undefined) return false;
    frees[node] = minus(free, item.asked);
    return true;
  });
};

/** Leaves out nodes that hold nothing; of nodes that are the same, more than there are items are of no use. */
const reduced = (items: readonly Item[], frees: readonly Amounts[]): Board => {
  const classes = [...new Set(items.map(item => item.may))];
  const counts = new Map<string, number>();
  const kept: number[] = [];
  const kindOf = (node: number): string => classes.map(may => (may(node) ? '1' : '0')).join('');
  const useful = (node: number): boolean =>
    items.some(item => item.may(node) && holds(frees[node] as Amounts, item.asked));
  for (let node = 0; node < frees.length; node += 1) {
    if (!useful(node)) continue;
    const key = `${kindOf(node)}|${amountKey(frees[node] as Amounts)}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= items.length) kept.push(node);
  }
  return {
    items: items.map(item => ({ asked: item.asked, may: at => item.may(kept[at] ?? -1) })),
    frees: kept.map(node => frees[node] as Amounts),
    kinds: kept.map(kindOf),
  };
};

/** More GPUs, memory, … than all nodes together have free need no search. */
const exceedsAll = (items: readonly Item[], frees: readonly Amounts[]): boolean => {
  const sum = (pick: (amounts: Amounts) => number, all: readonly Amounts[]): number =>
    all.reduce((total, one) => total + Math.max(0, pick(one)), 0);
  const picks = [
    (one: Amounts) => one.gpus,
    (one: Amounts) => one.cpuMilli,
    (one: Amounts) => one.memoryBytes,
    (one: Amounts) => one.ephemeralBytes,
  ];
  const asked = items.map(item => item.asked);
  return picks.some(pick => sum(pick, asked) > sum(pick, frees));
};

/** Places all items; items that are alike should share their `may`, which makes the search short. */
export const pack = (items: readonly Item[], frees: readonly Amounts[]): Packing => {
  if (items.some(item => !frees.some((_, node) => item.may(node)))) return 'impossible';
  const weighty = items.filter(item => !asksNothing(item)).sort(bigFirst);
  // One that no node holds, empty-handed or not, needs no search either.
  if (exceedsAll(weighty, frees) || weighty.some(item => tightest(item, frees) < 0)) return 'impossible';
  if (greedy(weighty, frees)) return 'placed';
  return search(reduced(weighty, frees), 0, { steps: 0, dead: new Set() });
};
