/** Checks that there are GPU nodes at all, that they offer their GPUs, and that the pods may go there. */

import type { CheckResult } from '../../../../core/check.ts';
import { type NodeFact, type NodePoolFact, readOr } from '../../../../core/cluster-facts.ts';
import { listed } from '../../../../core/text.ts';
import type { Demand } from './demand.ts';
import { hidesGpus, instanceType, slicesOf } from './hardware.ts';
import { taintText } from './match.ts';
import { orAutoscaler, scaleUp, unableFor, waiting } from './pools.ts';
import { check, cli, counted } from './result.ts';
import { refusalFor, wantsGpus, type Zoned } from './room.ts';
import type { Scene } from './scene.ts';

const nodesCheck = check('gpu-nodes', 'the cluster has GPU nodes', 'unavailable');
const pluginCheck = check('device-plugin', 'GPU nodes offer their GPUs', 'unavailable');
const taintCheck = check(
  'gpu-taints',
  'the pods tolerate the taints of GPU nodes',
  'unavailable',
  'toleration',
);
const placeCheck = check('gpu-nodes-usable', 'the pods may run on GPU nodes', 'unavailable', 'nodeSelector');

/** What the checks before placement say, and whether placement is worth a look. */
export type GpuAnswer = { readonly results: readonly CheckResult[]; readonly goOn: boolean };

const stop = (...results: readonly CheckResult[]): GpuAnswer => ({ results, goOn: false });

/** `3 g6e.12xlarge nodes`, or their names where the type is not said. */
const nodeWords = (nodes: readonly NodeFact[]): string => {
  const types = [...new Set(nodes.map(instanceType).filter(type => type !== ''))];
  if (types.length === 0) return counted(nodes.length, 'node');
  return `${nodes.length} ${listed(types)} ${nodes.length === 1 ? 'node' : 'nodes'}`;
};

const largest = (demands: readonly Demand[]): Demand | undefined =>
  [...demands].sort((a, b) => b.asked.gpus - a.asked.gpus)[0];

const poolsOf = ({ cluster }: Scene): readonly NodePoolFact[] => readOr(cluster.nodePools) ?? [];

const noGpuNodes = (scene: Scene, nodes: readonly NodeFact[], demands: readonly Demand[]): CheckResult => {
  const bigger = largest(demands);
  const needs = bigger === undefined ? '' : `${bigger.name} needs ${counted(bigger.asked.gpus, 'GPU')}`;
  const up = scaleUp(poolsOf(scene), demands);
  if (up !== null) return nodesCheck.warn(`${needs} and no node has one yet; ${up}.`, waiting);
  const unable = bigger === undefined ? [] : unableFor(poolsOf(scene), bigger);
  const pools = unable.length === 0 ? '' : `, and Karpenter makes none: NodePool ${listed(unable)}`;
  return nodesCheck.fail(
    `${needs}, and none of the ${counted(nodes.length, 'node')} of the cluster has an NVIDIA GPU${pools}.`,
    orAutoscaler(
      'Add a node group or node pool with GPU instances, on EKS for example p5.4xlarge or g6e.12xlarge.',
      nodes,
      'gpu-nodes',
    ),
  );
};

const unplugged = (hiding: readonly NodeFact[]): CheckResult => {
  const one = hiding.length === 1;
  return pluginCheck.fail(
    `${nodeWords(hiding)} ${one ? 'has' : 'have'} GPUs, but nvidia.com/gpu is not among ${one ? 'its' : 'their'} allocatable resources: the NVIDIA device plugin does not run there.`,
    'Install the NVIDIA device plugin or the GPU Operator; if it is installed, see why its pod does not run: kubectl get pods --all-namespaces | grep -i nvidia',
  );
};

const sliced = (nodes: readonly NodeFact[]): CheckResult | null => {
  const names = [...new Set(nodes.flatMap(slicesOf))];
  if (names.length === 0) return null;
  return pluginCheck.fail(
    `The GPUs are only offered in slices (${listed(names)}), and the pods ask for nvidia.com/gpu.`,
    'Have an admin set the MIG strategy "single" or none on some nodes, so that they offer nvidia.com/gpu.',
  );
};

const without = (scene: Scene, nodes: readonly NodeFact[], demands: readonly Demand[]): GpuAnswer => {
  const live = nodes.filter(({ ready }) => ready);
  const hiding = live.filter(hidesGpus);
  const up = scaleUp(poolsOf(scene), demands);
  if (hiding.length > 0 && up === null) return stop(unplugged(hiding));
  return stop(sliced(live) ?? noGpuNodes(scene, nodes, demands));
};

