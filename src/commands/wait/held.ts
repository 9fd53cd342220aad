/** Counts the GPUs that pods hold. */

import type { KubernetesObject } from '../../core/manifest.ts';

type Container = { readonly resources?: { readonly limits?: Readonly<Record<string, unknown>> } };
type Pod = {
  readonly spec?: { readonly nodeName?: string; readonly containers?: readonly Container[] };
  readonly status?: { readonly phase?: string };
};

/** Whole GPUs, time-sliced ones and MIG slices. */
const isGpu = (name: string): boolean =>
  name.startsWith('nvidia.com/gpu') || name.startsWith('nvidia.com/mig-');

const gpusOf = ({ resources }: Container): number =>
  Object.entries(resources?.limits ?? {})
    .filter(([name]) => isGpu(name))
    .reduce((sum, [, amount]) => sum + (Number(amount) || 0), 0);

/** GPUs of pods that stand on a node and have not ended. */
export const heldGpus = (pods: readonly KubernetesObject[]): number => {
  let held = 0;
  for (const { spec, status } of pods as readonly Pod[]) {
    if (!spec?.nodeName || status?.phase === 'Succeeded' || status?.phase === 'Failed') continue;
    for (const container of spec.containers ?? []) held += gpusOf(container);
  }
  return held;
};
