/** The objects of a deployment: roles of pods, collections for a bundle, pages of metrics. */

import type { Collection, Inventory, MetricsPage } from '../../../core/inventory.ts';
import type { KubernetesObject } from '../../../core/manifest.ts';
import { ownSelector } from '../../../core/ownership.ts';
import { componentsOf } from './graph.ts';
import { deployedBy } from './probe/deployed.ts';
import { wordOnMetrics } from './probe/health.ts';

const graphLabel = 'nvidia.com/dynamo-graph-deployment-name';
const componentLabel = 'nvidia.com/dynamo-component';
const jobLabels = ['batch.kubernetes.io/job-name', 'job-name'] as const;
/** Each may hold the word that somebody types. */
const roleLabels = [
  componentLabel,
  'nvidia.com/dynamo-component-type',
  'nvidia.com/dynamo-sub-component-type',
] as const;

const download = 'model-download';

const isJobs = (labels: Readonly<Record<string, string>>): boolean =>
  jobLabels.some(label => labels[label] !== undefined);

const roleOf = ({ metadata }: KubernetesObject): string => {
  const labels = metadata.labels ?? {};
  const component = labels[componentLabel]?.toLowerCase();
  if (component !== undefined) return component;
  return isJobs(labels) ? download : (labels['app.kubernetes.io/component'] ?? 'other');
};

const plays = (pod: KubernetesObject, role: string): boolean => {
  const wanted = role.toLowerCase();
  const labels = pod.metadata.labels ?? {};
  if (roleOf(pod) === download) return ['download', download].includes(wanted);
  return roleLabels.some(label => labels[label]?.toLowerCase() === wanted) || roleOf(pod) === wanted;
};

const operators = (name: string): string => `${graphLabel}=${name}`;

const all = (file: string, group: string, version: string | null, selector: string | null): Collection => ({
  file,
  group,
  version,
  plural: file,
  labelSelector: selector,
});

/** Who made what differs by release and manifest, so whole kinds of a namespace are taken where nothing tells them apart. */
const collections = (name: string): Collection[] => {
  const made = operators(name);
  return [
    all('dynamocomponentdeployments', 'nvidia.com', null, made),
    all('dynamographdeploymentscalingadapters', 'nvidia.com', null, null),
    all('podcliquesets', 'grove.io', null, null),
    all('podcliques', 'grove.io', null, null),
    all('leaderworkersets', 'leaderworkerset.x-k8s.io', null, null),
    all('pods', '', 'v1', made),
    { ...all('pods', '', 'v1', ownSelector(name)), file: 'pods-of-jobs' },
    all('deployments', 'apps', 'v1', made),
    all('replicasets', 'apps', 'v1', made),
    all('statefulsets', 'apps', 'v1', made),
    all('jobs', 'batch', 'v1', ownSelector(name)),
    all('services', '', 'v1', null),
    all('endpointslices', 'discovery.k8s.io', 'v1', null),
    all('persistentvolumeclaims', '', 'v1', null),
    all('configmaps', '', 'v1', ownSelector(name)),
    all('serviceaccounts', '', 'v1', null),
    all('resourcequotas', '', 'v1', null),
    all('limitranges', '', 'v1', null),
    all('networkpolicies', 'networking.k8s.io', 'v1', null),
    all('events', '', 'v1', null),
  ];
};

/** Port of the frontend's own pages in every release, and of every worker's. */
const frontendPort = 8000;
const systemPort = 9090;

const isFrontend = ({ type, name }: { readonly type: string; readonly name: string }): boolean =>
  type === 'frontend' || (type === '' && name.toLowerCase() === 'frontend');

const pages = (graph: KubernetesObject): MetricsPage[] =>
  componentsOf(graph).map(component => ({
    component: component.name,
    port: isFrontend(component) ? frontendPort : systemPort,
  }));

const onlyBefore = ['permissions', 'namespace', 'name-taken', 'object-taken', 'other-model'] as const;

const served = (graph: KubernetesObject): readonly string[] =>
  deployedBy(graph, graph.metadata.name, graph.metadata.namespace ?? '').served;

export const inventory: Inventory = {
  roleOf,
  plays,
  served,
  onlyBefore,
  collections,
  pages,
  readPages: wordOnMetrics,
};
