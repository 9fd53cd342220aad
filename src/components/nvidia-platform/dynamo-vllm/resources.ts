/** Memory, shared memory and disk of a worker. */

import { gibibytes, parseQuantity } from '../../../core/quantity.ts';
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

type Memory = Pick<Role, 'requests' | 'limits' | 'sharedMemory'>;

const sharedGiB = (shared: string | null): number =>
  shared === null ? operatorSharedGiB : (parseQuantity(shared) ?? 0) / gib;

/** A disk tier of `gb`, in whole GiB, with slack: the engine's GB may mean either. */
const diskGiB = (gb: number): number => Math.ceil(gb * diskSlack) + 1;

const sharedFor = (settings: Settings, gpus: number): string | null =>
  settings.sharedMemory ?? (gpus > 1 ? gibibytes(severalGpusSharedGiB) : null);

/**
 * Requests and limits in whole Gi. Memory is only stated with KVBM, whose pinned cache would otherwise end in an out-of-memory kill;
 * /dev/shm counts against the limit, so it is added there.
 */
export const memoryOf = (
  settings: Settings,
  gpus: number,
  kvbm: Plan['kvbm'],
  ephemeral: boolean,
): Memory => {
  const shared = sharedFor(settings, gpus);
  const scratch = scratchGiB + (kvbm !== null && kvbm.diskGb > 0 ? diskGiB(kvbm.diskGb) : 0);
  const storage = ephemeral || scratch > scratchGiB ? { 'ephemeral-storage': gibibytes(scratch) } : {};
  if (kvbm === null) return { requests: storage, limits: {}, sharedMemory: shared };
  const request = kvbm.cpuGb + hostGiB + hostGiBPerGpu * gpus;
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
