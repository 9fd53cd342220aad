/** Owns what a pod's status says at each stage of its life, as a kubelet would write it. */

import type { KubeObject } from '../api/client.ts';

/** Stages in their order; `complete` ends a Job's pod, the others lead to `ready`. */
export const STAGES = ['pending', 'scheduled', 'pulling', 'created', 'running', 'ready', 'complete'] as const;
export type Stage = (typeof STAGES)[number];

type Container = { readonly name: string; readonly image?: string; readonly restartPolicy?: string };
type Status = Record<string, unknown>;

/** What a kubelet knows besides the pod itself. */
export type Circumstances = {
  /** RFC 3339 to the second. */
  readonly now: string;
  readonly startedAt: string;
  readonly podIp: string;
  /** Exit code of `complete`; anything but 0 is a failure. */
  readonly exitCode?: number;
};

/** The status to merge (strategically) when the pod reaches `stage`. */
export function statusAt(pod: KubeObject, stage: Stage, at: Circumstances): Status {
  const started = stage === 'running' || stage === 'ready' || stage === 'complete';
  return {
    phase: phaseAt(stage, at.exitCode ?? 0),
    startTime: at.startedAt,
    hostIP: '127.0.0.1',
    ...(started && { podIP: at.podIp, podIPs: [{ ip: at.podIp }] }),
    conditions: conditionsAt(stage, at),
    initContainerStatuses: containers(pod, 'initContainers').map(each => initStatus(each, started, at)),
    containerStatuses: containers(pod, 'containers').map(each => containerStatus(each, stage, at)),
  };
}

function containers(pod: KubeObject, member: 'containers' | 'initContainers'): Container[] {
  return (pod.spec[member] ?? []) as Container[];
}

function phaseAt(stage: Stage, exitCode: number): string {
  if (stage === 'complete') return exitCode === 0 ? 'Succeeded' : 'Failed';
  return stage === 'running' || stage === 'ready' ? 'Running' : 'Pending';
}

function conditionsAt(stage: Stage, { now }: Circumstances): Status[] {
  const condition = (type: string, holds: boolean, reason: string) => ({
    type,
    status: holds ? 'True' : 'False',
    lastTransitionTime: now,
    ...(holds ? { reason: null, message: null } : { reason }),
  });
  const ready = stage === 'ready';
  const reason = stage === 'complete' ? 'PodCompleted' : 'ContainersNotReady';
  const initialized = stage === 'running' || ready || stage === 'complete';
  return [
    condition('Initialized', initialized, 'ContainersNotInitialized'),
    condition('ContainersReady', ready, reason),
    condition('Ready', ready, reason),
  ];
}

function initStatus(container: Container, done: boolean, at: Circumstances): Status {
  const over = { exitCode: 0, reason: 'Completed', startedAt: at.startedAt, finishedAt: at.now };
  const state = done
    ? { waiting: null, running: null, terminated: over }
    : { waiting: { reason: 'PodInitializing' } };
  return { ...statusBase(container), ready: done, started: false, state };
}

function containerStatus(container: Container, stage: Stage, at: Circumstances): Status {
  const base = statusBase(container);
  if (stage === 'running' || stage === 'ready') {
    const state = { running: { startedAt: at.now }, waiting: null, terminated: null };
    return { ...base, ready: stage === 'ready', started: true, state };
  }
  if (stage === 'complete') {
    const exitCode = at.exitCode ?? 0;
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const terminated = { exitCode, reason, startedAt: at.startedAt, finishedAt: at.now };
    return { ...base, ready: false, started: false, state: { terminated, running: null, waiting: null } };
  }
  return { ...base, ready: false, started: false, state: { waiting: { reason: 'ContainerCreating' } } };
}

function statusBase({ name, image }: Container): Status {
  return { name, image: image ?? '', imageID: '', restartCount: 0 };
}
