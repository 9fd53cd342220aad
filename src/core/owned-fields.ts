/** Reads managedFields: which fields of a live object this program wrote. */

import { type Data, isRecord, type Step } from './diff.ts';
import { ownName } from './ownership.ts';

/** What `managedFields` holds for one manager: a tree of `f:<field>`, `k:{…}` and `v:…`. */
type Owned = Data;

const entries = (live: unknown): readonly Data[] => {
  const metadata = isRecord(live) && isRecord(live['metadata']) ? live['metadata'] : {};
  const said = metadata['managedFields'];
  return Array.isArray(said) ? said.filter(isRecord) : [];
};

/** Trees of the fields that this program applied. */
export const ownedTrees = (live: unknown): Owned[] =>
  entries(live)
    .filter(({ manager, operation }) => manager === ownName && operation === 'Apply')
    .map(({ fieldsV1 }) => fieldsV1)
    .filter(isRecord);

const itemOf = (tree: Owned, key: string, value: string | number): unknown =>
  Object.entries(tree).find(([name]) => {
    if (!name.startsWith('k:')) return false;
    const said = JSON.parse(name.slice(2)) as Data;
    return said[key] === value;
  })?.[1];

const childOf = (tree: Owned, step: Step): unknown => {
  if (typeof step === 'object') return itemOf(tree, step.key, step.value);
  return typeof step === 'string' ? tree[`f:${step}`] : undefined;
};

/** `exact`: the field itself is named; `whole`: a value around it is owned as a whole. */
export type Ownership = 'exact' | 'whole' | 'none';

const inTree = (tree: Owned, path: readonly Step[]): Ownership => {
  let at: unknown = tree;
  for (const step of path) {
    if (isRecord(at) && at !== tree && Object.keys(at).length === 0) return 'whole';
    at = isRecord(at) ? childOf(at, step) : undefined;
    if (at === undefined) return 'none';
  }
  return 'exact';
};

/** Whether this program wrote the value at the path, or something in it. */
export const ownershipOf = (trees: readonly Owned[], path: readonly Step[]): Ownership => {
  const found = trees.map(tree => inTree(tree, path));
  return found.find(one => one === 'exact') ?? found.find(one => one === 'whole') ?? 'none';
};
