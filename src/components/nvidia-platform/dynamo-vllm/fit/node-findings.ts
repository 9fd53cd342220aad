/** What the nodes that were given say beside their GPUs: shared GPUs, slices, too few free, too little memory or disk, an old driver, none at all. */

import type { NodeFact } from '../../../../core/cluster-facts.ts';
import type { Finding } from '../../../../core/finding.ts';
import type { FitHost } from '../../../../core/fit.ts';
import { isSlice, slicesOf } from '../preflight/hardware.ts';
import { takesPods } from '../preflight/nodes.ts';
import { finding } from '../rule.ts';
import { driverFindings } from './driver.ts';
import type { Choice } from './facts.ts';
import type { FoundGpu } from './found.ts';

const none = (nodes: readonly NodeFact[]): Finding[] => {
  const all = `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}`;
  const sliced = nodes.find(node => slicesOf(node).length > 0);
  if (sliced !== undefined)
    return [
      finding(
        'fit-no-gpu-nodes',
        'unknown',
        'nodes',
        `The GPUs of ${sliced.name} are only offered in parts (${slicesOf(sliced).join(', ')}); workers ask for nvidia.com/gpu.`,
        'Offer them whole or with the MIG strategy single, or work out another GPU: --gpu NAME',
      ),
    ];
  return [
    finding(
      'fit-no-gpu-nodes',
      'unknown',
      'nodes',
      `Of ${all} none is ready, takes pods and offers a GPU that is known by its labels or its instance type.`,
      'Name the GPU that a new node would have: --gpu NAME',
    ),
  ];
};

const shared = (one: FoundGpu): Finding[] =>
  one.sharedBy === 1
    ? []
    : [
        finding(
          'fit-gpu-shared',
          'warning',
          'nodes',
          `Each ${one.facts.name} is lent to ${one.sharedBy} pods at once (time-slicing or MPS), and its memory with it; the sum is for a whole GPU without the others.`,
          'Choose nodes whose GPUs are not shared: --node-selector nvidia.com/gpu.sharing-strategy=none',
        ),
      ];

const slices = (nodes: readonly NodeFact[], choice: Choice): Finding[] => {
  const cut = nodes.filter(node => takesPods(node) && isSlice(node));
  if (cut.length === 0 || choice.tensor * choice.pipeline * choice.data === 1) return [];
  return [
    finding(
      'fit-gpu-slices',
      'warning',
      'nodes',
      `${cut.length} of ${nodes.length} nodes offer slices of GPUs (MIG), of which one worker can use a single one.`,
      'Use --tensor-parallel-size 1 there, or nodes with whole GPUs.',
    ),
  ];
};

const busy = (best: FoundGpu, choice: Choice): Finding[] => {
  const wanted = choice.tensor * choice.pipeline * choice.data;
  const { freeReach } = best;
  if (freeReach === null || freeReach >= wanted || best.reach < wanted) return [];
  const message = `A worker wants ${wanted} ${best.facts.name} of one node, and the best node has ${freeReach} free.`;
  return [
    finding('fit-gpus-busy', 'warning', 'nodes', message, 'Free some, add a node, or lower the sizes.'),
  ];
};

const tooSmall = (what: string, needed: number, best: FoundGpu, there: number, hint: string): Finding[] => {
  if (there === 0 || needed <= there) return [];
  const message = `A worker asks for ${Math.ceil(needed)} GiB of ${what}, and the largest node with ${best.facts.name} has ${Math.floor(there)} GiB for pods, so it would wait for ever.`;
  return [finding('fit-host-too-small', 'warning', 'nodes', message, hint)];
};

/** Memory is only asked for where a cache holds it down. */
const host = (best: FoundGpu, needs: FitHost): Finding[] => [
  ...tooSmall(
    'ephemeral storage',
    needs.ephemeralGiB,
    best,
    best.ephemeralGiB,
    'Make the disk cache smaller (--kvbm-disk-gb N), keep the model on a claim, or use nodes with larger disks.',
  ),
  ...(needs.pinnedGiB === 0
    ? []
    : tooSmall(
        'memory',
        needs.memoryGiB[0],
        best,
        best.memoryGiB,
        'Pin less (--kvbm-cpu-gb N, --cpu-offload-gb N), or use larger nodes.',
      )),
];

/** `best` is the kind that the sum is for; undefined when none was found. */
export const nodeFindings = (
  nodes: readonly NodeFact[],
  best: FoundGpu | undefined,
  choice: Choice,
  needs: FitHost,
): Finding[] =>
  best === undefined
    ? none(nodes)
    : [
        ...shared(best),
        ...slices(nodes, choice),
        ...busy(best, choice),
        ...host(best, needs),
        ...driverFindings(nodes, choice),
      ];
