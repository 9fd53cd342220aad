/** Checks that every pod finds room: on paper, node by node. */

import type { CheckResult } from '../../../../core/check.ts';
import { readOr } from '../../../../core/cluster-facts.ts';
import { holds } from './amounts.ts';
import type { Demand } from './demand.ts';
import { orAutoscaler, scaleUp, waiting } from './pools.ts';
import { check, counted } from './result.ts';
import { updateOf } from './rollout-scene.ts';
import { isComponent, ownPods, type Places, packAll, placesFor, refusalFor, wantsGpus } from './room.ts';
import type { Scene } from './scene.ts';
import { gpusAsked, gpusFree, gpusThere, roomsFor, shortageOf } from './shortage.ts';

const placement = check('gpu-placement', 'every pod finds room', 'unavailable', 'replicas');
const oneNode = check(
  'cache-one-node',
  'the model cache can be mounted by all pods',
  'unavailable',
  'modelCache',
);

const passed = (scene: Scene, places: Places): CheckResult => {
  const workers = scene.demands.filter(wantsGpus);
  if (workers.length === 0) return placement.pass('No GPU is needed, and there is room for every pod.');
  const rooms = roomsFor(places, workers);
  return placement.pass(
    `${counted(rooms.length, 'GPU node')}, ${gpusFree(rooms)} of ${counted(gpusThere(rooms), 'GPU')} free, ${gpusAsked(workers)} needed.`,
  );
};

const refused = (scene: Scene, places: Places): CheckResult => {
  const { message, hint, demands, byClaim } = shortageOf(scene, places);
  if (byClaim) return oneNode.fail(`${message}.`, hint);
  const up = scaleUp(readOr(scene.cluster.nodePools) ?? [], demands);
  const nodes = readOr(scene.cluster.nodes) ?? [];
  return up === null
    ? placement.fail(`${message}.`, orAutoscaler(hint, nodes, 'gpu-placement'))
    : placement.warn(`${message}; ${up}.`, waiting);
};

/** Without knowing what is in use, only what no empty node could hold is refused. */
const withoutUse = (scene: Scene, why: string): CheckResult => {
  const empty = placesFor(scene, null);
  return packAll(scene, empty) === 'impossible'
    ? refused(scene, empty)
    : placement.unknown(`Which GPUs are free is not known, because pods were not read: ${why}`);
};

/** The pods that an update replaces may be the very ones that hold the GPUs. */
const updating = (scene: Scene, places: Places): CheckResult => {
  const released = placesFor(scene, ownPods(scene));
  if (packAll(scene, released) === 'impossible') return refused(scene, released);
  if (updateOf(scene) !== null)
    return placement.pass('There is room for every pod with what the deployment that is there holds now.');
  return placement.unknown(
    `${shortageOf(scene, places).message}; pods of the deployment that is there may be among those that hold them.`,
    'Without a change nothing needs doing; a change of the workers starts new pods before old ones stop, and may wait for GPUs.',
  );
};

const components = (scene: Scene): CheckResult => {
  if (scene.cluster.use.kind !== 'read') return withoutUse(scene, scene.cluster.use.message);
  const places = placesFor(scene, null);
  const outcome = packAll(scene, places);
  if (outcome === 'placed') return passed(scene, places);
  if (outcome === 'unsure')
    return placement.unknown(
      'Whether every pod finds room could not be worked out: there are too many ways.',
    );
  return scene.updates ? updating(scene, places) : refused(scene, places);
};

const jobs = check('job-placement', 'the download finds room', 'unavailable');

/** A Job alone: it is applied first and done before the workers load. */
const job = (scene: Scene, demand: Demand): CheckResult[] => {
  const nodes = readOr(scene.cluster.nodes) ?? [];
  const refusal = refusalFor(scene, demand);
  const open = nodes.filter(node => refusal(node) === null);
  if (open.some(({ allocatable }) => holds(allocatable, demand.asked))) return [];
  if (scaleUp(readOr(scene.cluster.nodePools) ?? [], [demand]) !== null) return [];
  const why =
    open.length === 0
      ? `none of the ${counted(nodes.length, 'node')} takes its pod (not ready, cordoned, tainted, or without the labels it asks for)`
      : 'no node is large enough for its pod';
  return [
    jobs.fail(
      `The model cannot be downloaded by ${demand.name}: ${why}.`,
      'Add a node that takes it, or let it: --toleration, --node-selector; or leave the cache out: --model-cache none',
    ),
  ];
};

export const placementChecks = (scene: Scene): CheckResult[] => [
  ...(scene.demands.some(isComponent) ? [components(scene)] : []),
  ...scene.demands.filter(({ component }) => component === null).flatMap(demand => job(scene, demand)),
];
