/** Which logs would tell more: of engines that start, of what has died, of a download; not of what is well. */

import type { LogAsk } from '../../../../core/sight.ts';
import { isFinished } from './download.ts';
import { type Container, isReady, mainContainers, type Pod } from './pods.ts';
import type { Role, Scene } from './scene.ts';
import { isPullProblem } from './stages.ts';
import { isComing, waitingContainer } from './waiters.ts';

/** Replicas start alike; following a few of them is enough. */
const mostPods = 3;

const hasDied = (container: Container): boolean => {
  if (container.ready || isPullProblem(container)) return false;
  if (container.restarts > 0) return true;
  return container.ended !== null && container.ended.exitCode !== 0;
};

const ofDead = (pod: Pod, container: Container): LogAsk[] => {
  const ask = { pod: pod.name, container: container.name };
  const previous = { ...ask, previous: true };
  if (container.ended !== null || container.restarts === 0) return [{ ...ask, previous: false }];
  return container.running || container.init ? [previous] : [previous, { ...ask, previous: false }];
};

const follows = (role: Role, container: Container): boolean =>
  container.running && !container.ready && (role.kind === 'engine' || role.kind === 'download');

const ofPod = (role: Role, pod: Pod): LogAsk[] => [
  ...pod.containers.filter(hasDied).flatMap(container => ofDead(pod, container)),
  ...mainContainers(pod)
    .filter(container => follows(role, container))
    .map(({ name: container }) => ({ pod: pod.name, container, previous: false })),
];

const ofWaiter = (scene: Scene, pod: Pod): LogAsk[] => {
  const waiter = isComing(scene) ? undefined : waitingContainer(pod);
  return waiter === undefined ? [] : [{ pod: pod.name, container: waiter.name, previous: false }];
};

const isWorthReading = (scene: Scene, role: Role, pod: Pod): boolean =>
  role.kind === 'download' ? !isFinished(scene, role) : !isReady(pod) && pod.node !== null;

const ofRole = (scene: Scene, role: Role): LogAsk[] =>
  role.pods
    .filter(pod => isWorthReading(scene, role, pod))
    .slice(-mostPods)
    .flatMap(pod => [...ofPod(role, pod), ...ofWaiter(scene, pod)]);

export const logsWanted = (scene: Scene): LogAsk[] => scene.roles.flatMap(role => ofRole(scene, role));
