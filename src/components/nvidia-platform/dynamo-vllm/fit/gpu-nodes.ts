/** The GPUs that planning knows of, by kind, as far as the workers of a plan may use them. */

import type { Facts, GpuNode } from '../../../../core/component.ts';
import type { GpuFacts } from './facts.ts';
import { gpuNamed } from './gpus.ts';

/** The label by which GPU feature discovery names a GPU, and people choose one. */
const productLabel = 'nvidia.com/gpu.product';

export type GpuRoom = {
  readonly gpu: GpuFacts;
  readonly freeGpus: number;
  /** On the node that has the most of them free. */
  readonly mostFree: number;
  /** On the node that has the most of them, held or free; null when that is not known of all its nodes. */
  readonly mostOnOneNode: number | null;
};

/** Whether one node has so many, free or not; where that is not known it may. */
export const mayHold = ({ mostOnOneNode }: GpuRoom, gpus: number): boolean =>
  mostOnOneNode === null || mostOnOneNode >= gpus;

type Counts = Pick<GpuRoom, 'freeGpus' | 'mostFree' | 'mostOnOneNode'>;

const nothing: Counts = { freeGpus: 0, mostFree: 0, mostOnOneNode: 0 };

const largest = (most: number | null, gpus: number | undefined): number | null =>
  most === null || gpus === undefined ? null : Math.max(most, gpus);

const kindOf = ({ gpu, product }: GpuNode): GpuFacts | null =>
  gpu ?? (product == null ? undefined : gpuNamed(product)) ?? null;

const isChosen = ({ product }: GpuNode, selectors: readonly string[]): boolean => {
  const chosen = selectors.find(one => one.startsWith(`${productLabel}=`));
  return chosen === undefined || chosen === `${productLabel}=${product ?? ''}`;
};

/** Null when the nodes were not read; nodes whose GPU nobody knows are left out. Kinds with the least memory first. */
export const gpuRooms = ({ gpuNodes }: Facts, nodeSelector: readonly string[]): GpuRoom[] | null => {
  if (gpuNodes === null) return null;
  const rooms = new Map<string, GpuRoom>();
  for (const node of gpuNodes) {
    const gpu = isChosen(node, nodeSelector) ? kindOf(node) : null;
    if (gpu === null) continue;
    const { freeGpus, mostFree, mostOnOneNode } = rooms.get(gpu.name) ?? nothing;
    rooms.set(gpu.name, {
      gpu,
      freeGpus: freeGpus + node.freeGpus,
      mostFree: Math.max(mostFree, node.freeGpus),
      mostOnOneNode: largest(mostOnOneNode, node.gpus),
    });
  }
  return [...rooms.values()].sort((a, b) => a.gpu.visibleGib - b.gpu.visibleGib);
};
