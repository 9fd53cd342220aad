/** What planning wants to know, out of a survey. */

import type { ClusterFacts, NodeFact } from '../../../../core/cluster-facts.ts';
import { readOr } from '../../../../core/cluster-facts.ts';
import type { Claim, Facts, GpuNode, HubModel } from '../../../../core/component.ts';
import type { HubFacts } from '../../../../core/hub-facts.ts';
import { parseYaml } from '../../../../core/yaml.ts';
import { gpuOf } from './hardware.ts';
import { freeGpus, roomsOf, takesPods } from './nodes.ts';
import { operatorRelease } from './release.ts';

const eksDomain = /\.eks\.amazonaws\.com(\.cn)?(:\d+)?(\/|$)/;

const isEksNode = ({ labels, kubelet }: NodeFact): boolean =>
  kubelet.includes('-eks-') || Object.keys(labels).some(key => key.startsWith('eks.amazonaws.com/'));

/** By the nodes, the server's version or its address. `k8s` when the nodes say otherwise; null when they were not read and nothing tells. */
const platformOf = ({ nodes, version, target }: ClusterFacts): Facts['platform'] => {
  const all = readOr(nodes);
  const eks =
    all?.some(isEksNode) === true || /-eks-/.test(readOr(version) ?? '') || eksDomain.test(target.server);
  if (eks) return 'eks';
  return all === null ? null : 'k8s';
};

const monitoringOf = ({ served }: ClusterFacts): boolean | null => {
  const kinds = readOr(served);
  return kinds === null
    ? null
    : kinds.some(({ group, kind }) => group === 'monitoring.coreos.com' && kind === 'PodMonitor');
};

const gpuNodesOf = (cluster: ClusterFacts): GpuNode[] | null => {
  const [nodes, use] = [readOr(cluster.nodes), readOr(cluster.use)];
  if (nodes === null || use === null) return null;
  const ready = nodes.filter(node => takesPods(node) && node.allocatable.gpus > 0);
  return roomsOf(ready, use).map(room => ({
    name: room.node.name,
    freeGpus: freeGpus(room),
    product: room.node.labels['nvidia.com/gpu.product'] ?? null,
    gpu: gpuOf(room.node),
    gpus: room.node.allocatable.gpus,
  }));
};

const claimsOf = ({ claims }: ClusterFacts): Claim[] | null =>
  readOr(claims)?.map(({ name, accessModes, labels, size, storageClass }) => ({
    name,
    accessModes,
    labels,
    size,
    storageClass,
  })) ?? null;

/** Out of the answers that are kept beside each deployment. */
const nodeSelectorsOf = ({ answers }: ClusterFacts): Record<string, readonly string[]> => {
  const records = (readOr(answers) ?? []).flatMap(({ metadata, data }) => {
    const name = metadata.labels?.['app.kubernetes.io/instance'];
    const text = (data as Readonly<Record<string, unknown>> | undefined)?.['answers.yaml'];
    if (name === undefined || typeof text !== 'string') return [];
    const [said] = parseYaml(text).documents as readonly { readonly nodeSelector?: unknown }[];
    return Array.isArray(said?.nodeSelector) ? [[name, said.nodeSelector.map(String)] as const] : [];
  });
  return Object.fromEntries(records);
};

const modelOf = (hub: HubFacts | null): HubModel | null =>
  hub === null || hub.id === null
    ? null
    : { asked: hub.model, id: hub.id, weightsBytes: hub.weightsBytes, config: hub.config };

/** Whether nodes of other types may come; null when that was not read. */
const gpuPoolsOf = ({ nodePools }: ClusterFacts): boolean | null => {
  if (nodePools.kind === 'missing') return false;
  return readOr(nodePools)?.some(pool => pool.ready) ?? null;
};

export const factsOf = (cluster: ClusterFacts, hub: HubFacts | null, token: boolean): Facts => ({
  operatorRelease: operatorRelease(cluster),
  platform: platformOf(cluster),
  storageClasses:
    readOr(cluster.storageClasses)?.map(({ name, provisioner, isDefault }) => ({
      name,
      provisioner,
      isDefault,
    })) ?? null,
  claims: claimsOf(cluster),
  secrets: readOr(cluster.secrets)?.map(({ name }) => name) ?? null,
  monitoring: monitoringOf(cluster),
  isLive: true,
  gpuNodes: gpuNodesOf(cluster),
  gpuPools: gpuPoolsOf(cluster),
  nodeSelectors: nodeSelectorsOf(cluster),
  model: modelOf(hub),
  token,
});
