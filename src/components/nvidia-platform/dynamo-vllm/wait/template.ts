/** Tells pods of the present template from those that a change is about to replace. */

import type { Sight } from '../../../../core/sight.ts';
import type { Component } from '../graph.ts';
import { clockSlackMs } from './events.ts';
import { list, record, text } from './members.ts';
import { mainSpec, type Pod } from './pods.ts';
import { wasNeverChanged } from './unchanged.ts';

/** Pods made from one template share it: the ReplicaSet's hash, and from Dynamo 1.0 on the name of the component's own object. */
const templateOf = (pod: Pod): string =>
  `${pod.labels['nvidia.com/selector'] ?? ''}/${pod.labels['pod-template-hash'] ?? ''}`;

const isSuperseded = (pod: Pod, pods: readonly Pod[]): boolean =>
  pods.some(
    other => templateOf(other) !== templateOf(pod) && (other.created ?? 0) > (pod.created ?? Infinity),
  );

const sameWords = (a: readonly unknown[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((word, at) => word === b[at]);

const environmentOf = (pod: Pod): Map<string, string> =>
  new Map(
    list(mainSpec(pod).env)
      .map(record)
      .map(({ name, value }) => [text(name), text(value)]),
  );

/** Whether a variable that the component sets once has another value in the pod. */
const differsInEnvironment = (pod: Pod, component: Component): boolean => {
  const has = environmentOf(pod);
  const times = (name: string) => component.env.filter(one => one.name === name).length;
  return component.env.some(
    ({ name, value }) => value !== null && times(name) === 1 && has.get(name) !== value,
  );
};

/** Registries are mirrored and tags pinned to digests by admission: only another tag of a tagged image is another image. */
const tagOf = (image: string): string | undefined => /:([^/:@]+)(?:@[^@]*)?$/.exec(image)?.[1];

/** Whether it was certainly made from another image, arguments or variables. */
const isOfAnother = (pod: Pod, component: Component): boolean => {
  const main = mainSpec(pod);
  const [wanted, has] = [tagOf(component.image), tagOf(text(main.image))];
  if (wanted !== undefined && has !== undefined && wanted !== has) return true;
  const args = list(main.args);
  return (
    (component.args.length > 0 && !sameWords(args, component.args)) || differsInEnvironment(pod, component)
  );
};

/** Whether a pod was made from what the component says now, as far as that can be seen from outside. */
const isMadeFrom = (pod: Pod, component: Component): boolean => {
  const main = mainSpec(pod);
  if (component.image !== '' && main.image !== component.image) return false;
  const args = list(main.args);
  if (component.args.length > 0 && !sameWords(args, component.args)) return false;
  return !differsInEnvironment(pod, component);
};

/** After a change the old pods stand for as long as the operator needs to notice; later they are what there is. */
const changeTakesMs = 60_000;

/**
 * A pod that a newer template replaces says nothing about what was applied. One that is older than the wait and made from something else
 * is taken for such a pod at first; admission on a cluster may rewrite images, so the difference alone never counts for long. A
 * change that follows another at once finds pods of that other one, which are hardly older than the wait.
 */
export const isCurrent = (
  pod: Pod,
  pods: readonly Pod[],
  component: Component | null,
  { now, since, graph }: Sight,
): boolean => {
  if (isSuperseded(pod, pods)) return false;
  if (component === null || now >= since + changeTakesMs) return true;
  const older = (pod.created ?? since) < since - clockSlackMs / 2;
  if (older) return isMadeFrom(pod, component);
  return graph === null || wasNeverChanged(graph) || !isOfAnother(pod, component);
};
