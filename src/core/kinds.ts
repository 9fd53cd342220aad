/** Where objects of a kind live in the API: what we emit from a table, anything else from what the API server serves. */

import type { ServedKind } from './cluster-facts.ts';
import type { KubernetesObject } from './manifest.ts';

/** Names one object. */
export type Ref = {
  readonly apiVersion: string;
  readonly kind: string;
  /** Null for cluster-wide objects. */
  readonly namespace: string | null;
  readonly name: string;
};

export type Place = { readonly plural: string; readonly namespaced: boolean };

const inNamespace = (plural: string): Place => ({ plural, namespaced: true });

/** By group and kind; the core group is empty. */
const known: Readonly<Record<string, Place>> = {
  '/Namespace': { plural: 'namespaces', namespaced: false },
  '/PersistentVolumeClaim': inNamespace('persistentvolumeclaims'),
  '/Secret': inNamespace('secrets'),
  '/ConfigMap': inNamespace('configmaps'),
  '/Service': inNamespace('services'),
  '/ServiceAccount': inNamespace('serviceaccounts'),
  '/Pod': inNamespace('pods'),
  'apps/Deployment': inNamespace('deployments'),
  'batch/Job': inNamespace('jobs'),
  'coordination.k8s.io/Lease': inNamespace('leases'),
  'monitoring.coreos.com/PodMonitor': inNamespace('podmonitors'),
  'nvidia.com/DynamoGraphDeployment': inNamespace('dynamographdeployments'),
};

/** `nvidia.com/v1alpha1` → `nvidia.com`; `v1` → the empty name of the core group. */
export const groupOf = (apiVersion: string): string => {
  const at = apiVersion.indexOf('/');
  return at < 0 ? '' : apiVersion.slice(0, at);
};

export const versionOf = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1);

/** Null for a kind that is neither in the table nor served as far as is known. */
export const placeOf = (apiVersion: string, kind: string, served: readonly ServedKind[]): Place | null => {
  const group = groupOf(apiVersion);
  const found = served.find(one => one.group === group && one.kind === kind);
  return known[`${group}/${kind}`] ?? found ?? null;
};

/** `/api/v1`, `/apis/batch/v1`. */
export const apiRoot = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

const collectionPath = (apiVersion: string, place: Place, namespace: string | null): string => {
  const space = place.namespaced && namespace !== null ? `/namespaces/${namespace}` : '';
  return `${apiRoot(apiVersion)}${space}/${place.plural}`;
};

export const objectPath = (ref: Ref, place: Place): string =>
  `${collectionPath(ref.apiVersion, place, ref.namespace)}/${encodeURIComponent(ref.name)}`;

export const refOf = ({ apiVersion, kind, metadata }: KubernetesObject): Ref => ({
  apiVersion,
  kind,
  namespace: metadata.namespace ?? null,
  name: metadata.name,
});

/** `Job chat-download-1a2b3c4d`. */
export const refText = ({ kind, name }: Pick<Ref, 'kind' | 'name'>): string => `${kind} ${name}`;

/** The same object in any version of its API. */
export const sameRef = (a: Ref, b: Ref): boolean =>
  a.kind === b.kind &&
  a.name === b.name &&
  a.namespace === b.namespace &&
  groupOf(a.apiVersion) === groupOf(b.apiVersion);
