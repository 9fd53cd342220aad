/** Memory, shared memory and disk of a worker. */

import { gibibytes, parseQuantity } from '../../../core/quantity.ts';
import { weightsGiB } from './fit/catalogue.ts';
import type { Plan, Role } from './plan.ts';
import type { Settings } from './settings.ts';

const gib = 2 ** 30;

/** /dev/shm that the operator gives when nobody says otherwise. */
const operatorSharedGiB = 8;
/** NCCL between several GPUs of one pod; NVIDIA's advice for tensor parallel workers. */
const severalGpusSharedGiB = 16;
/** Host memory of an engine beside its caches: Python, CUDA contexts, pinned buffers. */
const hostGiB = 16;
const hostGiBPerGpu = 4;
/** Room between request and limit; NVIDIA's own KVBM examples use a quarter. */
const limitFactor = 1.25;
/** What NVIDIA's examples ask for logs and compiled kernels. */
const scratchGiB = 2;
/** The disk tier's files need a little more than the tier holds. */
const diskSlack = 1.05;
/** Files that the Hub keeps beside the weights, and a little room to finish a download in. */
const fetchedSlack = 1.05;

type Memory = Pick<Role, 'requests' | 'limits' | 'sharedMemory'>;

const sharedGiB = (shared: string | null): number =>
  shared === null ? operatorSharedGiB : (parseQuantity(shared) ?? 0) / gib;

/** Host memory that one worker asks for, in GiB; `pinned` is what its caches hold down. */
export const hostMemoryGiB = (gpus: number, pinned: number): number =>
  pinned + hostGiB + hostGiBPerGpu * gpus;

/** /dev/shm of one worker, in GiB. */
export const sharedMemoryGiB = (settings: Pick<Settings, 'sharedMemory'>, gpus: number): number =>
  sharedGiB(sharedFor(settings, gpus));

/** Ephemeral storage of one worker, in GiB: without a claim it keeps the model there, `weights` GiB of it. */
export const ephemeralGiB = (kvbm: Plan['kvbm'], weights: number): number =>
  scratchGiB + (kvbm !== null && kvbm.diskGb > 0 ? diskGiB(kvbm.diskGb) : 0) + weights * fetchedSlack;

/**
 * What a worker without a claim has to fetch into its own storage; 0 for a model that is not in the catalogue. The Hub is not
 * asked: the same answers must give the same manifests offline.
 */
const fetchedGiB = ({ modelCache, model }: Settings): number =>
  modelCache === 'none' ? (weightsGiB(model) ?? 0) : 0;

/** A disk tier of `gb`, in whole GiB, with slack: the engine's GB may mean either. */
const diskGiB = (gb: number): number => Math.ceil(gb * diskSlack) + 1;

const sharedFor = (settings: Pick<Settings, 'sharedMemory'>, gpus: number): string | null =>
  settings.sharedMemory ?? (gpus > 1 ? gibibytes(severalGpusSharedGiB) : null);

/** What one worker holds down in host memory, in GiB: KVBM's CPU tier, and the weights that each of its GPUs offloads. */
export const pinnedGiB = (kvbm: Plan['kvbm'], offloadGiB: number, gpus: number): number =>
  (kvbm?.cpuGb ?? 0) + offloadGiB * gpus;

export type Held = {
  readonly gpus: number;
  readonly kvbm: Plan['kvbm'];
  /** `--cpu-offload-gb`, for each GPU. */
  readonly offloadGiB: number;
};

/**
 * Requests and limits in whole Gi. Memory is only stated for what is pinned there, which would otherwise end in an out-of-memory
 * kill; /dev/shm counts against the limit, so it is added there.
 */
export const memoryOf = (
  settings: Settings,
  { gpus, kvbm, offloadGiB }: Held,
  ephemeral: boolean,
): Memory => {
  const shared = sharedFor(settings, gpus);
  const scratch = ephemeralGiB(kvbm, fetchedGiB(settings));
  const storage = ephemeral || scratch > scratchGiB ? { 'ephemeral-storage': gibibytes(scratch) } : {};
  const pinned = pinnedGiB(kvbm, offloadGiB, gpus);
  if (kvbm === null && pinned === 0) return { requests: storage, limits: {}, sharedMemory: shared };
  const request = hostMemoryGiB(gpus, pinned);
  const limit = Math.ceil(request * limitFactor) + sharedGiB(shared);
  return {
    requests: { memory: gibibytes(request), ...storage },
    limits: { memory: gibibytes(limit) },
    sharedMemory: shared,
  };
};

/** KVBM's directory gets a volume of its own: in the container's layer it would fill the node until the kubelet evicts the pod. */
export const kvbmDisk = (kvbm: Plan['kvbm']): Role['disk'] =>
  kvbm === null || kvbm.diskGb === 0 ? null : { path: kvbm.diskDir, size: gibibytes(diskGiB(kvbm.diskGb)) };
