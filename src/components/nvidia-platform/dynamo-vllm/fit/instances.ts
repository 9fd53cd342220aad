/** EKS instance types by GPU; from Karpenter 1.14.1's list of instance types. Fractional GPUs (g6f, gr6f) are left out. */

import type { GpuFacts } from './facts.ts';
import { gpuNamed } from './gpus.ts';

/** Family → GPU, and size → number of GPUs; every other size of the family has one. */
const families: Readonly<
  Record<string, { readonly gpu: string; readonly counts: Readonly<Record<string, number>> }>
> = {
  g4dn: { gpu: 'T4', counts: { '12xlarge': 4, metal: 8 } },
  g5: { gpu: 'A10G', counts: { '12xlarge': 4, '24xlarge': 4, '48xlarge': 8 } },
  g6: { gpu: 'L4', counts: { '12xlarge': 4, '24xlarge': 4, '48xlarge': 8 } },
  gr6: { gpu: 'L4', counts: {} },
  g6e: { gpu: 'L40S', counts: { '12xlarge': 4, '24xlarge': 4, '48xlarge': 8 } },
  g7: { gpu: 'RTX-PRO-4500', counts: { '12xlarge': 2, '24xlarge': 4, '48xlarge': 8 } },
  g7e: { gpu: 'RTX-PRO-6000', counts: { '12xlarge': 2, '24xlarge': 4, '48xlarge': 8 } },
  p3dn: { gpu: 'V100-32GB', counts: { '24xlarge': 8 } },
  p4d: { gpu: 'A100-40GB', counts: { '24xlarge': 8 } },
  p4de: { gpu: 'A100-80GB', counts: { '24xlarge': 8 } },
  p5: { gpu: 'H100-80GB', counts: { '48xlarge': 8 } },
  p5e: { gpu: 'H200', counts: { '48xlarge': 8 } },
  p5en: { gpu: 'H200', counts: { '48xlarge': 8 } },
  'p6-b200': { gpu: 'B200', counts: { '48xlarge': 8 } },
  'p6-b300': { gpu: 'B300', counts: { '48xlarge': 8 } },
};

export type InstanceGpus = { readonly gpu: GpuFacts; readonly count: number };

/** GPUs of an instance type such as `g6e.12xlarge`; undefined for one that is not in the table. */
export const instanceGpus = (type: string): InstanceGpus | undefined => {
  const [name = '', size = ''] = type.toLowerCase().split('.');
  const family = families[name];
  const gpu = family === undefined ? undefined : gpuNamed(family.gpu);
  if (family === undefined || gpu === undefined || !/^(\d*x?large|metal)$/.test(size)) return undefined;
  return { gpu, count: family.counts[size] ?? 1 };
};
