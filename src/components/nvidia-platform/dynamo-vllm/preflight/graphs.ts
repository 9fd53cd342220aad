/** Reads existing deployments: whose they are, which model they serve, and who manages them. */

import type { Labels } from '../../../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import { listed } from '../../../../core/text.ts';
import { argument, type Component, componentsOf, wordsIn } from '../graph.ts';
import { managedBy } from '../labels.ts';
import { list, record, text } from './podspec.ts';

const fieldManager = managedBy;

/** Made by this program for a deployment of this name. */
export const isOurs = (labels: Labels | undefined, name: string): boolean =>
  labels?.['app.kubernetes.io/managed-by'] === managedBy && labels['app.kubernetes.io/instance'] === name;

/** A folder on a claim ends in the id of its model: `/opt/models/Qwen/Qwen3-8B`. */
export const modelOfPath = (path: string): string =>
  path.startsWith('/') ? path.split('/').filter(Boolean).slice(-2).join('/') : path;

const modelOfComponent = (component: Component): string | undefined => {
  const words = wordsIn(component);
  const path = argument(words, '--model') ?? argument(words, '--model-path');
  return path === undefined ? undefined : modelOfPath(path);
};

/** Id of the model that a deployment serves; null when its arguments do not tell. */
export const modelOf = (graph: KubernetesObject): string | null =>
  componentsOf(graph)
    .map(modelOfComponent)
    .find(model => model !== undefined) ?? null;

type Metadata = { readonly labels?: Labels; readonly annotations?: Labels };

const toolOf = ({ labels = {}, annotations = {} }: Metadata): string | null => {
  const keys = [...Object.keys(labels), ...Object.keys(annotations)];
  if (keys.some(key => key.startsWith('argocd.argoproj.io/'))) return 'Argo CD';
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined) return `the Helm release ${release}`;
  const kustomization = labels['kustomize.toolkit.fluxcd.io/name'];
  if (kustomization !== undefined) return `the Flux Kustomization ${kustomization}`;
  const helm = labels['helm.toolkit.fluxcd.io/name'];
  if (helm !== undefined) return `the Flux HelmRelease ${helm}`;
  const manager = labels['app.kubernetes.io/managed-by'];
  return manager === undefined || manager === managedBy ? null : manager;
};

const knownManagers: Readonly<Record<string, string>> = {
  'argocd-controller': 'Argo CD',
  'kustomize-controller': 'Flux',
  'helm-controller': 'Flux',
  helm: 'Helm',
};

const named = (managers: readonly string[]): string | null => {
  const known = managers.map(manager => knownManagers[manager]).find(manager => manager !== undefined);
  return known ?? (managers.length === 0 ? null : listed(managers));
};

/** Who manages an object, by what deployment tools leave on it, else by its field managers; null when nothing tells. */
export const managerOf = (metadata: Metadata, managers: readonly string[]): string | null =>
  toolOf(metadata) ?? named(managers);

/** Field managers of an object as the API server gave it, without this program and the operator. */
export const managersOf = (object: KubernetesObject): string[] => [
  ...new Set(
    list(record(object.metadata)['managedFields'])
      .map(entry => text(record(entry)['manager']))
      .filter(manager => manager !== '' && manager !== fieldManager && manager !== 'manager'),
  ),
];

export const isDeleting = (object: KubernetesObject): boolean =>
  record(object.metadata)['deletionTimestamp'] !== undefined;

/** Names of the objects that the operator makes for a deployment's components, before any hash. */
export const childNames = (graph: KubernetesObject): { name: string; hashed: boolean }[] =>
  componentsOf(graph).map(component => ({
    name: `${graph.metadata.name}-${component.name.toLowerCase()}`,
    hashed: ['worker', 'prefill', 'decode'].includes(component.type),
  }));
