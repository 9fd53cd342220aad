/** Owns merging a told change into a pod's status as a kubelet would write it: pure. */

import type { KubeObject } from '../api/client.ts';

type Part = Record<string, unknown>;
type ContainerStatus = Part & {
  name: string;
  ready?: boolean;
  state?: Part;
  lastState?: Part;
  restartCount?: number;
};

/** The new status; a container `*` is the only one of the pod; `+93` is 93 seconds after `trigger`, divided by `speed`. */
export function mergeStatus(pod: KubeObject, change: Part, trigger: number, speed: number): Part {
  const { containerStatuses, ...rest } = resolveTimes(change, trigger, speed) as Part & {
    containerStatuses?: ContainerStatus[];
  };
  const status = (pod.status ?? {}) as Part;
  const merged: Part = { ...status, ...rest };
  if (containerStatuses) merged.containerStatuses = mergeContainers(pod, containerStatuses);
  return { ...merged, conditions: conditionsOf(merged) };
}

function resolveTimes(value: unknown, trigger: number, speed: number): unknown {
  if (Array.isArray(value)) return value.map(each => resolveTimes(each, trigger, speed));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, resolveTimes(each, trigger, speed)]),
    );
  }
  if (typeof value !== 'string' || !/^\+\d+$/.test(value)) return value;
  return new Date(trigger + (Number(value) * 1000) / speed).toISOString().replace(/\.\d+Z$/, 'Z');
}

function mergeContainers(pod: KubeObject, changes: readonly ContainerStatus[]): ContainerStatus[] {
  const known = containersOf(pod);
  const first = known[0]?.name ?? 'main';
  const byName = new Map(changes.map(change => [change.name === '*' ? first : change.name, change]));
  return known.map(before => {
    const change = byName.get(before.name);
    return change ? mergeContainer(before, change) : before;
  });
}

function containersOf(pod: KubeObject): ContainerStatus[] {
  const statuses = (pod.status?.containerStatuses ?? []) as ContainerStatus[];
  if (statuses.length > 0) return statuses;
  const containers = (pod.spec.containers ?? []) as { name: string; image?: string }[];
  return containers.map(each => ({
    name: each.name,
    image: each.image ?? '',
    imageID: '',
    ready: false,
    restartCount: 0,
  }));
}

function mergeContainer(before: ContainerStatus, change: ContainerStatus): ContainerStatus {
  const merged: ContainerStatus = { ...before, ...change, name: before.name };
  const running = (merged.state as { running?: unknown } | undefined)?.running !== undefined;
  const completed = withTimes(merged);
  return { ...completed, imageID: String(before.imageID ?? ''), started: running };
}

// A terminated state needs its times, which stories leave out.
function withTimes(status: ContainerStatus): ContainerStatus {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const complete = (state: Part | undefined): Part | undefined => {
    const terminated = state?.terminated as Part | undefined;
    return terminated ? { terminated: { startedAt: now, finishedAt: now, ...terminated } } : state;
  };
  const state = complete(status.state);
  const lastState = complete(status.lastState);
  return { ...status, ...(state && { state }), ...(lastState && { lastState }) };
}

function conditionsOf(status: Part): Part[] {
  const containers = (status.containerStatuses ?? []) as ContainerStatus[];
  const ready = status.phase === 'Running' && containers.length > 0 && containers.every(each => each.ready);
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return ((status.conditions ?? []) as Part[]).map(condition => {
    if (condition.type !== 'Ready' && condition.type !== 'ContainersReady') return condition;
    const value = ready ? 'True' : 'False';
    if (condition.status === value) return condition;
    return {
      ...condition,
      status: value,
      lastTransitionTime: now,
      ...(ready ? {} : { reason: 'ContainersNotReady' }),
    };
  });
}
