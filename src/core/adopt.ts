/** Puts manifests from elsewhere under this program's name: the labels it finds its own objects by, and a namespace. */

import type { Labels } from './cluster-facts.ts';
import type { Finding } from './finding.ts';
import { refText } from './kinds.ts';
import type { KubernetesObject } from './manifest.ts';
import { managedByLabel, ownLabels, ownName } from './ownership.ts';
import { listed } from './text.ts';

/** Cluster-wide kinds that come along with manifests: they belong to no namespace and to nobody's deployment. */
const clusterWide: readonly string[] = [
  'Namespace',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
];

/** Deployments may share them, so they belong to no instance. */
const shared: readonly string[] = ['PersistentVolumeClaim', 'Secret'];

/** The same with a namespace, where it names none and lives in one. */
export const inNamespace = (object: KubernetesObject, namespace: string): KubernetesObject =>
  object.metadata.namespace !== undefined || clusterWide.includes(object.kind)
    ? object
    : { ...object, metadata: { ...object.metadata, namespace } };

const wanted = ({ kind, metadata: { labels = {} } }: KubernetesObject, name: string): Labels => {
  const role = labels['app.kubernetes.io/component'] ?? (shared.includes(kind) ? 'shared' : 'deployment');
  return ownLabels(role, shared.includes(kind) ? null : name);
};

type Adopted = {
  readonly object: KubernetesObject;
  /** Labels that were added or changed. */
  readonly added: Labels;
  /** Who manages it by its own label; null when nobody says so. */
  readonly manager: string | null;
};

const adoptOne = (object: KubernetesObject, name: string): Adopted => {
  const { labels = {} } = object.metadata;
  const manager = labels[managedByLabel];
  if (manager === ownName || clusterWide.includes(object.kind)) return { object, added: {}, manager: null };
  if (manager !== undefined) return { object, added: {}, manager };
  const mine = wanted(object, name);
  const added = Object.fromEntries(Object.entries(mine).filter(([key, value]) => labels[key] !== value));
  const metadata = { ...object.metadata, labels: { ...labels, ...mine } };
  return { object: { ...object, metadata }, added, manager: null };
};

const sentenceOf = (adopted: readonly Adopted[]): Finding[] => {
  const changed = adopted.filter(({ added }) => Object.keys(added).length > 0);
  if (changed.length === 0) return [];
  const labels = [...new Set(changed.flatMap(({ added }) => Object.keys(added)))].map(
    key => key.split('/').at(-1) ?? key,
  );
  const objects = changed.map(({ object: { kind, metadata } }) => refText({ kind, name: metadata.name }));
  return [
    {
      rule: 'labels-added',
      level: 'info',
      path: '',
      message: `The ownership labels ${listed(labels)} (app.kubernetes.io/…) are added to ${listed(objects)}; the file stays as it is.`,
      hint: '',
    },
  ];
};

const othersOf = (adopted: readonly Adopted[]): Finding[] =>
  adopted
    .filter(({ manager }) => manager !== null)
    .map(({ object: { kind, metadata }, manager }) => ({
      rule: 'labels-of-others',
      level: 'warning',
      path: '',
      message: `${refText({ kind, name: metadata.name })} is labelled as managed by ${manager}, so this program would apply it and never find it again.`,
      hint: `Leave the label ${managedByLabel} out of the manifest, or apply it with ${manager}.`,
    }));

/** Every manifest that is nobody's gets the labels of the deployment `name`; what another tool claims is left alone and told. */
export const adopt = (
  objects: readonly KubernetesObject[],
  name: string,
): { readonly objects: readonly KubernetesObject[]; readonly findings: readonly Finding[] } => {
  const adopted = objects.map(object => adoptOne(object, name));
  return {
    objects: adopted.map(({ object }) => object),
    findings: [...sentenceOf(adopted), ...othersOf(adopted)],
  };
};
