/** Owns the moments from which a story's steps are counted. */

import { follow } from '../api/follow.ts';
import type { Director } from '../pods/director.ts';
import { roleOf } from '../pods/role.ts';
import type { Stage } from './stage.ts';

export type TriggerName = 'start' | 'download' | 'graph' | 'verify' | 'delete';

/** The clock time, in milliseconds, at which each trigger fired; it waits for those that have not. */
export type Triggers = {
  when(name: TriggerName): Promise<number>;
  fire(name: TriggerName): void;
};

/** Watches the cluster for the triggers it gives by itself; what exists already fires nothing. */
export function createTriggers(): Triggers {
  const fired = new Map<TriggerName, (at: number) => void>();
  const promises = new Map<TriggerName, Promise<number>>();
  for (const name of ['start', 'download', 'graph', 'verify', 'delete'] as const) {
    promises.set(name, new Promise(resolve => fired.set(name, resolve)));
  }
  return {
    when: name => promises.get(name) ?? Promise.reject(new Error(name)),
    fire: name => fired.get(name)?.(Date.now()),
  };
}

/** Fires `graph` and `delete` from deployments, `download` from pods, from now on. */
export async function watchTriggers(
  stage: Stage,
  director: () => Director,
  triggers: Triggers,
  signal: AbortSignal,
): Promise<void> {
  if (stage.cluster.hasCrd) await watchGraphs(stage, triggers, signal);
  const before = new Set(director().pods.items.keys());
  const pods = follow(stage.api, '/api/v1/pods', signal, (pod, gone) => {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (!gone && !before.has(key) && roleOf(pod) === 'download') triggers.fire('download');
  });
  await pods.ready;
}

async function watchGraphs(stage: Stage, triggers: Triggers, signal: AbortSignal): Promise<void> {
  const known = new Set<string>();
  let listed = false;
  const path = `/apis/nvidia.com/${stage.traits.stored}/dynamographdeployments`;
  const graphs = follow(stage.api, path, signal, (graph, gone) => {
    if (graph.metadata.deletionTimestamp || gone) triggers.fire('delete');
    if (listed && !known.has(graph.metadata.uid ?? '')) triggers.fire('graph');
    known.add(graph.metadata.uid ?? '');
  });
  await graphs.ready;
  listed = true;
}
