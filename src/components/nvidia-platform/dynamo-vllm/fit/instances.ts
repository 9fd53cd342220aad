/** Machine types by GPU: EKS after Karpenter 1.14.1's list, without fractional GPUs (g6f, gr6f); Azure and Google Cloud after their own documentation. */

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

/** The number of GPUs is what the first group holds, looked up in `counts` where the name tells it in another way. */
type Machine = {
  readonly pattern: RegExp;
  readonly gpu: string;
  readonly counts?: Readonly<Record<string, number>>;
};

const machines: readonly Machine[] = [
  { pattern: /^standard_nv(36)ads_a10_v5$/, gpu: 'A10', counts: { 36: 1 } },
  { pattern: /^standard_nc(24|48|96)ads_a100_v4$/, gpu: 'A100-80GB', counts: { 24: 1, 48: 2, 96: 4 } },
  { pattern: /^standard_nd(96)asr_v4$/, gpu: 'A100-40GB', counts: { 96: 8 } },
  { pattern: /^standard_nd(96)amsr_a100_v4$/, gpu: 'A100-80GB', counts: { 96: 8 } },
  { pattern: /^standard_nc(40|80)adi?s_h100_v5$/, gpu: 'H100-NVL', counts: { 40: 1, 80: 2 } },
  { pattern: /^standard_nd(96)isr_h100_v5$/, gpu: 'H100-80GB', counts: { 96: 8 } },
  { pattern: /^standard_nd(96)isr_h200_v5$/, gpu: 'H200', counts: { 96: 8 } },
  { pattern: /^a2-(?:high|mega)gpu-(\d+)g$/, gpu: 'A100-40GB' },
  { pattern: /^a2-ultragpu-(\d+)g$/, gpu: 'A100-80GB' },
  { pattern: /^a3-(?:high|mega|edge)gpu-(\d+)g$/, gpu: 'H100-80GB' },
  { pattern: /^a3-ultragpu-(\d+)g$/, gpu: 'H200' },
  { pattern: /^a4-highgpu-(\d+)g$/, gpu: 'B200' },
  {
    pattern: /^g2-standard-(\d+)$/,
    gpu: 'L4',
    counts: { 4: 1, 8: 1, 12: 1, 16: 1, 24: 2, 32: 1, 48: 4, 96: 8 },
  },
];

const ofMachine = (type: string): InstanceGpus | undefined => {
  for (const { pattern, gpu: name, counts } of machines) {
    const size = pattern.exec(type)?.[1];
    const gpu = size === undefined ? undefined : gpuNamed(name);
    if (size === undefined || gpu === undefined) continue;
    const count = counts === undefined ? Number(size) : counts[size];
    if (count !== undefined) return { gpu, count };
  }
  return undefined;
};

const ofFamily = (type: string): InstanceGpus | undefined => {
  const [name = '', size = ''] = type.split('.');
  const family = families[name];
  const gpu = family === undefined ? undefined : gpuNamed(family.gpu);
  if (family === undefined || gpu === undefined || !/^(\d*x?large|metal)$/.test(size)) return undefined;
  return { gpu, count: family.counts[size] ?? 1 };
};

/** GPUs of a machine type such as `g6e.12xlarge`, `Standard_ND96isr_H100_v5` or `a3-highgpu-8g`; undefined for one that is not in the table. */
export const instanceGpus = (type: string): InstanceGpus | undefined => {
  const plain = type.toLowerCase();
  return ofFamily(plain) ?? ofMachine(plain);
};

/** Types with several GPUs, to suggest from. */
export const instanceTypes: readonly string[] = Object.entries(families).flatMap(([name, { counts }]) =>
  Object.keys(counts).map(size => `${name}.${size}`),
);
