/** Whether a file that calls itself a snapshot has the shape of one, as far as planning relies on it. */

import { type Json, objectOf } from './json.ts';

type Shape = (value: unknown) => boolean;

const isText: Shape = value => typeof value === 'string';
const isCount: Shape = value => typeof value === 'number' && Number.isFinite(value);
const isObject: Shape = value => objectOf(value) !== undefined;
const isList: Shape = value => Array.isArray(value);

const listOf =
  (each: Shape): Shape =>
  value =>
    Array.isArray(value) && value.every(each);

const objectWith =
  (members: Readonly<Record<string, Shape>>): Shape =>
  value => {
    const object = objectOf(value);
    return object !== undefined && Object.entries(members).every(([key, shape]) => shape(object[key]));
  };

/** Null and absent stand for "not known" everywhere. */
const orNothing =
  (shape: Shape): Shape =>
  value =>
    value === undefined || value === null || shape(value);

const amounts = objectWith({
  gpus: isCount,
  cpuMilli: orNothing(isCount),
  memoryBytes: orNothing(isCount),
  ephemeralBytes: orNothing(isCount),
});

const node = objectWith({ name: isText, labels: isObject, taints: isList, allocatable: amounts });

/** What was read is of that shape; what was not says why. */
const reading =
  (shape: Shape): Shape =>
  value => {
    const object = objectOf(value);
    return object?.['kind'] === 'read'
      ? shape(object['value'])
      : isText(object?.['kind']) && isText(object?.['message']);
  };

const cluster = objectWith({
  nodes: orNothing(reading(listOf(node))),
  use: orNothing(reading(listOf(objectWith({ node: isText, asked: amounts })))),
});

const shapes: Readonly<Record<string, Shape>> = {
  operatorRelease: isText,
  platform: isText,
  storageClasses: listOf(objectWith({ name: isText, provisioner: isText })),
  claims: listOf(objectWith({ name: isText, accessModes: listOf(isText), labels: isObject })),
  secrets: listOf(isText),
  gpuNodes: listOf(objectWith({ name: isText, freeGpus: isCount })),
  nodeSelectors: isObject,
  model: objectWith({ asked: isText, id: isText }),
  cluster,
};

/** The first member that no snapshot has so; undefined when all are sound. */
export const misshapen = (snapshot: Json): string | undefined =>
  Object.keys(shapes).find(key => !orNothing(shapes[key] ?? isObject)(snapshot[key]));
