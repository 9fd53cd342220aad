/**
 * Whether everything that can be seen from outside is ready. `state: successful` alone is not enough: after a change every operator shows
 * the old success for a moment, up to 1.1 with nothing in the object that tells the two apart.
 */

import { parseRelease } from '../../../../core/release.ts';
import { count, type Data, metadataOf, number, record, text, texts } from './members.ts';
import { moment } from './moment.ts';
import { conditionsOf, isOver, isReady } from './pods.ts';
import type { Role, Scene } from './scene.ts';
import { wasNeverChanged } from './unchanged.ts';

type Doneness = {
  readonly done: boolean;
  /** When time alone makes it done; null when something else is missing. */
  readonly at: number | null;
};

const notDone: Doneness = { done: false, at: null };

const isObserved = (graph: unknown): boolean => {
  const observed = number(record(record(graph).status).observedGeneration);
  return observed === null || observed === count(metadataOf(graph).generation);
};

const isMoving = (status: Data): boolean => {
  const rolling = text(record(status.rollingUpdate).phase);
  const restart = text(record(status.restart).phase);
  return ['Pending', 'InProgress'].includes(rolling) || ['Pending', 'Restarting'].includes(restart);
};

/** `services` in v1alpha1, `components` from v1beta1 on. */
const componentStatus = (status: Data, name: string): Data =>
  record(record(status.services ?? status.components)[name]);

const hasAll = (status: Data, role: Role): boolean => {
  const { replicas, updatedReplicas, readyReplicas, availableReplicas } = componentStatus(status, role.name);
  if (role.wanted === 0) return count(replicas) === 0;
  // Grove reports no ready replicas for groups, only available ones.
  const ready = number(readyReplicas) ?? count(availableReplicas);
  return count(updatedReplicas) === role.wanted && ready === role.wanted && count(replicas) <= role.wanted;
};

/** The pods themselves agree: as many as wanted, all ready, none of an earlier template among them. */
const hasPods = (role: Role): boolean => {
  const ready = role.pods.filter(isReady).length;
  // A node that shuts down leaves its pods behind as failed or succeeded; their replacements count.
  const starting = role.pods.filter(pod => !isReady(pod) && !isOver(pod)).length;
  return ready >= role.wanted && starting === 0;
};

const settleMs = 1_000;
/** Times of Kubernetes are cut to seconds. */
const cutMs = 1_000;
/** A time that lies further ahead than this comes from a clock that is wrong, not from news. */
const wrongClockMs = 5_000;

/** From 1.2 on the pending state comes together with the new generation, so nothing has to settle. */
const settlesAtOnce = (graph: unknown): boolean => {
  // One that was never changed has no old success to show.
  if (wasNeverChanged(graph)) return true;
  const annotations = texts(metadataOf(graph).annotations);
  const release = parseRelease(annotations['nvidia.com/dynamo-operator-origin-version'] ?? '');
  return release !== undefined && (release.major > 1 || release.minor >= 2);
};

/** The last change that can be seen: being looked at, becoming ready, a pod becoming ready. */
const lastChange = (scene: Scene): number => {
  const pods = scene.roles.flatMap(role => role.pods).map(pod => pod.conditions.Ready?.since ?? 0);
  const graph = conditionsOf(record(scene.graph).status).Ready?.since ?? 0;
  const rolled = moment(record(record(record(scene.graph).status).rollingUpdate).endTime) ?? 0;
  const times = [graph, rolled, ...pods].filter(time => time < scene.sight.now + wrongClockMs);
  return Math.max(scene.sight.since, ...times.map(time => (time === 0 ? 0 : time + cutMs)));
};

const settled = (scene: Scene): Doneness => {
  if (settlesAtOnce(scene.graph)) return { done: true, at: null };
  const at = lastChange(scene) + settleMs;
  return scene.sight.now >= at ? { done: true, at: null } : { done: false, at };
};

const jobsDone = (scene: Scene): Doneness => ({
  done: scene.roles.length > 0 && scene.jobs.length > 0 && scene.jobs.every(job => job.complete),
  at: null,
});

/** Release minors count on from 1.2 within major 1; a major above has it too. */
export const doneness = (scene: Scene): Doneness => {
  if (scene.wanted === null && scene.graph === null) return jobsDone(scene);
  const status = record(record(scene.graph).status);
  const roles = scene.roles.filter(role => role.component !== null);
  const said = text(status.state) === 'successful' && isObserved(scene.graph) && !isMoving(status);
  const ending = metadataOf(scene.graph).deletionTimestamp !== undefined;
  if (!said || ending || roles.length === 0) return notDone;
  return roles.every(role => hasAll(status, role) && hasPods(role)) ? settled(scene) : notDone;
};
