/**
 * STAND-IN: this is not NVIDIA's Dynamo operator. It makes of a DynamoGraphDeployment what the real operators of the releases
 * 0.8.1 to 1.5 were seen to make, as far as an installer can notice, and nothing else.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Api, ApiProblem, type KubeObject } from '../api/client.ts';
import { recordEvent } from '../api/events.ts';
import { type Collection, follow, keyOf } from '../api/follow.ts';
import { ignoreMissing, type Objects } from '../api/objects.ts';
import { createQueue, type Queue } from '../api/queue.ts';
import { COMPONENT_API } from './children.ts';
import { type Graph, type Loose, readGraph, type Service } from './graph.ts';
import { type Maker, makeChildren, SOURCE, warn } from './makeChildren.ts';
import { childName, workerHash } from './names.ts';
import type { Traits } from './release.ts';
import { type Numbers, rolloutNumbers } from './rollout.ts';
import { isReady, partConditions, type Seen, statusOf } from './status.ts';

/** How the stand-in is to behave. */
export type OperatorSettings = {
  readonly traits: Traits;
  /** Namespaces it looks at; all when absent. */
  readonly namespaces?: readonly string[] | undefined;
};

const FINALIZER = 'nvidia.com/finalizer';
const DEPLOYMENT_LABEL = 'nvidia.com/dynamo-graph-deployment-name';

type Operator = OperatorSettings &
  Maker & {
    graphs: Collection;
    parts: Collection;
    deployments: Collection;
  };

/** Starts reconciling; ends when the signal fires. */
export async function startOperator(
  api: Api,
  objects: Objects,
  settings: OperatorSettings,
  signal: AbortSignal,
): Promise<void> {
  const none: Collection = { items: new Map(), ready: Promise.resolve() };
  const operator: Operator = {
    ...settings,
    api,
    objects,
    applied: new Map(),
    graphs: none,
    parts: none,
    deployments: none,
  };
  const queue = createQueue(
    key => reconcile(operator, key),
    (key, error) => void tellFailure(operator, key, error),
  );
  const labelled = `?labelSelector=${encodeURIComponent(DEPLOYMENT_LABEL)}`;
  const path = `/apis/nvidia.com/${settings.traits.stored}/dynamographdeployments`;
  operator.parts = follow(api, `/apis/${COMPONENT_API}/dynamocomponentdeployments`, signal, part => {
    if (part.metadata.deletionTimestamp) void dropFinalizer(objects, part).catch(() => {});
    addParent(queue, part);
  });
  operator.deployments = follow(api, `/apis/apps/v1/deployments${labelled}`, signal, each =>
    addParent(queue, each),
  );
  await Promise.all([operator.parts.ready, operator.deployments.ready]);
  operator.graphs = follow(api, path, signal, graph => queue.add(keyOf(graph)));
  signal.addEventListener('abort', () => queue.stop(), { once: true });
  await operator.graphs.ready;
}

function addParent(queue: Queue, child: KubeObject): void {
  const name = child.metadata.labels?.[DEPLOYMENT_LABEL];
  if (name) queue.add(`${child.metadata.namespace}/${name}`);
}

async function reconcile(operator: Operator, key: string): Promise<void> {
  const object = operator.graphs.items.get(key);
  if (!object || !watches(operator, object)) return;
  if (object.metadata.deletionTimestamp) {
    await dropFinalizer(operator.objects, object);
    return;
  }
  if (!object.metadata.finalizers?.includes(FINALIZER)) {
    await addFinalizer(operator, object);
    return;
  }
  const graph = readGraph(object);
  await noticeLate(operator, graph);
  await writeHash(operator, graph);
  const error = await makeChildren(
    operator,
    graph,
    (name, service) => numbersOf(operator, graph, name, service).fresh,
  );
  await shrinkOldWorkers(operator, graph);
  const seen = graph.components.map(({ name }) => see(operator, graph, name));
  const status = statusOf(graph, seen, operator.traits, error);
  await writeStatus(operator, graph, status);
  await tellRolling(operator, graph, status);
  for (const each of seen) await writePartStatus(operator, graph, each);
  await endOldWorkers(operator, seen);
  if (error !== undefined) throw new Error(error);
}

const NOTICE_MS = 100;

// A change is not seen at once: for a moment the old status stands beside the new generation. 1.0 and 1.1 write the new
// observedGeneration first and the new state after it, so that "successful" can be wrong even then.
async function noticeLate({ objects, traits }: Operator, graph: Graph): Promise<void> {
  const { status } = graph.object;
  const changed = status?.observedGeneration !== undefined && status.observedGeneration !== graph.generation;
  if (!changed) return;
  await sleep(NOTICE_MS);
  if (!traits.observesFirst) return;
  await ignoreMissing(objects.mergeStatus(graph.object, { observedGeneration: graph.generation }));
  await sleep(NOTICE_MS);
}

async function tellRolling({ api, traits }: Operator, graph: Graph, status: Loose): Promise<void> {
  const before = (graph.object.status?.rollingUpdate as Loose | undefined)?.phase;
  const now = (status.rollingUpdate as Loose | undefined)?.phase;
  if (!traits.hashes || now === undefined || now === before) return;
  const reason = now === 'Completed' ? 'RollingUpdateCompleted' : 'RollingUpdateStarted';
  const message = now === 'Completed' ? 'Rolling update completed' : 'Rolling update started';
  await recordEvent(api, { about: graph.object, type: 'Normal', reason, message, source: SOURCE });
}

async function writePartStatus(
  { objects, parts, traits }: Operator,
  graph: Graph,
  seen: Seen,
): Promise<void> {
  const part = parts.items.get(`${graph.namespace}/${seen.child}`);
  if (!part || part.metadata.deletionTimestamp) return;
  const conditions = partConditions(part, isReady(seen), traits);
  if (isDeepStrictEqual(part.status?.conditions, conditions)) return;
  await ignoreMissing(objects.mergeStatus({ ...part, apiVersion: COMPONENT_API }, { conditions }));
}

