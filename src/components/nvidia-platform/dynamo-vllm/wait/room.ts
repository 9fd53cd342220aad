/** Whether room may still come for a pod that no node takes, because the pods of an update make way one after the other. */

import { clockSlackMs } from './events.ts';
import { count, labelsOf, metadataOf, record } from './members.ts';
import { moment } from './moment.ts';
import type { Pod } from './pods.ts';
import { podsIn, type Scene } from './scene.ts';

const graphLabel = 'nvidia.com/dynamo-graph-deployment-name';

/** A minute for an old pod to end, and the scheduler looks again within ten seconds after it. */
export const updatePatienceMs = 90_000;

/** The first change after which an operator counts: up to 0.9, which tell no observed generation, they make one themselves. */
const changedFrom = ({ graph }: Scene): number =>
  record(record(graph).status).observedGeneration === undefined ? 3 : 2;

/** What is waited for was there before, and was changed. */
export const isUpdate = (scene: Scene): boolean => {
  const { graph, sight } = scene;
  if (graph === null) return false;
  const { creationTimestamp, generation } = metadataOf(graph);
  const created = moment(creationTimestamp) ?? sight.since;
  return created < sight.since - clockSlackMs / 2 || count(generation) >= changedFrom(scene);
};

const isLeaving = (object: unknown, { awaited }: Scene): boolean =>
  metadataOf(object).deletionTimestamp !== undefined && labelsOf(object)[graphLabel] === awaited.name;

/** Once it is ready an old one may go. */
const isStarting = (pod: Pod): boolean => pod.node !== null && pod.conditions.Ready?.status !== 'True';

/** An old pod is on its way out, or a new one starts whose turn it is. */
export const makesRoom = (scene: Scene): boolean =>
  scene.sight.pods.some(object => isLeaving(object, scene)) ||
  podsIn(scene).some(({ role, pod }) => role.component !== null && isStarting(pod));

/** When a pod of the update became ready last, after which it is the next one's turn; 0 before. */
export const lastReady = (scene: Scene): number =>
  Math.max(
    0,
    ...podsIn(scene).map(({ role, pod }) =>
      role.component !== null && pod.conditions.Ready?.status === 'True'
        ? (pod.conditions.Ready.since ?? 0)
        : 0,
    ),
  );
