/** GPUs by what vLLM sees of them, and the names that clusters, clouds and people have for them. */

import type { GpuFacts } from './facts.ts';

type Row = GpuFacts & {
  /** Found anywhere in a name reduced to lower-case letters and digits parted by single dashes; the first row that matches wins. */
  readonly pattern: RegExp;
  /** Where the visible memory is from: `log` was printed by CUDA, `label` is the label's MiB / 1024 x 0.97, `unsure` a guess from siblings. */
  readonly from: 'log' | 'label' | 'unsure';
};

const row = (
  name: string,
  visibleGib: number,
  capability: number,
  nvlink: boolean,
  from: Row['from'],
  pattern: RegExp,
): Row => ({ name, visibleGib, capability, nvlink, from, pattern });

/**
 * A number of a GPU goes on neither with another digit nor with a single letter, which would be another GPU (RTX A1000) or a slip.
 * Visible memory as torch reports it in out-of-memory texts and start-up logs of 2024 to 2026; capabilities and NVLink from NVIDIA's
 * product pages. More exact names come before shorter ones.
 */
export const gpus: readonly Row[] = [
  row('GB300', 276.62, 10.3, true, 'log', /gb300(?!\d|[a-z]\b)/),
  row('GB200', 178.35, 10, true, 'unsure', /gb200(?!\d|[a-z]\b)/),
  row('GH200', 94.5, 9, false, 'unsure', /gh200(?!\d|[a-z]\b)/),
  row('GB10', 116, 12.1, false, 'unsure', /gb10\b/),
  row('B300', 267, 10.3, true, 'unsure', /b300(?!\d|[a-z]\b)/),
  row('B200', 178.35, 10, true, 'log', /b200(?!\d|[a-z]\b)/),
  row('H200', 139.8, 9, true, 'log', /h200(?!\d|[a-z]\b)/),
  row('H100-NVL', 93.1, 9, true, 'unsure', /h100.*(nvl\b|94gb|94-gb)/),
  row('H100-80GB', 79.1, 9, true, 'log', /h[18]00(?!\d|[a-z]\b)/),
  row('H20-141GB', 139.8, 9, true, 'unsure', /h20.*(3e|141)/),
  row('H20-96GB', 95, 9, true, 'unsure', /h20\b/),
  row('A100-80GB', 79.15, 8, true, 'log', /a[18]00(-.*|sxm.*|pci.*)?80-?gb|a100-?80\b/),
  row('A100-40GB', 39.49, 8, true, 'log', /a100(?!\d|[a-z]\b)/),
  row('A10G', 22.06, 8.6, false, 'log', /a10g/),
  row('A10', 22.07, 8.6, false, 'log', /a10\b/),
  row('RTX-A6000', 47.4, 8.6, false, 'log', /a6000\b/),
  row('A30', 23.5, 8, true, 'unsure', /a30\b/),
  row('L40S', 44.42, 8.9, false, 'log', /l40s/),
  row('L40', 44.4, 8.9, false, 'unsure', /l40\b/),
  row('L4', 22.03, 8.9, false, 'log', /l4\b/),
  row('RTX-PRO-6000', 94.97, 12, false, 'log', /rtx-pro(-server)?-6000/),
  row('RTX-PRO-4500', 31.04, 12, false, 'label', /rtx-pro-4500/),
  row('RTX-5090', 31.36, 12, false, 'log', /5090\b(?!.*laptop)/),
  row('RTX-4090', 23.5, 8.9, false, 'log', /4090\b(?!.*laptop)/),
  row('RTX-3090', 23.56, 8.6, false, 'log', /3090\b(?!.*laptop)/),
  row('V100-32GB', 31.7, 7, true, 'unsure', /v100.*32/),
  row('V100-16GB', 15.7, 7, true, 'unsure', /v100/),
  row('T4', 14.56, 7.5, false, 'log', /(^|-)t4\b/),
];

/** By what vLLM sees of it. */
export const largestGpu: GpuFacts = gpus.reduce((most, one) =>
  one.visibleGib > most.visibleGib ? one : most,
);

const canonical = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

const factsOf = ({ name, visibleGib, capability, nvlink }: Row): GpuFacts => ({
  name,
  visibleGib,
  capability,
  nvlink,
});

/** The slice of a MIG product label, such as `NVIDIA-A100-SXM4-80GB-MIG-3g.40gb`. */
const slice = /-mig-\d+g-(\d+)gb/;

/** MIG slices hide about 3 % of the memory that their name promises, as whole GPUs do. */
const visibleShare = 0.97;

/** An A100 without a size in its name is told by its memory: labels of the 80 GB one begin at 80,000 MiB. */
const byMemory = (found: Row, memoryMib: number | undefined): Row =>
  found.name === 'A100-40GB' && (memoryMib ?? 0) > 60_000
    ? (gpus.find(one => one.name === 'A100-80GB') ?? found)
    : found;

/**
 * A GPU by name, by `nvidia.com/gpu.product` label, or by a cloud's own label (`nvidia-h100-80gb`). `memoryMib` is the label
 * `nvidia.com/gpu.memory` where there is one. Undefined for a GPU that is not in the table.
 */
export const gpuNamed = (name: string, memoryMib?: number): GpuFacts | undefined => {
  const plain = canonical(name);
  const found = gpus.find(one => one.pattern.test(plain));
  if (found === undefined) return undefined;
  const facts = factsOf(byMemory(found, memoryMib));
  const part = slice.exec(plain)?.[1];
  if (part === undefined) return facts;
  return {
    ...facts,
    name: `${facts.name} MIG ${part}GB`,
    visibleGib: Number(part) * visibleShare,
    nvlink: false,
  };
};

/** A GPU known by its label's memory alone: never more than CUDA shows, by all GPUs of the table. */
export const gpuOfMemory = (name: string, memoryMib: number, capability: number | null): GpuFacts => ({
  name,
  visibleGib: (memoryMib / 1024) * visibleShare,
  capability,
  nvlink: null,
});

export const gpuNames: readonly string[] = gpus.map(one => one.name);
