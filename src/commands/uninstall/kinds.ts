/** The kinds among which a deployment's objects are looked for, and where each lives. */

import type { SurveyAsk } from '../../core/cluster-facts.ts';
import { apiRoot, type Ref } from '../../core/kinds.ts';

export type Kind = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** `own`: only what carries the deployment's labels. `all`: others are read too, for they may use what is shared. */
  readonly read: 'own' | 'all';
  /** Without it the plan could be wrong; others are passed over when they may not be read or are not served. */
  readonly needed: boolean;
  /** Values must not be read. */
  readonly metadataOnly?: true;
};

const all = (apiVersion: string, kind: string, plural: string): Kind => ({
  apiVersion,
  kind,
  plural,
  read: 'all',
  needed: true,
});
const own = (apiVersion: string, kind: string, plural: string, needed = false): Kind => ({
  apiVersion,
  kind,
  plural,
  read: 'own',
  needed,
});

/** What this program writes, and what people add to manifests that it applies. */
export const builtIn: readonly Kind[] = [
  all('v1', 'Pod', 'pods'),
  all('batch/v1', 'Job', 'jobs'),
  all('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'),
  { ...all('v1', 'Secret', 'secrets'), needed: false, metadataOnly: true },
  own('v1', 'ConfigMap', 'configmaps', true),
  own('monitoring.coreos.com/v1', 'PodMonitor', 'podmonitors'),
  own('monitoring.coreos.com/v1', 'ServiceMonitor', 'servicemonitors'),
  own('v1', 'Service', 'services'),
  own('v1', 'ServiceAccount', 'serviceaccounts'),
  own('apps/v1', 'Deployment', 'deployments'),
  own('apps/v1', 'StatefulSet', 'statefulsets'),
  own('batch/v1', 'CronJob', 'cronjobs'),
  own('networking.k8s.io/v1', 'Ingress', 'ingresses'),
  own('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  own('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  own('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  own('rbac.authorization.k8s.io/v1', 'Role', 'roles'),
  own('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
];

/** Of a kind in a namespace. */
export const collectionOf = (
  { apiVersion, plural }: Pick<Kind, 'apiVersion' | 'plural'>,
  namespace: string,
): string => `${apiRoot(apiVersion)}/namespaces/${namespace}/${plural}`;

/** Where an object of one of these kinds, or a graph, lives. */
export const pathOf = ({ apiVersion, kind, namespace, name }: Ref, graph: SurveyAsk['graph']): string => {
  const known = builtIn.find(one => one.apiVersion === apiVersion && one.kind === kind);
  const plural = known?.plural ?? graph.plural;
  return `${collectionOf({ apiVersion, plural }, namespace ?? '')}/${encodeURIComponent(name)}`;
};
