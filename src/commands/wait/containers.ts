/** Tells from a pod's status which log of a container can be read. */

import type { KubernetesObject } from '../../core/manifest.ts';
import type { LogAsk } from '../../core/sight.ts';

type State = { readonly running?: unknown; readonly terminated?: unknown };
type ContainerStatus = {
  readonly name: string;
  readonly restartCount?: number;
  readonly state?: State;
  readonly lastState?: State;
};
type Statuses = {
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
};

const statusOf = (pod: KubernetesObject, container: string): ContainerStatus | undefined => {
  const status = (pod['status'] ?? {}) as Statuses;
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].find(
    one => one.name === container,
  );
};

const has = (state: State | undefined, kind: keyof State): boolean =>
  state?.[kind] !== undefined && state[kind] !== null;

/** Which life of the container the log is of, counted by its restarts; null while there is none to read. */
export const lifeOf = (pod: KubernetesObject | undefined, ask: LogAsk): number | null => {
  const status = pod === undefined ? undefined : statusOf(pod, ask.container);
  if (status === undefined) return null;
  const ended = has(status.lastState, 'terminated');
  const readable = ask.previous
    ? ended
    : ended || has(status.state, 'running') || has(status.state, 'terminated');
  return readable ? (status.restartCount ?? 0) : null;
};

export const isRunning = (pod: KubernetesObject | undefined, { container }: LogAsk): boolean =>
  pod !== undefined && has(statusOf(pod, container)?.state, 'running');
