/** GPUs of nodes by kind: how many there are, how many are free, and how many one node has. */

import type { NodeFact, NodeUse } from '../../../../core/cluster-facts.ts';
import type { FitFound } from '../../../../core/fit.ts';
import { gpuOf, isSlice, sharers } from '../preflight/hardware.ts';
import { freeGpus, type Room, roomsOf, takesPods } from '../preflight/nodes.ts';
import { bytesPerGib, type GpuFacts } from './facts.ts';

export type FoundGpu = FitFound & {
  readonly facts: GpuFacts;
  /** GPUs that one worker can have: of one node, and only one where they are slices, which cannot work together. */
  readonly reach: number;
  /** Free ones of the node with the most, within that reach; null when not known. */
  readonly freeReach: number | null;
  /** The most that one of its nodes has for pods; 0 when that is not known. */
  readonly memoryGiB: number;
  readonly ephemeralGiB: number;
};

const sharedName = /-SHARED$/;

/** A product that ends in `-SHARED` is lent to at least two pods, whether or not the number is labelled. */
const sharedBy = (node: NodeFact): number =>
  Math.max(sharers(node), sharedName.test(node.labels['nvidia.com/gpu.product'] ?? '') ? 2 : 1);

type Kind = { readonly facts: GpuFacts; readonly rooms: Room[] };

/** Pods that share a GPU are counted by the device plugin as GPUs; what is counted here is hardware. */
const whole = ({ node }: Room, count: number): number => Math.floor(count / sharedBy(node));

const largest = (counts: readonly number[]): number => Math.max(0, ...counts);

const foundOf = ({ facts, rooms }: Kind, usesKnown: boolean): FoundGpu => {
  const counts = rooms.map(room => whole(room, room.node.allocatable.gpus));
  const free = rooms.map(room => whole(room, freeGpus(room)));
  const limit = rooms.some(({ node }) => isSlice(node)) ? 1 : Number.POSITIVE_INFINITY;
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  const lent = largest(rooms.map(({ node }) => sharedBy(node)));
  return {
    gpu: lent > 1 ? `${facts.name} (shared)` : facts.name,
    nodes: rooms.length,
    gpus: sum(counts),
    freeGpus: usesKnown ? sum(free) : null,
    mostOnOneNode: largest(counts),
    sharedBy: lent,
    facts,
    reach: Math.min(limit, largest(counts)),
    freeReach: usesKnown ? Math.min(limit, largest(free)) : null,
    memoryGiB: largest(rooms.map(({ node }) => node.allocatable.memoryBytes)) / bytesPerGib,
    ephemeralGiB: largest(rooms.map(({ node }) => node.allocatable.ephemeralBytes)) / bytesPerGib,
  };
};

/** Kinds with the most memory first. Nodes that take no pods, offer no GPU, or whose GPU nobody knows are left out. */
export const foundGpus = (nodes: readonly NodeFact[], use: readonly NodeUse[] | null): FoundGpu[] => {
  const kinds = new Map<string, Kind>();
  for (const room of roomsOf(nodes.filter(takesPods), use ?? [])) {
    const facts = room.node.allocatable.gpus > 0 ? gpuOf(room.node) : null;
    if (facts === null) continue;
    const key = `${facts.name} ${sharedBy(room.node)}`;
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, { facts, rooms: [room] });
    else kind.rooms.push(room);
  }
  return [...kinds.values()]
    .map(kind => foundOf(kind, use !== null))
    .sort((a, b) => b.facts.visibleGib - a.facts.visibleGib);
};
