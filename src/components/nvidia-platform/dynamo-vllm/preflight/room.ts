/** Who can go where: the demands with GPUs against nodes, their free amounts and zones. */

import { type Amounts, type NodeFact, readOr } from '../../../../core/cluster-facts.ts';
import { plus, times } from './amounts.ts';
import type { Demand } from './demand.ts';
import { type Refusal, refusalOf } from './match.ts';
import { type Released, type Room, roomsOf } from './nodes.ts';
import { type Item, type Packing, pack } from './pack.ts';
import type { Scene } from './scene.ts';

/** Of a graph's components; a Job is gone by the time the workers load. */
export const isComponent = ({ component, pods }: Demand): boolean => component !== null && pods > 0;

export const wantsGpus = (demand: Demand): boolean => isComponent(demand) && demand.asked.gpus > 0;

const zoneLabel = 'topology.kubernetes.io/zone';

/** Zones that the volumes of a demand's claims are tied to; null when they are in none or in any. */
const zonesOf = ({ cluster }: Scene, demand: Demand): readonly string[] | null => {
  const volumes = readOr(cluster.volumes) ?? [];
  const bound = (readOr(cluster.claims) ?? [])
    .filter(({ name }) => demand.claims.includes(name))
    .map(({ volume }) => volumes.find(({ name }) => name === volume)?.zones ?? [])
    .filter(zones => zones.length > 0);
  return bound[0] ?? null;
};

export type Zoned = Refusal | { readonly kind: 'zone'; readonly zones: readonly string[] };

/** Why a node is no place for a demand however much it has free. */
export const refusalFor = (scene: Scene, demand: Demand): ((node: NodeFact) => Zoned | null) => {
  const zones = zonesOf(scene, demand);
  return node => {
    const refusal = refusalOf(node, demand.where);
    if (refusal !== null || zones === null) return refusal;
    const zone = node.labels[zoneLabel];
    return zone === undefined || zones.includes(zone) ? null : { kind: 'zone', zones };
  };
};

/** Claims that only one node can mount at a time. */
const oneNodeClaims = ({ cluster, objects }: Scene): string[] => {
  const shared = (modes: readonly string[]): boolean =>
    modes.length === 0 || modes.some(mode => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
  const there = (readOr(cluster.claims) ?? []).filter(({ accessModes }) => !shared(accessModes));
  const made = objects.filter(({ kind, spec }) => {
    const modes = (spec as { accessModes?: readonly string[] } | undefined)?.accessModes ?? [];
    return kind === 'PersistentVolumeClaim' && !shared(modes);
  });
  return [...there.map(({ name }) => name), ...made.map(({ metadata }) => metadata.name)];
};

/** The claim that holds a demand's pods on one node with all others that mount it; null when they may spread. */
export const heldBy = (scene: Scene, demand: Demand): string | null => {
  const single = oneNodeClaims(scene);
  return demand.together[0] ?? demand.claims.find(claim => single.includes(claim)) ?? null;
};

/** The pods of this deployment. Where nothing tells them apart: those of its namespace, the most that it could ever have. */
export const ownPods = (scene: Scene): Released => {
  const own: Released = ({ namespace, made }) =>
    namespace === scene.namespace && made?.deployment === scene.name;
  const known = (readOr(scene.cluster.use) ?? []).some(own);
  return known ? own : ({ namespace }) => namespace === scene.namespace;
};

export type Places = {
  readonly rooms: readonly Room[];
  readonly nodes: readonly NodeFact[];
  /** Nodes of `rooms` that would take the demand. */
  readonly open: ReadonlyMap<Demand, ReadonlySet<string>>;
};

/** `released`: pods that count as gone; `without`: nodes that are left out for a demand. */
export const placesFor = (
  scene: Scene,
  released: Released | null,
  without: (demand: Demand, node: NodeFact) => boolean = () => false,
): Places => {
  const nodes = readOr(scene.cluster.nodes) ?? [];
  const open = new Map<Demand, ReadonlySet<string>>();
  for (const demand of scene.demands.filter(isComponent)) {
    const refusal = refusalFor(scene, demand);
    const names = nodes.filter(node => refusal(node) === null && !without(demand, node));
    open.set(demand, new Set(names.map(({ name }) => name)));
  }
  return { nodes, rooms: roomsOf(nodes, readOr(scene.cluster.use) ?? [], released ?? undefined), open };
};

type Group = { asked: Amounts; readonly members: Demand[] };

/** Pods that share one node are one item; all others are one each. */
const itemsOf = (scene: Scene, { rooms, open }: Places): Item[] => {
  const groups = new Map<string, Group>();
  const items: Item[] = [];
  const mayBe =
    (members: readonly Demand[]) =>
    (node: number): boolean =>
      members.every(member => open.get(member)?.has(rooms[node]?.node.name ?? '') === true);
  for (const demand of open.keys()) {
    const claim = heldBy(scene, demand);
    const whole = times(demand.asked, demand.pods);
    if (claim === null) {
      const may = mayBe([demand]);
      for (let pod = 0; pod < demand.pods; pod += 1) items.push({ asked: demand.asked, may });
      continue;
    }
    const group = groups.get(claim);
    if (group === undefined) groups.set(claim, { asked: whole, members: [demand] });
    else {
      group.asked = plus(group.asked, whole);
      group.members.push(demand);
    }
  }
  return [...items, ...[...groups.values()].map(({ asked, members }) => ({ asked, may: mayBe(members) }))];
};

/** Places every pod of the deployment on paper. */
export const packAll = (scene: Scene, places: Places): Packing =>
  pack(
    itemsOf(scene, places),
    places.rooms.map(({ free }) => free),
  );
