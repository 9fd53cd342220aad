/** Which containers have logs, and how a line of each is marked. */

import type { Inventory } from '../../core/inventory.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { lifeOf } from '../wait/containers.ts';

/** One container's log, of one of its lives. */
export type Target = {
  readonly role: string;
  readonly pod: string;
  readonly container: string;
  /** Short and the same for all its lines: `decode/x7k2p`. */
  readonly mark: string;
  readonly previous: boolean;
  /** How often the container had been restarted; another number is another life. */
  readonly life: number;
};

type Status = {
  readonly name: string;
  readonly state?: { readonly terminated?: { readonly exitCode?: number } };
};
type Pod = {
  readonly spec?: {
    readonly containers?: readonly { readonly name: string }[];
    readonly initContainers?: readonly { readonly name: string }[];
  };
  readonly status?: { readonly initContainerStatuses?: readonly Status[] };
};

/** Those that prepared the pod and ended well have nothing to tell. */
const unfinished = ({ spec, status }: Pod): string[] =>
  (spec?.initContainers ?? [])
    .map(({ name }) => name)
    .filter(name => {
      const found = (status?.initContainerStatuses ?? []).find(one => one.name === name);
      return found?.state?.terminated?.exitCode !== 0;
    });

/** The last part of a pod's name tells pods of one role apart. */
const shortName = (name: string): string => name.slice(name.lastIndexOf('-') + 1);

const markOf = (role: string, pod: KubernetesObject, container: string): string => {
  const first = (pod as Pod).spec?.containers?.[0]?.name;
  const extra = container === first ? '' : `:${container}`;
  return `${role}/${shortName(pod.metadata.name)}${extra}`;
};

const ofPod = (inventory: Inventory, pod: KubernetesObject, previous: boolean): Target[] => {
  const { name } = pod.metadata;
  const role = inventory.roleOf(pod);
  const containers = [
    ...unfinished(pod as Pod),
    ...((pod as Pod).spec?.containers ?? []).map(one => one.name),
  ];
  return containers.flatMap(container => {
    const life = lifeOf(pod, { pod: name, container, previous });
    return life === null
      ? []
      : [{ role, pod: name, container, mark: markOf(role, pod, container), previous, life }];
  });
};

/** Pods that play the role; all of them when none was typed. */
export const podsPlaying = (
  inventory: Inventory,
  pods: readonly KubernetesObject[],
  role: string | null,
): readonly KubernetesObject[] => (role === null ? pods : pods.filter(pod => inventory.plays(pod, role)));

/** Logs that can be read now, by role and pod. */
export const targetsIn = (
  inventory: Inventory,
  pods: readonly KubernetesObject[],
  previous: boolean,
): Target[] =>
  pods
    .flatMap(pod => ofPod(inventory, pod, previous))
    .sort((a, b) => (a.mark < b.mark ? -1 : a.mark > b.mark ? 1 : 0));
