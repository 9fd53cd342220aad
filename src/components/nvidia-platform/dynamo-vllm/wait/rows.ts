/** One row a role: how many pods are ready, how far the one that is furthest behind has come, and what makes the wait understandable. */

import type { RoleRow } from '../../../../core/sight.ts';
import { isFinished } from './download.ts';
import { conditionsOf, isOver, isReady, type Pod } from './pods.ts';
import type { Role, Scene } from './scene.ts';
import { nodeMaker, placementNote } from './schedule-text.ts';
import { isPulling, lastEvent, type PodStage, stageOf } from './stages.ts';
import { minutes, sizeInGB } from './words.ts';

type Behind = { readonly pod: Pod; readonly stage: PodStage };

const furthestBehind = (scene: Scene, role: Role): Behind | null => {
  const all = role.pods.map(pod => ({ pod, stage: stageOf(pod, role, scene.sight) }));
  // Of a Job only the latest try counts, of others what their nodes left behind only while nothing replaces it.
  const living = all.filter(({ pod }) => !isOver(pod));
  const some = role.kind === 'download' ? all.slice(-1) : living.length > 0 ? living : all;
  return some.reduce<Behind | null>(
    (behind, one) => (behind === null || one.stage.rank < behind.stage.rank ? one : behind),
    null,
  );
};

const imageSize = /Image size: (\d+) bytes/;

/** The size of an image, told by any pod that has it already. */
const sizeOfImage = (scene: Scene): string => {
  for (const role of scene.roles) {
    for (const pod of role.pods) {
      const size = imageSize.exec(lastEvent(pod, 'Pulled')?.message ?? '')?.[1];
      if (size !== undefined) return ` of ${sizeInGB(Number(size))}`;
    }
  }
  return '';
};

const slowPullMs = 60_000;

const pullNote = (scene: Scene, { pod, stage }: Behind): string => {
  const long = scene.sight.now - stage.since;
  if (!isPulling(pod) || long < slowPullMs) return '';
  return `the image${sizeOfImage(scene)} has been coming to the node for ${minutes(long)}`;
};

const noteOf = (scene: Scene, behind: Behind | null): string => {
  if (behind === null) return '';
  if (behind.pod.node === null) return nodeMaker(behind.pod)?.note ?? placementNote(behind.pod);
  return pullNote(scene, behind);
};

const readyOf = (scene: Scene, role: Role): number => {
  if (role.kind === 'download') return isFinished(scene, role) ? 1 : 0;
  return Math.min(role.wanted, role.pods.filter(isReady).length);
};

const withoutPods = (scene: Scene, role: Role): string => {
  if (role.kind === 'download') return isFinished(scene, role) ? 'complete' : 'creating pod';
  return role.wanted === 0 ? 'none wanted' : 'waiting for the operator';
};

const restartsOf = (role: Role): number => {
  if (role.kind === 'download') return Math.max(0, role.pods.length - 1);
  return role.pods.reduce(
    (sum, pod) => sum + pod.containers.reduce((most, one) => Math.max(most, one.restarts), 0),
    0,
  );
};

/** Since when pods may be missing: not before the wait began, nor while the deployment was whole. */
const missingSince = ({ graph, sight }: Scene): number => {
  const { Ready } = conditionsOf(graph?.status);
  return Math.max(sight.since, Ready?.status === 'False' ? (Ready.since ?? 0) : 0);
};

/** Pods that were made so far may be all right while others are still missing; the age of those says nothing then. */
const stageOfRole = (scene: Scene, role: Role, { stage }: Behind): Pick<PodStage, 'stage' | 'since'> =>
  stage.stage === 'ready' && role.kind !== 'download' && role.pods.length < role.wanted
    ? { stage: 'creating pods', since: missingSince(scene) }
    : stage;

const rowOf = (scene: Scene, role: Role): RoleRow => {
  const behind = furthestBehind(scene, role);
  const finished = role.kind === 'download' && isFinished(scene, role);
  const { stage, since } =
    behind === null
      ? { stage: withoutPods(scene, role), since: scene.sight.since }
      : stageOfRole(scene, role, behind);
  return {
    role: role.name,
    ready: readyOf(scene, role),
    wanted: role.wanted,
    stage: finished ? 'complete' : stage,
    stageSince: since,
    node: behind?.pod.node ?? null,
    restarts: restartsOf(role),
    note: finished ? '' : noteOf(scene, behind),
  };
};

export const rowsOf = (scene: Scene): RoleRow[] => scene.roles.map(role => rowOf(scene, role));
