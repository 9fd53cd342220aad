/** Owns the one thing init containers of workers wait for: the download Job on the same claim. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../api/client.ts';
import type { Collection } from '../api/follow.ts';
import type { PodLife } from './podLife.ts';

/** Resolves when no unfinished Job's pod uses a claim of this pod. */
export async function waitForModel(life: PodLife, pods: () => Collection): Promise<void> {
  const mine = claimsOf(life.pod);
  while (!life.ended.aborted && [...pods().items.values()].some(pod => isLoading(pod, life.pod, mine))) {
    await sleep(100, undefined, { signal: life.ended });
  }
}

function isLoading(pod: KubeObject, asker: KubeObject, claims: readonly string[]): boolean {
  const job = pod.metadata.ownerReferences?.some(owner => owner.kind === 'Job') ?? false;
  if (!job || pod.metadata.namespace !== asker.metadata.namespace) return false;
  return pod.status?.phase !== 'Succeeded' && claimsOf(pod).some(name => claims.includes(name));
}

function claimsOf(pod: KubeObject): string[] {
  const volumes = (pod.spec.volumes ?? []) as { persistentVolumeClaim?: { claimName: string } }[];
  return volumes.flatMap(volume => volume.persistentVolumeClaim?.claimName ?? []);
}
