/** Owns the names and labels of what the operator makes. */

import { createHash } from 'node:crypto';
import { type Graph, isWorker, type Service, typeOf } from './graph.ts';
import type { Traits } from './release.ts';

/** The Dynamo namespace of a graph. */
export function dynamoNamespace(graph: Graph, traits: Traits): string {
  const name = `${graph.namespace}-${graph.name}`;
  return traits.hashes ? name.replaceAll('.', '-') : name;
}

/** Eight hex digits over what the pod templates of all workers are made of; the number of replicas is not part of it. */
export function workerHash(graph: Graph): string {
  const workers = graph.components
    .filter(component => isWorker(component.service))
    .map(({ name, service }) => ({ name, service: { ...service, replicas: undefined } }));
  return createHash('sha256')
    .update(JSON.stringify([graph.spec.envs ?? [], workers]))
    .digest('hex')
    .slice(0, 8);
}

/** The name of the component's DynamoComponentDeployment and of its Deployment. */
export function childName(graph: Graph, component: string, service: Service, traits: Traits): string {
  const base = `${graph.name}-${component.toLowerCase()}`;
  return traits.hashes && isWorker(service) ? `${base}-${workerHash(graph)}` : base;
}

/** Labels of the component's objects, without those only pods have. */
export function objectLabels(
  graph: Graph,
  component: string,
  service: Service,
  traits: Traits,
): Record<string, string> {
  return {
    'nvidia.com/dynamo-graph-deployment-name': graph.name,
    'nvidia.com/dynamo-component': component,
    'nvidia.com/dynamo-namespace': dynamoNamespace(graph, traits),
    ...(traits.typedRoles && roleLabel(service)),
    ...(traits.hashes && isWorker(service) && { 'nvidia.com/dynamo-worker-hash': workerHash(graph) }),
  };
}

/** Labels of the component's pods. */
export function podLabels(
  graph: Graph,
  component: string,
  service: Service,
  traits: Traits,
): Record<string, string> {
  const type = typeOf(service, traits.typedRoles);
  return {
    ...service.extraPodMetadata?.labels,
    ...objectLabels(graph, component, service, traits),
    ...roleLabel(service),
    ...(type && { 'nvidia.com/dynamo-component-type': type }),
    'nvidia.com/selector': childName(graph, component, service, traits),
    'nvidia.com/metrics-enabled': 'true',
  };
}

function roleLabel(service: Service): Record<string, string> {
  const role = service.subComponentType;
  return role ? { 'nvidia.com/dynamo-sub-component-type': role } : {};
}
