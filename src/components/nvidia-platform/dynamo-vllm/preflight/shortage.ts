/** Why the pods of a deployment find no room, in one sentence with the numbers. */

import type { Amounts } from '../../../../core/cluster-facts.ts';
import { listed } from '../../../../core/text.ts';
import { inGib } from './amounts.ts';
import type { Demand } from './demand.ts';
import { freeGpus, holders, type Room } from './nodes.ts';
import { counted } from './result.ts';
import { heldBy, isComponent, type Places, wantsGpus } from './room.ts';
import type { Scene } from './scene.ts';

export type Shortage = {
  /** Without the full stop. */
  readonly message: string;
  readonly hint: string;
  /** Whose pods lack room: an autoscaler could help these. */
  readonly demands: readonly Demand[];
  /** The claim that holds them on one node is to blame: more nodes do not help. */
  readonly byClaim: boolean;
};

const short = (demands: readonly Demand[], message: string, hint: string, byClaim = false): Shortage => ({
  message,
  hint,
  demands,
  byClaim,
});

/** Rooms that take one of the demands; for pods with GPUs only nodes that have some. */
export const roomsFor = ({ rooms, open }: Places, demands: readonly Demand[]): Room[] =>
  rooms.filter(({ node }) =>
    demands.some(
      demand =>
        open.get(demand)?.has(node.name) === true && (demand.asked.gpus === 0 || node.allocatable.gpus > 0),
    ),
  );

export const gpusAsked = (demands: readonly Demand[]): number =>
  demands.reduce((sum, { pods, asked }) => sum + pods * asked.gpus, 0);

export const gpusFree = (rooms: readonly Room[]): number =>
  rooms.reduce((sum, room) => sum + freeGpus(room), 0);

export const gpusThere = (rooms: readonly Room[]): number =>
  rooms.reduce((sum, { node }) => sum + node.allocatable.gpus, 0);

const isTwin = ({ name }: Demand): boolean => name === 'prefill' || name === 'decode';
const flag = (demand: Demand, key: string): string =>
  isTwin(demand) ? `--${demand.name}-${key}` : `--${key}`;

/** `1 and 3 per node`; many nodes by their extremes. */
const perNode = (rooms: readonly Room[]): string => {
  const free = rooms.map(freeGpus).sort((a, b) => a - b);
  if (free.length > 8) return `between ${free[0]} and ${free.at(-1)} per node`;
  return `${listed(free.map(String))} per node`;
};

const orStop = (rooms: readonly Room[]): string => {
  const [first] = holders(rooms);
  return first === undefined ? '' : `, stop what runs in namespace ${first.namespace}`;
};

const best = (rooms: readonly Room[]): Room | undefined =>
  rooms.reduce<Room | undefined>(
    (found, room) => (found === undefined || freeGpus(room) > freeGpus(found) ? room : found),
    undefined,
  );

const nowhere = (demand: Demand, { nodes }: Places, rooms: readonly Room[]): Shortage | null =>
  rooms.length > 0
    ? null
    : short(
        [demand],
        `${demand.name} can run on none of the ${counted(nodes.length, 'node')}: they are not ready, cordoned, tainted or lack the labels it asks for`,
        'See which are not ready or cordoned: kubectl get nodes -o wide\nSee their taints: kubectl describe nodes | grep Taints',
      );

/** One pod finds no node with so many free GPUs. */
const tooBig = (demand: Demand, rooms: readonly Room[]): Shortage | null => {
  const room = best(rooms);
  if (room === undefined || freeGpus(room) >= demand.asked.gpus) return null;
  const most = Math.max(...rooms.map(({ node }) => node.allocatable.gpus));
  const used = holders([room]).map(({ namespace, gpus }) => `${gpus} in use by namespace ${namespace}`);
  const who = used.length === 0 ? '' : ` (${listed(used)})`;
  const largest = most < demand.asked.gpus ? `, and no node has more than ${most}` : '';
  return short(
    [demand],
    `${demand.name} needs ${counted(demand.asked.gpus, 'GPU')} on one node; the best node has ${freeGpus(room)} free${who}${largest}`,
    `Use a smaller ${flag(demand, 'tensor-parallel-size')}${orStop(rooms)}, or add a node with more GPUs.`,
  );
};

type Resource = {
  readonly name: string;
  readonly of: (amounts: Amounts) => number;
  readonly shown: (value: number) => string;
};

