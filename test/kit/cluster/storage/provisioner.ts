/** Owns the played storage drivers: claims get volumes the way the real ones make them. */

import { type Api, ApiProblem, type KubeObject } from '../api/client.ts';
import { recordEvent } from '../api/events.ts';
import { type Collection, follow, keyOf } from '../api/follow.ts';
import type { Objects } from '../api/objects.ts';
import { createQueue } from '../api/queue.ts';
import { DRIVERS, type Driver } from './drivers.ts';

/** Serves the claims of the named provisioners until the signal fires. */
export async function startProvisioner(
  api: Api,
  objects: Objects,
  provisioners: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const known = provisioners.filter(name => DRIVERS[name]);
  await Promise.all(known.map(name => objects.apply(csiDriver(name))));
  const queue = createQueue(
    key => serve(api, objects, known, claims, key),
    () => {},
  );
  const claims: Collection = follow(api, '/api/v1/persistentvolumeclaims', signal, claim =>
    queue.add(keyOf(claim)),
  );
  const volumes = follow(
    api,
    '/api/v1/persistentvolumes',
    signal,
    volume => void reclaim(objects, known, volume),
  );
  signal.addEventListener('abort', () => queue.stop(), { once: true });
  await Promise.all([claims.ready, volumes.ready]);
}

// Without this the attach controller would wait for an attacher and warn about it after two minutes.
function csiDriver(name: string): KubeObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: { name: name.replaceAll('/', '-') },
    spec: { attachRequired: false },
  };
}

async function serve(
  api: Api,
  objects: Objects,
  provisioners: readonly string[],
  claims: Collection,
  key: string,
): Promise<void> {
  const claim = claims.items.get(key);
  const name = claim?.metadata.annotations?.['volume.kubernetes.io/storage-provisioner'] ?? '';
  const driver = DRIVERS[name];
  if (!claim || !driver || !provisioners.includes(name) || claim.spec.volumeName) return;
  const refused = (claim.spec.accessModes as string[]).find(mode => !driver.modes.includes(mode));
  const className = String(claim.spec.storageClassName);
  if (refused) {
    const why = `rpc error: code = InvalidArgument desc = Volume capabilities not supported: ${refused}. Only AccessModes[${driver.modes[0]}] supported.`;
    const message = `failed to provision volume with StorageClass "${className}": ${why}`;
    await recordEvent(api, {
      about: claim,
      type: 'Warning',
      reason: 'ProvisioningFailed',
      message,
      source: name,
    });
    return;
  }
  const volume = await volumeFor(objects, claim, name, driver);
  try {
    await objects.create(volume);
  } catch (error) {
    if (!(error instanceof ApiProblem && error.code === 409)) throw error;
  }
  const message = `Successfully provisioned volume ${volume.metadata.name}`;
  await recordEvent(api, {
    about: claim,
    type: 'Normal',
    reason: 'ProvisioningSucceeded',
    message,
    source: name,
  });
}

async function volumeFor(
  objects: Objects,
  claim: KubeObject,
  name: string,
  driver: Driver,
): Promise<KubeObject> {
  const affinity = await affinityFor(objects, claim, driver);
  const { namespace, uid } = claim.metadata;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: `pvc-${uid}`,
      annotations: { 'pv.kubernetes.io/provisioned-by': name },
    },
    spec: {
      capacity: { storage: claim.spec.resources.requests.storage },
      accessModes: claim.spec.accessModes,
      storageClassName: claim.spec.storageClassName,
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace,
        name: claim.metadata.name,
        uid,
      },
      csi: {
        driver: name.replaceAll('/', '-'),
        volumeHandle: `vol-${uid?.replaceAll('-', '').slice(0, 17)}`,
      },
      ...(affinity && { nodeAffinity: affinity }),
    },
  };
}

async function affinityFor(
  objects: Objects,
  claim: KubeObject,
  driver: Driver,
): Promise<Record<string, unknown> | undefined> {
  const nodeName = claim.metadata.annotations?.['volume.kubernetes.io/selected-node'];
  if (driver.reach === 'anywhere' || !nodeName) return undefined;
  const node = await objects.read({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: nodeName },
  });
  const key = driver.reach === 'zone' ? 'topology.kubernetes.io/zone' : 'kubernetes.io/hostname';
  const value = node?.metadata.labels?.[key];
  if (!value) return undefined;
  const matchExpressions = [{ key, operator: 'In', values: [value] }];
  return { required: { nodeSelectorTerms: [{ matchExpressions }] } };
}

async function reclaim(objects: Objects, provisioners: readonly string[], volume: KubeObject): Promise<void> {
  const by = volume.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] ?? '';
  const released = volume.status?.phase === 'Released';
  const goes = volume.spec.persistentVolumeReclaimPolicy === 'Delete';
  if (released && goes && provisioners.includes(by) && !volume.metadata.deletionTimestamp) {
    await objects.remove(volume).catch(() => {});
  }
}