function watches(operator: Operator, object: KubeObject): boolean {
  return !operator.namespaces || operator.namespaces.includes(object.metadata.namespace ?? '');
}

function see(operator: Operator, graph: Graph, component: string): Seen {
  const service = graph.spec.services?.[component] ?? {};
  const child = childName(graph, component, service, operator.traits);
  const mine = [...operator.deployments.items.values()].filter(
    each =>
      each.metadata.namespace === graph.namespace &&
      each.metadata.labels?.[DEPLOYMENT_LABEL] === graph.name &&
      each.metadata.labels['nvidia.com/dynamo-component'] === component,
  );
  return {
    component,
    child,
    deployment: newer(
      mine.find(each => each.metadata.name === child),
      operator.applied.get(`${graph.namespace}/${child}`),
    ),
    old: mine.filter(each => each.metadata.name !== child && !each.metadata.deletionTimestamp),
    desired: service.replicas ?? 1,
  };
}

function newer(watched: KubeObject | undefined, applied: KubeObject | undefined): KubeObject | undefined {
  if (!watched || !applied || watched.metadata.uid !== applied.metadata.uid) return watched ?? applied;
  return (applied.metadata.generation ?? 0) > (watched.metadata.generation ?? 0) ? applied : watched;
}

// While one generation of workers takes over from another, each has only some of its pods.
function numbersOf(operator: Operator, graph: Graph, component: string, service: Service): Numbers {
  const { deployment, old } = see(operator, graph, component);
  return rolloutNumbers(service, deployment, old);
}

async function shrinkOldWorkers(operator: Operator, graph: Graph): Promise<void> {
  for (const { name, service } of graph.components) {
    const { old } = see(operator, graph, name);
    const numbers = numbersOf(operator, graph, name, service);
    for (const each of old) {
      const replicas = numbers.old.get(each.metadata.name) ?? 0;
      if (replicas === each.spec?.replicas) continue;
      const path = await operator.objects.path({ ...each, apiVersion: 'apps/v1', kind: 'Deployment' });
      await ignoreMissing(
        operator.api.send('PATCH', path, { spec: { replicas } }, 'application/merge-patch+json'),
      );
    }
  }
}

// A changed worker template makes new objects; the old ones go when the new pods are ready.
async function endOldWorkers(operator: Operator, seen: readonly Seen[]): Promise<void> {
  if (!seen.every(isReady)) return;
  for (const old of seen.flatMap(each => each.old)) {
    await operator.objects.remove({
      apiVersion: COMPONENT_API,
      kind: 'DynamoComponentDeployment',
      metadata: { name: old.metadata.name, namespace: old.metadata.namespace ?? '' },
    });
  }
}

async function writeStatus(operator: Operator, graph: Graph, status: Loose): Promise<void> {
  if (isDeepStrictEqual(graph.object.status, JSON.parse(JSON.stringify(status)))) return;
  await ignoreMissing(operator.objects.mergeStatus(graph.object, status));
}

// From 1.0.2 on the workers' hash stands on the deployment, under a name that changed over time.
async function writeHash({ objects, traits }: Operator, graph: Graph): Promise<void> {
  const names = traits.hashAnnotations.map(name => `nvidia.com/current-worker-hash${name}`);
  const hash = workerHash(graph);
  if (names.every(name => graph.object.metadata.annotations?.[name] === hash)) return;
  const annotations = Object.fromEntries(names.map(name => [name, hash]));
  await ignoreMissing(objects.mergeMetadata(graph.object, { annotations }));
}

async function addFinalizer({ api, objects, traits }: Operator, object: KubeObject): Promise<void> {
  const patch = {
    metadata: { finalizers: [...(object.metadata.finalizers ?? []), FINALIZER] },
    ...(traits.rewritesSpec && { spec: { services: filledIn(object) } }),
  };
  await api.send('PATCH', await objects.path(object), patch, 'application/merge-patch+json');
}

// Up to 0.9.1 writing the finalizer also wrote empty members into mainContainer, which made it generation 2.
function filledIn(object: KubeObject): Loose {
  const entries = Object.entries((object.spec?.services ?? {}) as Record<string, Loose>);
  const filled = entries.flatMap(([name, service]) => {
    const main = (service.extraPodSpec as { mainContainer?: Loose } | undefined)?.mainContainer;
    if (!main) return [];
    return [
      [name, { extraPodSpec: { mainContainer: { name: main.name ?? '', resources: main.resources ?? {} } } }],
    ];
  });
  return Object.fromEntries(filled) as Loose;
}

async function dropFinalizer(objects: Objects, object: KubeObject): Promise<void> {
  const finalizers = (object.metadata.finalizers ?? []).filter(each => each !== FINALIZER);
  if (finalizers.length === (object.metadata.finalizers ?? []).length) return;
  const apiVersion = object.kind === 'DynamoComponentDeployment' ? COMPONENT_API : object.apiVersion;
  await ignoreMissing(patchFinalizers(objects, { ...object, apiVersion }, finalizers));
}

async function patchFinalizers(
  objects: Objects,
  object: KubeObject,
  finalizers: string[],
): Promise<KubeObject> {
  return objects.mergeMetadata(object, { finalizers, resourceVersion: object.metadata.resourceVersion });
}

async function tellFailure(operator: Operator, key: string, error: unknown): Promise<void> {
  const about = operator.graphs.items.get(key);
  if (!about || (error instanceof ApiProblem && error.code === 404)) return;
  await warn(operator, about, error instanceof Error ? error.message : String(error));
}