const resources: readonly Resource[] = [
  { name: 'CPU', of: ({ cpuMilli }) => cpuMilli, shown: value => `${Math.round(value) / 1000}` },
  { name: 'memory', of: ({ memoryBytes }) => memoryBytes, shown: inGib },
  { name: 'ephemeral storage', of: ({ ephemeralBytes }) => ephemeralBytes, shown: inGib },
];

/** Enough GPUs are free somewhere, but something else that one pod asks for is not. */
const otherResource = (demand: Demand, rooms: readonly Room[]): Shortage | null => {
  const able = rooms.filter(room => freeGpus(room) >= demand.asked.gpus);
  if (able.length === 0) return null;
  for (const { name, of, shown } of resources) {
    const most = Math.max(...able.map(({ free }) => of(free)));
    if (of(demand.asked) === 0 || of(demand.asked) <= most) continue;
    const where = demand.asked.gpus > 0 ? 'the nodes with free GPUs have' : 'the nodes have';
    return short(
      [demand],
      `${demand.name} asks for ${shown(of(demand.asked))} of ${name}, and ${where} at most ${shown(Math.max(0, most))} left`,
      'Use larger nodes, or ask for less (with KVBM: --kvbm-cpu-gb, --kvbm-disk-gb).',
    );
  }
  return null;
};

const forOne = (places: Places, demand: Demand): Shortage | null => {
  const rooms = roomsFor(places, [demand]);
  return nowhere(demand, places, rooms) ?? tooBig(demand, rooms) ?? otherResource(demand, rooms);
};

/** All of them together, in figures. */
const together = (demands: readonly Demand[], rooms: readonly Room[]): Shortage => {
  const [needed, free] = [gpusAsked(demands), gpusFree(rooms)];
  const enough = needed <= free ? ' in an order that the nodes do not have' : '';
  const kinds = listed(demands.map(({ name, pods, asked }) => `${pods} x ${name} with ${asked.gpus}`));
  const used = listed(holders(rooms).map(({ namespace, gpus }) => `namespace ${namespace} uses ${gpus}`));
  const most = [...demands].sort((a, b) => b.pods * b.asked.gpus - a.pods * a.asked.gpus)[0];
  const replicas = most === undefined ? '--replicas' : flag(most, 'replicas');
  return short(
    demands,
    `${counted(needed, 'GPU')} are needed${enough} (${kinds}), and ${free} of ${gpusThere(rooms)} are free (${perNode(rooms)})${used === '' ? '' : `; ${used}`}`,
    `Use fewer replicas (${replicas}) or a smaller tensor parallel size${orStop(rooms)}, or add a GPU node.`,
  );
};

const hintForClaim =
  'Use a storage class that can do ReadWriteMany for the cache, such as one of EFS (--storage-class SC), fewer replicas (--replicas 1) so that one node is enough, or --model-cache none.';

/** Pods that one claim holds together have to fit on one node. */
const onOneNode = (scene: Scene, demands: readonly Demand[], rooms: readonly Room[]): Shortage | null => {
  const claim = demands.map(demand => heldBy(scene, demand)).find(found => found !== null) ?? null;
  if (claim === null) return null;
  const held = demands.filter(demand => heldBy(scene, demand) === claim);
  const pods = held.reduce((sum, demand) => sum + demand.pods, 0);
  const free = Math.max(0, ...rooms.map(freeGpus));
  const why =
    gpusAsked(held) > free
      ? `with ${counted(gpusAsked(held), 'GPU')} in all need more than one node: the best has ${free} free`
      : 'find no one node that has room for all of them';
  return short(
    held,
    `The claim ${claim} is ReadWriteOnce and can be mounted on one node only, but ${counted(pods, 'worker')} ${why}`,
    hintForClaim,
    true,
  );
};

/** For pods that cannot all be placed: the first reason that holds. */
export const shortageOf = (scene: Scene, places: Places): Shortage => {
  const all = scene.demands.filter(isComponent);
  const workers = all.filter(wantsGpus);
  for (const demand of [...workers, ...all]) {
    const found = forOne(places, demand);
    if (found !== null) return found;
  }
  const rooms = roomsFor(places, workers);
  const sum = together(workers, rooms);
  if (gpusAsked(workers) > gpusFree(rooms)) return sum;
  return onOneNode(scene, workers, rooms) ?? sum;
};
