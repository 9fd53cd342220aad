/** Which GPUs a node has, by its labels: also a node that offers none because nothing there announces them. */

import type { Labels, NodeFact } from '../../../../core/cluster-facts.ts';
import type { GpuFacts } from '../fit/facts.ts';
import { gpuNamed, gpuOfMemory } from '../fit/gpus.ts';
import { instanceGpus } from '../fit/instances.ts';

const product = 'nvidia.com/gpu.product';

/** Labels of clouds with a name for the GPU. */
const cloudLabels = [
  'cloud.google.com/gke-accelerator',
  'eks.amazonaws.com/instance-gpu-name',
  'karpenter.k8s.aws/instance-gpu-name',
  'karpenter.azure.com/sku-gpu-name',
  'gpu.nvidia.com/model',
] as const;

export const instanceType = ({ labels }: NodeFact): string =>
  labels['node.kubernetes.io/instance-type'] ?? '';

const capabilityOf = (labels: Labels): number | null => {
  const major = labels['nvidia.com/gpu.compute.major'];
  return major === undefined ? null : Number(`${major}.${labels['nvidia.com/gpu.compute.minor'] ?? '0'}`);
};

const fromLabels = (labels: Labels): GpuFacts | undefined => {
  const memory = Number(labels['nvidia.com/gpu.memory'] ?? Number.NaN);
  const known = Number.isFinite(memory) && memory > 0;
  const name = labels[product];
  const named = name === undefined ? undefined : gpuNamed(name, known ? memory : undefined);
  if (named !== undefined) return named;
  if (known) return gpuOfMemory(name ?? 'GPU', memory, capabilityOf(labels));
  const cloud = cloudLabels.map(label => labels[label]).find(label => label !== undefined);
  return cloud === undefined ? undefined : gpuNamed(cloud);
};

/** The GPU of a node; null when nothing tells. */
export const gpuOf = (node: NodeFact): GpuFacts | null =>
  fromLabels(node.labels) ?? instanceGpus(instanceType(node))?.gpu ?? null;

/** The label by which pods choose nodes with this node's GPU. */
export const gpuLabel = ({ labels }: NodeFact): { readonly key: string; readonly value: string } | null => {
  const key = [product, ...cloudLabels, 'node.kubernetes.io/instance-type'].find(
    label => labels[label] !== undefined,
  );
  return key === undefined ? null : { key, value: labels[key] ?? '' };
};

/** Azure's and Google's machines with NVIDIA GPUs, by their names. */
const otherClouds = /^(standard_n[cdv]\d|(a2|a3|a4|g2|g4)-)/i;

/** A node with NVIDIA hardware that nothing announces to Kubernetes. */
export const hidesGpus = (node: NodeFact): boolean => {
  if (node.allocatable.gpus > 0 || Object.keys(node.devices).length > 0) return false;
  const type = instanceType(node);
  return (
    node.labels['feature.node.kubernetes.io/pci-10de.present'] === 'true' ||
    node.labels['nvidia.com/gpu.present'] === 'true' ||
    cloudLabels.some(label => node.labels[label] !== undefined) ||
    instanceGpus(type) !== undefined ||
    otherClouds.test(type)
  );
};

/** Pods that share one GPU; 1 when every pod has GPUs of its own. */
export const sharers = ({ labels }: NodeFact): number => {
  const strategy = labels['nvidia.com/gpu.sharing-strategy'] ?? 'none';
  const count = Number(labels['nvidia.com/gpu.replicas'] ?? 1);
  return strategy === 'none' || !Number.isInteger(count) ? 1 : Math.max(1, count);
};

export const isSlice = ({ labels }: NodeFact): boolean => /-MIG-\d+g/i.test(labels[product] ?? '');

/** Slices that are offered under names of their own, such as `nvidia.com/mig-1g.10gb`. */
export const slicesOf = ({ devices }: NodeFact): string[] =>
  Object.entries(devices)
    .filter(([name, count]) => count > 0 && name !== 'nvidia.com/gpu')
    .map(([name]) => name);
