/** The NVIDIA driver of nodes against the CUDA in the runtime image. */

import type { Labels, NodeFact } from '../../../../core/cluster-facts.ts';
import type { Finding } from '../../../../core/finding.ts';
import { dialectFor } from '../dialect.ts';
import { takesPods } from '../preflight/nodes.ts';
import { finding } from '../rule.ts';
import type { Choice } from './facts.ts';

/** Driver branch such as 580, from the labels of GPU feature discovery in either of their spellings; null when not labelled. */
const driverBranch = (labels: Labels): number | null => {
  const said =
    labels['nvidia.com/cuda.driver-version.major'] ??
    labels['nvidia.com/cuda.driver.major'] ??
    labels['nvidia.com/cuda.driver-version.full']?.split('.')[0];
  const branch = Number(said ?? Number.NaN);
  return Number.isInteger(branch) && branch > 0 ? branch : null;
};

/** Lowest branch for the image of a release; null for a release that is not known. */
const neededBranch = (release: string): number | null => {
  const dialect = dialectFor(release, release);
  return dialect.runtimeKnown === 'known' ? dialect.runtime.minimumDriver : null;
};

/** Within one major version of CUDA an older driver may do, so this warns. */
export const driverFindings = (nodes: readonly NodeFact[], { release }: Choice): Finding[] => {
  const needed = neededBranch(release);
  const branches = nodes
    .filter(node => takesPods(node) && node.allocatable.gpus > 0)
    .flatMap(({ labels }) => driverBranch(labels) ?? []);
  const old = branches.filter(branch => needed !== null && branch < needed);
  if (needed === null || old.length === 0) return [];
  const seen = [...new Set(old)].sort((a, b) => a - b).join(', ');
  return [
    finding(
      'fit-old-driver',
      'warning',
      'nodes',
      `The image of Dynamo ${release} needs the NVIDIA driver ${needed} or newer; ${old.length} of ${branches.length} GPU nodes have ${seen}.`,
      'Upgrade the driver (on EKS: a newer AMI of the node group), or use an older release: --release X.Y.Z',
    ),
  ];
};
