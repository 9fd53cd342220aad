/** Checks that the disk cache of KVBM fits into the nodes' own storage, where it lies when no volume is mounted for it. */

import type { CheckResult } from '../../../../core/check.ts';
import { readOr } from '../../../../core/cluster-facts.ts';
import { inGib } from './amounts.ts';
import type { Demand } from './demand.ts';
import { check } from './result.ts';
import { refusalFor, wantsGpus } from './room.ts';
import type { Scene } from './scene.ts';

const disk = check('kvbm-disk', 'the disk cache fits on the nodes', 'unavailable', 'kvbmDiskGb');

const value = ({ component }: Demand, name: string): string | null =>
  component?.env.find(variable => variable.name === name)?.value ?? null;

const kvbmDefault = '/tmp';

/** Whether the directory lies on the node's ephemeral storage: in no volume, or in an emptyDir on disk. */
const isEphemeral = ({ mounts }: Demand, directory: string): boolean => {
  const holder = Object.keys(mounts)
    .filter(path => directory === path || directory.startsWith(`${path.replace(/\/$/, '')}/`))
    .sort((a, b) => b.length - a.length)[0];
  return holder === undefined || mounts[holder] === 'node';
};

const judged = (scene: Scene, demand: Demand): CheckResult[] => {
  const gb = Number(value(demand, 'DYN_KVBM_DISK_CACHE_GB') ?? 0);
  const directory = value(demand, 'DYN_KVBM_DISK_CACHE_DIR') ?? kvbmDefault;
  if (!(gb > 0) || !isEphemeral(demand, directory)) return [];
  const refusal = refusalFor(scene, demand);
  const nodes = (readOr(scene.cluster.nodes) ?? []).filter(
    node => node.allocatable.gpus >= demand.asked.gpus && refusal(node) === null,
  );
  if (nodes.length === 0) return [];
  const needed = Math.max(gb * 1e9, demand.asked.ephemeralBytes);
  const best = Math.max(...nodes.map(({ allocatable }) => allocatable.ephemeralBytes));
  if (needed <= best)
    return [disk.pass(`The disk cache of ${gb} GB fits on the nodes (${inGib(best)} each).`)];
  return [
    disk.fail(
      `The KVBM disk cache of ${gb} GB in ${directory} lies on the node's ephemeral storage, and no GPU node offers more than ${inGib(best)} of it: the kubelet would evict ${demand.name} once the disk is full.`,
      `Use a smaller disk cache (--kvbm-disk-gb ${Math.max(0, Math.floor((best / 1e9) * 0.8))}), or nodes with a larger disk, or mount a volume (NVMe hostPath or a claim) at ${directory}.`,
    ),
  ];
};

export const diskChecks = (scene: Scene): CheckResult[] =>
  scene.demands.filter(wantsGpus).flatMap(demand => judged(scene, demand));
