/** Reads how large /dev/shm of a pod is. */

import { list, record, text } from './members.ts';
import { mainSpec, type Pod } from './pods.ts';

/** A container without a volume there has what container runtimes give. */
const runtimeDefault = '64Mi';

/** Its size as written, or what stands for it; the operator mounts a volume in memory there, 8Gi when nobody says more. */
export const sharedMemoryOf = (pod: Pod): string => {
  const mount = list(mainSpec(pod).volumeMounts)
    .map(record)
    .find(one => one.mountPath === '/dev/shm');
  const volume = list(pod.spec.volumes)
    .map(record)
    .find(one => one.name === mount?.name);
  if (mount === undefined || volume === undefined) return runtimeDefault;
  return text(record(volume.emptyDir).sizeLimit) || 'as large as half of the memory';
};
