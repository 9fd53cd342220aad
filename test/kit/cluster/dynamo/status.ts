/** Owns the status the operator keeps on a deployment. */

import type { KubeObject } from '../api/client.ts';
import type { Graph, Loose } from './graph.ts';
import type { Traits } from './release.ts';

/** What the stand-in knows of one component. */
export type Seen = {
  readonly component: string;
  /** The name of its Deployment. */
  readonly child: string;
  /** The Deployment, when it exists. */
  readonly deployment: KubeObject | undefined;
  /** Deployments of an earlier worker template that still run. */
  readonly old: readonly KubeObject[];
  readonly desired: number;
};

/** The whole status; `error` is what kept the operator from making the children. */
export function statusOf(
  graph: Graph,
  seen: readonly Seen[],
  traits: Traits,
  error: string | undefined,
): Loose {
  const rolling = seen.some(each => each.old.length > 0);
  const waiting = seen.filter(each => !isReady(each));
  const [state, reason, message] = verdict(waiting, rolling, error);
  const word = traits.stored === 'v1beta1' ? 'components' : 'services';
  const status = reason === 'all_resources_are_ready' ? 'True' : 'False';
  const condition = { type: 'Ready', status, reason, message, lastTransitionTime: transition(graph, status) };
  return {
    state,
    conditions: [condition],
    [word]: Object.fromEntries(seen.flatMap(each => componentStatus(graph, each, traits))),
    ...(traits.observedGeneration && { observedGeneration: graph.generation }),
    ...rollingUpdate(graph, seen, rolling, traits),
  };
}

function verdict(
  waiting: readonly Seen[],
  rolling: boolean,
  error: string | undefined,
): [string, string, string] {
  if (error !== undefined) return ['failed', 'failed_to_reconcile_the_resources', error];
  if (rolling) return ['pending', 'rolling_update_in_progress', 'Rolling update in progress'];
  if (waiting.length === 0) return ['successful', 'all_resources_are_ready', 'All resources are ready'];
  const why = 'Component deployment not ready - Available condition not true';
  const list = waiting.map(each => `${each.child}: ${why}`).join('; ');
  return ['pending', 'some_resources_are_not_ready', `Resources not ready: ${list}`];
}

/** All pods of the newest template are there and ready. */
export function isReady({ deployment, desired }: Seen): boolean {
  const status = deployment?.status ?? {};
  return (
    deployment !== undefined &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 1) &&
    (status.replicas ?? 0) === desired &&
    (status.updatedReplicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) >= desired
  );
}

function componentStatus(graph: Graph, each: Seen, traits: Traits): [string, Loose][] {
  if (!each.deployment) return [];
  const all = [each.deployment, ...each.old];
  const sum = (member: string) => all.reduce((total, one) => total + (one.status?.[member] ?? 0), 0);
  const names = traits.hashes ? { componentNames: all.map(one => one.metadata.name) } : {};
  const beta = traits.stored === 'v1beta1';
  return [
    [
      each.component,
      {
        componentKind: 'Deployment',
        ...(!beta && { componentName: each.child }),
        ...names,
        replicas: sum('replicas'),
        updatedReplicas: sum('updatedReplicas'),
        readyReplicas: sum('readyReplicas'),
        availableReplicas: sum('availableReplicas'),
        ...(traits.listsErrors && { runtimeNamespace: `${graph.namespace}-${graph.name}` }),
      },
    ],
  ];
}

function rollingUpdate(graph: Graph, seen: readonly Seen[], rolling: boolean, traits: Traits): Loose {
  const before = graph.object.status?.rollingUpdate as Loose | undefined;
  if (!traits.hashes || (!rolling && !before)) return {};
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const updated = seen.filter(each => each.old.length > 0 && isReady(each)).map(each => each.component);
  if (rolling) {
    const startTime = before?.phase === 'Completed' ? now : (before?.startTime ?? now);
    return { rollingUpdate: { phase: 'InProgress', startTime, updatedServices: updated } };
  }
  return { rollingUpdate: { ...before, phase: 'Completed', endTime: before?.endTime ?? now } };
}

function transition(graph: Graph, status: string): string {
  const conditions = (graph.object.status?.conditions ?? []) as {
    type: string;
    status: string;
    lastTransitionTime: string;
  }[];
  const before = conditions.find(each => each.type === 'Ready');
  return before?.status === status
    ? before.lastTransitionTime
    : new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The conditions of a component's own object; times of unchanged ones are kept. */
export function partConditions(part: KubeObject, ready: boolean, traits: Traits): Loose[] {
  const before = (part.status?.conditions ?? []) as Loose[];
  const value = ready ? 'True' : 'False';
  const make = (type: string, status: string, reason: string, message: string): Loose => {
    const known = before.find(each => each.type === type);
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : now;
    return { type, status, reason, message, lastTransitionTime };
  };
  const available = make(
    'Available',
    value,
    ready ? 'DeploymentReady' : 'DeploymentNotReady',
    ready ? 'Deployment is ready' : 'Deployment is not ready',
  );
  if (!traits.hashes) return [make('Valid', 'True', 'ValidationPassed', 'Validation passed'), available];
  const component = ready ? 'ComponentReady' : 'ComponentNotReady';
  return [
    available,
    make('DynamoComponentReady', value, component, ready ? 'Component is ready' : 'Component is not ready'),
  ];
}
