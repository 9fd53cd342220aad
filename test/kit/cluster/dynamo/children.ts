/** Owns the objects that the operator makes for a deployment, as plain data. */

import type { KubeObject, OwnerReference } from '../api/client.ts';
import { type Graph, isWorker, type Loose, type Service } from './graph.ts';
import { childName, objectLabels, podLabels, workerHash } from './names.ts';
import { podTemplate } from './podTemplate.ts';
import type { Traits } from './release.ts';

/** The API version of DynamoComponentDeployments. */
export const COMPONENT_API = 'nvidia.com/v1alpha1';
const RBAC = 'rbac.authorization.k8s.io';

/** What belongs to the whole graph: its service account with rights, the planner's, and the claims it asks for. */
export function graphChildren(graph: Graph): KubeObject[] {
  const name = `${graph.name}-k8s-service-discovery`;
  const { namespace } = graph;
  const metadata = (child: string) => ({ name: child, namespace, ownerReferences: [owner(graph.object)] });
  const labels = { 'nvidia.com/dynamo-graph-deployment-name': graph.name };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...metadata(name), labels } },
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: metadata(`${name}-role`), rules: DISCOVERY_RULES },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: metadata(`${name}-binding`),
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
      roleRef: { apiGroup: RBAC, kind: 'Role', name: `${name}-role` },
    },
    // These two have no owner and stay when the deployment goes.
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'planner-serviceaccount', namespace } },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'planner-serviceaccount-binding', namespace },
      subjects: [{ kind: 'ServiceAccount', name: 'planner-serviceaccount', namespace }],
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'dynamo-platform-dynamo-operator-planner' },
    },
  ];
}

const DISCOVERY_RULES = [
  { apiGroups: [''], resources: ['endpoints', 'pods'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['nvidia.com'], resources: ['dynamoworkermetadatas'], verbs: ['*'] },
];

/** The claims to make; one that exists already is left as it is. */
export function claims(graph: Graph): KubeObject[] {
  return (graph.spec.pvcs ?? [])
    .filter(claim => claim.create)
    .map(claim => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: claim.name ?? '',
        namespace: graph.namespace,
        ownerReferences: [owner(graph.object)],
      },
      spec: {
        accessModes: [claim.volumeAccessMode],
        storageClassName: claim.storageClass,
        resources: { requests: { storage: claim.size } },
      },
    }));
}

/** The DynamoComponentDeployment of one component. */
export function componentDeployment(
  graph: Graph,
  name: string,
  service: Service,
  traits: Traits,
): KubeObject {
  return {
    apiVersion: COMPONENT_API,
    kind: 'DynamoComponentDeployment',
    metadata: {
      name: childName(graph, name, service, traits),
      namespace: graph.namespace,
      labels: objectLabels(graph, name, service, traits),
      finalizers: ['nvidia.com/finalizer'],
      ownerReferences: [owner(graph.object)],
    },
    spec: { ...service, serviceName: name, backendFramework: graph.spec.backendFramework },
  };
}

/** The Deployment behind a DynamoComponentDeployment; fewer replicas than wanted while it takes over from another. */
export function deployment(
  graph: Graph,
  name: string,
  service: Service,
  parent: KubeObject,
  traits: Traits,
  replicas: number,
): KubeObject {
  const child = childName(graph, name, service, traits);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...owned(child, graph, parent), labels: objectLabels(graph, name, service, traits) },
    spec: {
      replicas,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { 'nvidia.com/selector': child } },
      strategy: strategyOf(service.annotations ?? {}),
      template: podTemplate(graph, name, service, traits),
    },
  };
}

function strategyOf(annotations: Record<string, string>): Loose {
  if (annotations['nvidia.com/deployment-strategy'] === 'Recreate') return { type: 'Recreate' };
  const maxSurge = amount(annotations['nvidia.com/deployment-rolling-update-max-surge']);
  const maxUnavailable = amount(annotations['nvidia.com/deployment-rolling-update-max-unavailable']);
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
}

function amount(text = '25%'): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** The Services of a component: none for a component that is neither frontend nor worker. */
export function services(
  graph: Graph,
  name: string,
  service: Service,
  parent: KubeObject,
  traits: Traits,
): KubeObject[] {
  const frontend = service.componentType === 'frontend';
  if (!frontend && !isWorker(service)) return [];
  const labels = podLabels(graph, name, service, traits);
  const pick = [
    'dynamo-component-type',
    'dynamo-namespace',
    ...(traits.selectsComponent ? ['dynamo-component'] : []),
  ];
  const hash =
    traits.hashes && isWorker(service) ? { 'nvidia.com/dynamo-worker-hash': workerHash(graph) } : {};
  const selector = {
    ...Object.fromEntries(pick.map(key => [`nvidia.com/${key}`, labels[`nvidia.com/${key}`] ?? ''])),
    ...hash,
  };
  const port = frontend ? { name: 'http', port: 8000 } : { name: 'system', port: 9090 };
  const child = childName(graph, name, service, traits);
  const base = traits.hashes ? child.replaceAll('.', '-') : child;
  const make = (suffix: string, more: Record<string, string>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...owned(base + suffix, graph, parent),
      labels: {
        ...objectLabels(graph, name, service, traits),
        'nvidia.com/dynamo-discovery-backend': 'kubernetes',
        'nvidia.com/dynamo-discovery-enabled': 'true',
      },
    },
    spec: {
      type: 'ClusterIP',
      selector: { ...selector, ...more },
      ports: [{ ...port, targetPort: port.name }],
    },
  });
  if (!traits.debugServices) return [make('', {})];
  return [make('', {}), make('-p', {}), make('-d', { 'nvidia.com/dynamo-deployment-target-type': 'debug' })];
}

function owned(name: string, graph: Graph, parent: KubeObject): KubeObject['metadata'] {
  return { name, namespace: graph.namespace, ownerReferences: [owner(parent)] };
}

function owner(object: KubeObject): OwnerReference {
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    uid: object.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}
