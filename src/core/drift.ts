/** What would change in a live object: differences without what the API server and controllers keep for themselves. */

import { type Data, type Difference, differences, isRecord, type Step } from './diff.ts';
import type { KubernetesObject } from './manifest.ts';
import { type Ownership, ownedTrees, ownershipOf } from './owned-fields.ts';
import { ownName } from './ownership.ts';
import { redact } from './redact.ts';

/** What is shown in place of a secret value. */
export const hiddenValue = '(hidden)';

/** Kept for the program itself: they name its version and the answers, and mean nothing to the deployment. */
const isBookkeeping = (annotation: string): boolean => annotation.startsWith(`${ownName}/`);

const record = (value: unknown): Data => (isRecord(value) ? value : {});

const metadataOf = (object: unknown): Data => {
  const { labels, annotations } = record(record(object)['metadata']);
  const kept = Object.entries(record(annotations)).filter(([name]) => !isBookkeeping(name));
  return { labels: record(labels), annotations: Object.fromEntries(kept) };
};

/** Without status, and without metadata that nobody writes into a manifest. */
const essence = (object: unknown): Data => {
  const { status: _, metadata: _metadata, apiVersion: _version, kind: _kind, ...rest } = record(object);
  return { ...rest, metadata: metadataOf(object) };
};

const isItem = (item: unknown, { key, value }: { key: string; value: string | number }): boolean =>
  record(item)[key] === value;

const child = (value: unknown, step: Step): unknown => {
  if (typeof step === 'object')
    return Array.isArray(value) ? value.find(item => isItem(item, step)) : undefined;
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined;
  return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
};

/** Whether a manifest says something at the path, or something above it that is no record. */
const says = (manifest: unknown, path: readonly Step[]): boolean => {
  let at: unknown = manifest;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return at !== undefined;
    at = child(at, step);
  }
  return at !== undefined;
};

const isSecretValue = (kind: string, [first]: readonly Step[]): boolean =>
  kind === 'Secret' && (first === 'data' || first === 'stringData');

const sample = '0123456789abcdef';

/** Names whose value is nobody's business, as `HF_TOKEN`. */
const isSecretName = (name: unknown): boolean =>
  typeof name === 'string' && redact(`${name}=${sample}`) !== `${name}=${sample}`;

const discreetField = (owner: Data, name: string, value: unknown): unknown => {
  const secret = isSecretName(name) || (name === 'value' && isSecretName(owner['name']));
  return secret && typeof value === 'string' ? hiddenValue : discreetIn(value);
};

const discreetIn = (value: unknown): unknown => {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(discreetIn);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, discreetField(value, name, inner)]),
  );
};

/** Of a variable the name is known from the path. */
const isSecretAt = (path: readonly Step[]): boolean => {
  const [owner, last] = path.slice(-2);
  return isSecretName(last) || (last === 'value' && typeof owner === 'object' && isSecretName(owner.value));
};

const discreet =
  (kind: string) =>
  (found: Difference): Difference => {
    const { path, live, here } = found;
    const hide = (value: unknown): unknown => (value === undefined ? undefined : hiddenValue);
    if (isSecretValue(kind, path) || isSecretAt(path))
      return { ...found, live: hide(live), here: hide(here) };
    return { ...found, live: discreetIn(live), here: discreetIn(here) };
  };

/** The API server turns `stringData` into `data`. */
const stored = (manifest: Data): Data =>
  manifest['stringData'] === undefined
    ? manifest
    : { ...manifest, data: { ...record(manifest['data']), ...record(manifest['stringData']) } };

/** Amounts are texts or numbers, as they were written. */
const isSameAmount = ({ live, here }: Difference): boolean =>
  [live, here].every(value => typeof value === 'string' || typeof value === 'number') &&
  String(live) === String(here);

/** Without a dry run, a field that is missing in something owned as a whole is as likely a default of the API server. */
const mayBeDefault = ({ kind, path }: Difference, ownership: Ownership): boolean =>
  kind === 'removed' && ownership === 'whole' && typeof path.at(-1) === 'string';

/**
 * What applying `manifest` would change in `live`. `would` is what the API server says would come of it, null where it cannot be
 * asked. Fields that the manifest does not set count only where this program had set them. Secret values are hidden.
 */
export const driftOf = (live: unknown, would: unknown, manifest: KubernetesObject): Difference[] => {
  const [trees, said] = [ownedTrees(live), stored(essence(manifest))];
  const counts = (found: Difference): boolean => {
    if (isSameAmount(found)) return false;
    if (says(said, found.path)) return true;
    const ownership = ownershipOf(trees, found.path);
    return ownership !== 'none' && (would !== null || !mayBeDefault(found, ownership));
  };
  return differences(essence(live), would === null ? said : essence(would))
    .filter(counts)
    .map(discreet(manifest.kind));
};
