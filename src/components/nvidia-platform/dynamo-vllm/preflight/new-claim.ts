/** Checks a claim that is going to be created: its class, what the class can do, and its size. */

import type { CheckResult } from '../../../../core/check.ts';
import type { ClaimFact, StorageClassFact } from '../../../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import { listed } from '../../../../core/text.ts';
import { inGib, quantityOf } from './amounts.ts';
import { weightsBytes } from './model-size.ts';
import { list, record, text } from './podspec.ts';
import { check } from './result.ts';
import type { Scene } from './scene.ts';
import { cannotShare, classNamed, classNames, defaultClass, isElastic } from './storage.ts';

const classCheck = check(
  'storage-class',
  'there is a storage class for the model cache',
  'unavailable',
  'storageClass',
);
const modeCheck = check(
  'storage-mode',
  'the storage class can do the access mode',
  'unavailable',
  'storageClass',
);
const sizeCheck = check('cache-size', 'the model cache is large enough', 'refused', 'modelCacheSize');

type Asked = {
  readonly name: string;
  readonly storageClass: string | null;
  readonly modes: readonly string[];
  readonly size: string;
};

export const askedOf = (object: KubernetesObject): Asked => {
  const { storageClassName, accessModes, resources } = record(object['spec']);
  return {
    name: object.metadata.name,
    storageClass: storageClassName === undefined ? null : text(storageClassName),
    modes: list(accessModes).map(text),
    size: text(record(record(resources)['requests'])['storage']),
  };
};

const available = (scene: Scene): string => {
  const names = classNames(scene.cluster);
  return names.length === 0 ? 'The cluster has no storage class at all' : `There are ${listed(names)}`;
};

const noClass = (scene: Scene, { name, storageClass }: Asked): CheckResult =>
  storageClass === null
    ? classCheck.fail(
        `The claim ${name} would stay Pending for ever: it names no storage class, and the cluster has no default one.`,
        `${available(scene)}; choose one that works with --storage-class SC, or install a driver such as the EFS or EBS CSI driver.`,
      )
    : classCheck.fail(
        `The storage class ${storageClass} of the claim ${name} does not exist.`,
        `${available(scene)}; choose one with --storage-class SC.`,
      );

const modeResult = (found: StorageClassFact, { name, modes }: Asked): CheckResult[] =>
  modes.includes('ReadWriteMany') && cannotShare(found.provisioner)
    ? [
        modeCheck.fail(
          `The claim ${name} asks for ReadWriteMany, and the storage class ${found.name} (${found.provisioner}) can only do ReadWriteOnce.`,
          'Choose a class that can, such as one of EFS, with --storage-class SC, or hold all pods on one node: --model-cache-access-mode ReadWriteOnce',
        ),
      ]
    : [];

/** Whether so many bytes hold the weights; `driver` tells whether the size means anything. */
export const sizeResult = (
  scene: Scene,
  name: string,
  size: string,
  driver: string,
  remedy: string,
): CheckResult[] => {
  const [bytes, needed] = [quantityOf(size), weightsBytes(scene)];
  if (bytes === null || needed === null || isElastic(driver)) return [];
  if (bytes < needed)
    return [
      sizeCheck.fail(
        `The claim ${name} holds ${inGib(bytes)}, which is too small for the ${inGib(needed)} of ${scene.model}.`,
        remedy,
      ),
    ];
  return [
    sizeCheck.pass(
      `The claim ${name} holds ${inGib(bytes)}; ${scene.model} needs ${inGib(needed)} of them, what else lies there is not known.`,
    ),
  ];
};

const fresh = (scene: Scene, asked: Asked): CheckResult[] => {
  const { cluster, model } = scene;
  if (cluster.storageClasses.kind !== 'read')
    return [classCheck.unknown(`The storage classes were not read: ${cluster.storageClasses.message}`)];
  // The empty name asks for a volume that somebody prepared.
  if (asked.storageClass === '')
    return [classCheck.pass(`The claim ${asked.name} waits for a prepared volume.`)];
  const found = asked.storageClass === null ? defaultClass(cluster) : classNamed(cluster, asked.storageClass);
  if (found === null) return [noClass(scene, asked)];
  return [
    classCheck.pass(`The claim ${asked.name} is made by the storage class ${found.name}.`),
    ...modeResult(found, asked),
    ...sizeResult(
      scene,
      asked.name,
      asked.size,
      found.provisioner,
      `Give it room for ${model}: --model-cache-size SIZE, about twice the weights.`,
    ),
  ];
};

const grownCheck = check(
  'cache-grow',
  'the model cache that is there can be grown',
  'unavailable',
  'modelCacheSize',
);

/** A claim of ours that is there: it may only grow, and only where its class allows that. */
const existing = (scene: Scene, asked: Asked, there: ClaimFact): CheckResult[] => {
  const [now, next] = [quantityOf(there.size), quantityOf(asked.size)];
  const found = classNamed(scene.cluster, there.storageClass);
  if (now === null || next === null || next <= now || found === null || found.expandable) return [];
  return [
    grownCheck.fail(
      `The claim ${asked.name} asks for ${asked.size}, it has ${there.size}, and its storage class ${found.name} cannot grow volumes.`,
      `Leave its size: --model-cache-size ${there.size}, or use another claim.`,
    ),
  ];
};

/** Of a PersistentVolumeClaim among the objects. */
export const newClaim = (scene: Scene, object: KubernetesObject, there: ClaimFact | null): CheckResult[] => {
  const asked = askedOf(object);
  return there === null ? fresh(scene, asked) : existing(scene, asked, there);
};
