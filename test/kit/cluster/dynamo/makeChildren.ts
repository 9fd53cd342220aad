/** Owns making everything that belongs to a deployment, and saying what was made and what was refused. */

import { type Api, ApiProblem, type KubeObject } from '../api/client.ts';
import { recordEvent } from '../api/events.ts';
import { keyOf } from '../api/follow.ts';
import type { Objects } from '../api/objects.ts';
import { claims, componentDeployment, deployment, graphChildren, services } from './children.ts';
import type { Graph, Service } from './graph.ts';
import type { Traits } from './release.ts';

/** What is needed to make things. */
export type Maker = {
  readonly api: Api;
  readonly objects: Objects;
  readonly traits: Traits;
  /** Deployments as they were answered when written: newer than what a watch knows for a moment. */
  readonly applied: Map<string, KubeObject>;
};

/** How many pods a component may have now. */
export type Allowed = (name: string, service: Service) => number;

/** Who the operator's objects and events are from. */
const MANAGER = 'dynamo-operator-stand-in';
export const SOURCE = 'dynamographdeployment';

/** Makes all of it; returns what makes the deployment failed, if anything does. */
export async function makeChildren(
  operator: Maker,
  graph: Graph,
  allowed: Allowed,
): Promise<string | undefined> {
  const { objects } = operator;
  try {
    for (const child of [...graphChildren(graph), ...claims(graph)]) {
      if (await ensure(objects, child)) await tellCreated(operator, graph, child);
    }
    const missing = await missingClaim(objects, graph);
    if (missing !== undefined) return missing;
    if (graph.components.some(each => (each.service.multinode?.nodeCount ?? 1) > 1)) return NO_ORCHESTRATOR;
    for (const { name, service } of graph.components)
      await makeComponent(operator, graph, name, service, allowed(name, service));
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return `failed to reconcile the resources: ${error.message}`;
  }
}

const NO_ORCHESTRATOR =
  'failed to reconcile Dynamo components deployments: no multinode orchestrator available';

function isRefusal(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && error.code !== 409 && error.code < 500;
}

async function makeComponent(
  operator: Maker,
  graph: Graph,
  name: string,
  service: Service,
  replicas: number,
): Promise<void> {
  const { objects, traits } = operator;
  const part = await objects.apply(componentDeployment(graph, name, service, traits), MANAGER);
  try {
    const made = await objects.apply(deployment(graph, name, service, part, traits, replicas), MANAGER);
    operator.applied.set(keyOf(made), made);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // A refused Deployment leaves the graph pending, not failed: the error is told on the component only.
    await warn(operator, part, error.message);
  }
  for (const each of services(graph, name, service, part, traits)) await objects.apply(each, MANAGER);
}

async function missingClaim(objects: Objects, graph: Graph): Promise<string | undefined> {
  for (const claim of (graph.spec.pvcs ?? []).filter(each => !each.create)) {
    const metadata = { name: claim.name ?? '', namespace: graph.namespace };
    const found = await objects.read({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata });
    if (!found) return `failed to reconcile top-level PVCs: PersistentVolumeClaim "${claim.name}" not found`;
  }
  return undefined;
}

/** Whether it was made just now. */
async function ensure(objects: Objects, child: KubeObject): Promise<boolean> {
  try {
    await objects.create(child);
    return true;
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 409) return false;
    throw error;
  }
}

// Up to 0.9.1 the deployment itself hears of everything that is made for it, later the made object does.
async function tellCreated({ api, traits }: Maker, graph: Graph, child: KubeObject): Promise<void> {
  const { kind } = child;
  const reason = `Create${kind}`;
  if (traits.hashes) {
    const message = `Created ${kind} ${child.metadata.name}`;
    await recordEvent(api, { about: child, type: 'Normal', reason, message, source: SOURCE });
    return;
  }
  for (const message of [`Creating a new ${kind} ${graph.namespace}`, `Created ${kind} ${graph.namespace}`]) {
    await recordEvent(api, { about: graph.object, type: 'Normal', reason, message, source: SOURCE });
  }
}

/** A ReconcileError about an object. */
export async function warn(operator: Maker, about: KubeObject, message: string): Promise<void> {
  const source = about.kind.toLowerCase();
  await recordEvent(operator.api, { about, type: 'Warning', reason: 'ReconcileError', message, source });
}
