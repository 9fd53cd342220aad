/** Reads an update out of what was surveyed: the roles with their running pods, what changes in them, and what they may do meanwhile. */

import { type Amounts, type NodeUse, readOr } from '../../../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import { type Difference, differencesOf } from '../changes/difference.ts';
import { budgetOf } from '../update.ts';
import type { Demand } from './demand.ts';
import { list, record } from './podspec.ts';
import { replacement } from './replacement.ts';
import { type Moving, stuckRoles, type Waiting } from './rollout.ts';
import { heldBy, isComponent, type Places, placesFor } from './room.ts';
import type { Scene } from './scene.ts';

/** What is said about replacing a component's pods, in the order in which the operator looks for it. */
const annotationsOf = (graph: KubernetesObject, name: string): Readonly<Record<string, unknown>> => {
  const spec = record(graph['spec']);
  const component = record(
    Array.isArray(spec['components'])
      ? list(spec['components']).find(one => record(one)['name'] === name)
      : record(spec['services'])[name],
  );
  const template = record(record(component['podTemplate'])['metadata']);
  return {
    ...record(spec['annotations']),
    ...record(component['annotations']),
    ...record(template['annotations']),
  };
};

const isOwn =
  ({ name, namespace }: Scene) =>
  (use: NodeUse): boolean =>
    use.namespace === namespace && use.made?.deployment === name;

const share = (asked: Amounts, pods: number): Amounts => ({
  gpus: asked.gpus / pods,
  cpuMilli: asked.cpuMilli / pods,
  memoryBytes: asked.memoryBytes / pods,
  ephemeralBytes: asked.ephemeralBytes / pods,
});

const runningOf = (uses: readonly NodeUse[], role: string): Moving['running'] =>
  uses
    .filter(({ made }) => made?.role === role)
    .flatMap(({ node, asked, made }) => {
      const pods = made?.pods ?? 0;
      return Array.from({ length: pods }, () => ({ node, asked: share(asked, pods) }));
    });

/** Pods that share a volume of one node follow those that run there. */
const openTo = (scene: Scene, demand: Demand, places: Places, uses: readonly NodeUse[]): Set<string> => {
  const open = places.open.get(demand) ?? new Set<string>();
  const there = new Set(uses.map(({ node }) => node));
  return heldBy(scene, demand) === null || there.size === 0
    ? new Set(open)
    : new Set([...open].filter(node => there.has(node)));
};

export type Update = {
  readonly moving: readonly Moving[];
  readonly differences: readonly Difference[];
  readonly places: Places;
};

/** Grove replaces pods one by one and never starts one ahead. */
const hasGrove = ({ cluster }: Scene): boolean =>
  (readOr(cluster.served) ?? []).some(({ group }) => group === 'grove.io');

/** What an update does; null when there is none, when it deletes first, or when its pods are not known. */
export const updateOf = (scene: Scene): Update | null => {
  const { existing, graph, updates, cluster } = scene;
  if (existing === null || graph === null || !updates || hasGrove(scene)) return null;
  const uses = (readOr(cluster.use) ?? []).filter(isOwn(scene));
  if (uses.length === 0 || replacement(scene) !== null) return null;
  const places = placesFor(scene, null);
  const differences = differencesOf(existing, graph, scene.operatorRelease);
  const moving = scene.demands.filter(isComponent).map((demand): Moving => {
    const change = differences.find(({ name }) => name === demand.name);
    return {
      role: demand.name,
      running: runningOf(uses, demand.name),
      wanted: demand.pods,
      asked: demand.asked,
      open: openTo(scene, demand, places, uses),
      replaced: (change?.reasons.length ?? 0) > 0,
      budget: budgetOf(annotationsOf(graph, demand.name), demand.pods),
    };
  });
  return { moving, differences, places };
};

const freeIn = ({ rooms }: Places): Map<string, Amounts> =>
  new Map(rooms.map(({ node, free }) => [node.name, free]));

/** Roles of an update that wait for ever; `change` tries it another way. */
export const stuckIn = (
  { moving, places }: Update,
  change: (moving: Moving) => Moving = same => same,
): Waiting[] => stuckRoles(moving.map(change), freeIn(places));