type Refused = { readonly node: NodeFact; readonly why: Zoned };

const reasonWords: Readonly<Record<Zoned['kind'], (refused: readonly Refused[]) => string>> = {
  'not-ready': refused => `${refused.length} not ready`,
  cordoned: refused => `${refused.length} cordoned`,
  taint: refused => `${refused.length} tainted ${listed(taintsOf(refused))}`,
  selector: refused => `${refused.length} without ${listed(missesOf(refused))}`,
  zone: refused => `${refused.length} outside the zone of the model cache's volume`,
};

const taintsOf = (refused: readonly Refused[]): string[] => [
  ...new Set(refused.flatMap(({ why }) => (why.kind === 'taint' ? [taintText(why.taint)] : []))),
];

const missesOf = (refused: readonly Refused[]): string[] => [
  ...new Set(refused.flatMap(({ why }) => (why.kind === 'selector' ? why.misses : []))),
];

const groupLabels = ['eks.amazonaws.com/nodegroup', 'karpenter.sh/nodepool', 'cloud.google.com/gke-nodepool'];

const groupsOf = (refused: readonly Refused[]): string => {
  const names = refused.flatMap(({ node }) => groupLabels.flatMap(label => node.labels[label] ?? []));
  const all = [...new Set(names)];
  return all.length === 0 ? '' : ` (node group ${listed(all)})`;
};

/** Every GPU node is kept from the demand by a taint. */
const tainted = (demand: Demand, refused: readonly Refused[]): CheckResult => {
  const taints = taintsOf(refused);
  const words = nodeWords(refused.map(({ node }) => node));
  return taintCheck.fail(
    `All GPU nodes, ${words}${groupsOf(refused)}, carry the taint ${listed(taints)}, which the pods of ${demand.name} do not tolerate.`,
    `The taint keeps these nodes for somebody: if its owner agrees, add a toleration (--toleration ${taints[0] ?? ''}); otherwise use another node group with GPUs.`,
  );
};

const unusable = (demand: Demand, refused: readonly Refused[], up: string | null): CheckResult => {
  const kinds = [...new Set(refused.map(({ why }) => why.kind))];
  if (up === null && kinds.length === 1 && kinds[0] === 'taint') return tainted(demand, refused);
  const reasons = kinds.map(kind => reasonWords[kind](refused.filter(({ why }) => why.kind === kind)));
  const message = `${demand.name} can run on none of the ${counted(refused.length, 'GPU node')}: ${listed(reasons)}`;
  if (up !== null) return placeCheck.warn(`${message}; ${up}.`, waiting);
  return placeCheck.fail(
    `${message}.`,
    `Change the choice with --node-selector or --toleration of ${cli} install, or add a node group with GPUs.\nSee the nodes: kubectl get nodes -L nvidia.com/gpu.product,node.kubernetes.io/instance-type`,
  );
};

const refusedFor = (scene: Scene, demand: Demand, gpuNodes: readonly NodeFact[]): Refused[] => {
  const refusal = refusalFor(scene, demand);
  return gpuNodes.flatMap(node => {
    const why = refusal(node);
    return why === null ? [] : [{ node, why }];
  });
};

const reachable = (scene: Scene, demands: readonly Demand[], gpuNodes: readonly NodeFact[]): GpuAnswer => {
  for (const demand of demands) {
    const refused = refusedFor(scene, demand, gpuNodes);
    if (refused.length === gpuNodes.length)
      return stop(unusable(demand, refused, scaleUp(poolsOf(scene), [demand])));
  }
  const total = gpuNodes.reduce((sum, { allocatable }) => sum + allocatable.gpus, 0);
  return {
    results: [nodesCheck.pass(`${counted(gpuNodes.length, 'GPU node')} with ${counted(total, 'GPU')}.`)],
    goOn: true,
  };
};

export const gpuNodeChecks = (scene: Scene): GpuAnswer => {
  const demands = scene.demands.filter(wantsGpus);
  const reading = scene.cluster.nodes;
  if (demands.length === 0) return { results: [], goOn: reading.kind === 'read' };
  if (reading.kind !== 'read')
    return stop(nodesCheck.unknown(`The nodes were not read, so GPUs are not checked: ${reading.message}`));
  const gpuNodes = reading.value.filter(({ allocatable }) => allocatable.gpus > 0);
  return gpuNodes.length === 0 ? without(scene, reading.value, demands) : reachable(scene, demands, gpuNodes);
};
