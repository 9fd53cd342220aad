/** Checks the claims that the pods mount: that they exist, are bound or can be, and hold the model. */

import type { CheckResult } from '../../../../core/check.ts';
import { type ClaimFact, readOr } from '../../../../core/cluster-facts.ts';
import { listed } from '../../../../core/text.ts';
import { newClaim, sizeResult } from './new-claim.ts';
import { list, record, text } from './podspec.ts';
import { check, cli } from './result.ts';
import type { Scene } from './scene.ts';
import { cannotShare, classNamed, classNames, defaultClass } from './storage.ts';

const presence = check(
  'cache-claim',
  'the claim of the model cache can be mounted',
  'unavailable',
  'modelCache',
);

/** Names of claims that the operator makes with the deployment. */
const madeByGraph = ({ graph }: Scene): string[] =>
  list(record(graph?.['spec'])['pvcs'])
    .map(record)
    .filter(one => one['create'] === true)
    .map(one => text(one['name']));

const mountedClaims = ({ demands }: Scene): string[] => [...new Set(demands.flatMap(({ claims }) => claims))];

const missing = (scene: Scene, name: string): CheckResult =>
  presence.fail(
    `The claim ${name}, which the pods mount, does not exist in ${scene.namespace}; they would stay Pending.`,
    `Name one that exists (kubectl -n ${scene.namespace} get pvc), or let one be created: ${cli} install --model-cache create`,
  );

const pendingFor = (claim: ClaimFact, why: string, hint: string): CheckResult =>
  presence.fail(`The claim ${claim.name} is Pending and cannot be bound: ${why}.`, hint);

const recreate = 'Claims cannot be changed afterwards: delete it and create it anew with a storage class';

/** No class, no default: only a volume that somebody prepares would ever bind it. */
const withoutClass = (scene: Scene, claim: ClaimFact): CheckResult => {
  if (claim.storageClass === '')
    return presence.warn(
      `The claim ${claim.name} is Pending: it waits for a volume that somebody prepares.`,
      `See why: kubectl -n ${scene.namespace} describe pvc ${claim.name}`,
    );
  if (scene.cluster.storageClasses.kind !== 'read')
    return presence.unknown(
      `The claim ${claim.name} is Pending and names no storage class; whether there is a default one was not read.`,
    );
  const fallback = defaultClass(scene.cluster);
  if (fallback !== null)
    return presence.pass(`The claim ${claim.name} is Pending and gets the storage class ${fallback.name}.`);
  const names = classNames(scene.cluster);
  const others = names.length === 0 ? '' : ` (there is ${listed(names)})`;
  return pendingFor(
    claim,
    'it names no storage class, and the cluster has no default storage class',
    `${recreate}${others}, after installing a driver such as the EFS or EBS CSI driver where none works.`,
  );
};

const pending = (scene: Scene, claim: ClaimFact): CheckResult => {
  if (claim.storageClass === null || claim.storageClass === '') return withoutClass(scene, claim);
  const found = classNamed(scene.cluster, claim.storageClass);
  if (scene.cluster.storageClasses.kind !== 'read')
    return presence.unknown(`The claim ${claim.name} is Pending; the storage classes were not read.`);
  if (found === null)
    return pendingFor(
      claim,
      `its storage class ${claim.storageClass} does not exist`,
      `${recreate} that exists (${listed(classNames(scene.cluster)) || 'none yet'}).`,
    );
  if (claim.accessModes.includes('ReadWriteMany') && cannotShare(found.provisioner))
    return pendingFor(
      claim,
      `it asks for ReadWriteMany, and its storage class ${found.name} (${found.provisioner}) can only do ReadWriteOnce`,
      `${recreate} that can do ReadWriteMany, such as one of EFS.`,
    );
  if (found.bindingMode === 'WaitForFirstConsumer')
    return presence.pass(`The claim ${claim.name} is bound when its first pod is placed.`);
  return presence.warn(
    `The claim ${claim.name} is Pending, although its storage class ${found.name} binds at once.`,
    `See why: kubectl -n ${scene.namespace} describe pvc ${claim.name}`,
  );
};

const phases: Readonly<Record<string, (scene: Scene, claim: ClaimFact) => CheckResult>> = {
  Pending: pending,
  Lost: (scene, claim) =>
    presence.fail(
      `The claim ${claim.name} has lost its volume, so nothing can mount it.`,
      `Delete it and let another be made: kubectl -n ${scene.namespace} delete pvc ${claim.name}`,
    ),
};

const driverOf = (scene: Scene, claim: ClaimFact): string =>
  readOr(scene.cluster.volumes)?.find(({ name }) => name === claim.volume)?.driver ??
  classNamed(scene.cluster, claim.storageClass)?.provisioner ??
  '';

const used = (scene: Scene, claim: ClaimFact): CheckResult[] => [
  phases[claim.phase]?.(scene, claim) ??
    presence.pass(
      `The claim ${claim.name} is there (${listed(claim.accessModes)}, ${claim.capacity ?? claim.size}).`,
    ),
  ...(scene.updates
    ? []
    : sizeResult(
        scene,
        claim.name,
        claim.capacity ?? claim.size ?? '',
        driverOf(scene, claim),
        `Expand it (kubectl -n ${scene.namespace} edit pvc ${claim.name}), or use another: --model-cache claim:NAME`,
      )),
];

const claimResults = (scene: Scene, name: string): CheckResult[] => {
  const { cluster, objects } = scene;
  const there = readOr(cluster.claims)?.find(claim => claim.name === name) ?? null;
  const applied = objects.find(
    ({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === name,
  );
  const fresh = applied === undefined ? [] : newClaim(scene, applied, there);
  if (there !== null) return [...used(scene, there), ...fresh];
  if (applied !== undefined || madeByGraph(scene).includes(name)) return fresh;
  if (cluster.claims.kind !== 'read')
    return [presence.unknown(`Whether the claim ${name} exists was not read: ${cluster.claims.message}`)];
  return [missing(scene, name)];
};

export const claimChecks = (scene: Scene): CheckResult[] => {
  const applied = scene.objects
    .filter(({ kind }) => kind === 'PersistentVolumeClaim')
    .map(({ metadata }) => metadata.name);
  return [...new Set([...applied, ...mountedClaims(scene)])].flatMap(name => claimResults(scene, name));
};
