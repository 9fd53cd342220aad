/** How far a pod is, in words that a person knows, and since when. */

import type { Sight } from '../../../../core/sight.ts';
import { type EngineStage, engineStage } from './engine-stages.ts';
import type { Happening } from './events.ts';
import { linesOf } from './lines.ts';
import { type Container, isReady, mainContainers, type Pod } from './pods.ts';
import type { Role } from './scene.ts';

export type PodStage = {
  readonly stage: string;
  readonly since: number;
  /** Ascending along the way; the pod that is furthest behind speaks for its role. */
  readonly rank: number;
};

const ranks = {
  failed: 0,
  scheduling: 1,
  creating: 2,
  pulling: 3,
  waiting: 4,
  starting: 5,
  ready: 6,
} as const;

const at = (stage: string, rank: number, ...times: readonly (number | null | undefined)[]) => ({
  stage,
  rank,
  since: times.find(time => typeof time === 'number') ?? null,
});

type Found = ReturnType<typeof at>;

export const lastEvent = (pod: Pod, reason: string): Happening | undefined =>
  pod.events.findLast(event => event.reason === reason);

const pulls = (pod: Pod): number => pod.events.filter(event => event.reason === 'Pulling').length;
const pulled = (pod: Pod): number => pod.events.filter(event => event.reason === 'Pulled').length;

/** An image is being fetched: a pull was begun and its end was not told. */
export const isPulling = (pod: Pod): boolean => pulls(pod) > 0 && pulled(pod) < pulls(pod);

const cannotPull = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable)$/;

export const isPullProblem = (container: Container): boolean =>
  cannotPull.test(container.waiting?.reason ?? '');

const broken = (pod: Pod): Found | null => {
  const pulling = pod.containers.find(isPullProblem);
  if (pulling !== undefined)
    return at('image cannot be pulled', ranks.failed, lastEvent(pod, 'Failed')?.first);
  const looping = pod.containers.find(one => one.waiting?.reason === 'CrashLoopBackOff');
  if (looping !== undefined) return at('crashed', ranks.failed, looping.endedBefore?.finishedAt);
  if (pod.phase !== 'Failed') return null;
  const ended = mainContainers(pod).find(one => one.ended !== null)?.ended;
  return at(pod.reason === 'Evicted' ? 'evicted' : 'failed', ranks.failed, ended?.finishedAt);
};

const unplaced = (pod: Pod): Found | null => {
  if (pod.node !== null) return null;
  const placed = pod.conditions.PodScheduled;
  return at(
    placed?.reason === 'SchedulingGated' ? 'held back' : 'scheduling',
    ranks.scheduling,
    placed?.since,
    pod.created,
  );
};

/** The container of ours that waits for the model. */
export const waiterName = 'wait-for-model';

const initStage = (pod: Pod): Found | null => {
  const running = pod.containers.find(one => one.init && one.running && !one.ready);
  if (running === undefined) return null;
  const word = running.name === waiterName ? 'waiting for the model' : `running ${running.name}`;
  return at(word, ranks.waiting, running.runningSince);
};

const placedAt = (pod: Pod): number | null => pod.conditions.PodScheduled?.since ?? pod.created;

const notStarted = (pod: Pod): Found | null => {
  if (mainContainers(pod).some(one => one.running || one.ended !== null)) return null;
  if (isPulling(pod)) return at('pulling image', ranks.pulling, lastEvent(pod, 'Pulling')?.first);
  return at('creating container', ranks.creating, placedAt(pod));
};

const sameStart = 60_000;

/** A time that a log line gave, when it can belong to the run. */
const plausible = (told: EngineStage | null, began: number | null, now: number): number | null =>
  told?.since === null ||
  told === null ||
  told.since < (began ?? 0) - sameStart ||
  told.since > now + sameStart
    ? null
    : told.since;

const runningStage = (pod: Pod, role: Role, sight: Sight): Found => {
  const main = mainContainers(pod).find(one => !one.ready) ?? mainContainers(pod)[0];
  const began = main?.runningSince ?? placedAt(pod);
  if (role.kind === 'download') return at('downloading', ranks.starting, began);
  if (main?.ended !== null && main?.ended !== undefined)
    return at('crashed', ranks.failed, main.ended.finishedAt, began);
  const lines = role.kind === 'engine' && main !== undefined ? linesOf(sight, pod, main.name, false) : [];
  const told = engineStage(lines ?? [], sight.now);
  return at(told?.stage ?? 'starting', ranks.starting, plausible(told, began, sight.now), began);
};

const finished = (pod: Pod): Found | null => {
  if (pod.phase === 'Succeeded')
    return at('complete', ranks.ready, mainContainers(pod)[0]?.ended?.finishedAt);
  return isReady(pod) ? at('ready', ranks.ready, pod.conditions.Ready?.since) : null;
};

export const stageOf = (pod: Pod, role: Role, sight: Sight): PodStage => {
  const found =
    finished(pod) ??
    broken(pod) ??
    unplaced(pod) ??
    initStage(pod) ??
    notStarted(pod) ??
    runningStage(pod, role, sight);
  return { ...found, since: Math.min(sight.now, found.since ?? pod.created ?? sight.since) };
};
