/** A pod as the wait looks at it: what its containers do, why they ended, and what was said about it. */

import type { Happening } from './events.ts';
import { count, type Data, labelsOf, list, metadataOf, nameOf, record, text } from './members.ts';
import { moment } from './moment.ts';

/** How a container ended. */
export type Ended = {
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  readonly finishedAt: number | null;
};

export type Container = {
  readonly name: string;
  /** An init container, which is to end with exit code 0. */
  readonly init: boolean;
  readonly image: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly waiting: { readonly reason: string; readonly message: string } | null;
  readonly running: boolean;
  /** When the present run began; null when it does not run or nobody says. */
  readonly runningSince: number | null;
  /** How the present run ended; null while it runs or waits. */
  readonly ended: Ended | null;
  /** How the run before ended; null when there was none. */
  readonly endedBefore: Ended | null;
};

type Condition = {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly since: number | null;
};

export type Pod = {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly created: number | null;
  readonly deleting: boolean;
  /** Null before it has one. */
  readonly node: string | null;
  readonly phase: string;
  readonly reason: string;
  readonly message: string;
  readonly conditions: Readonly<Record<string, Condition>>;
  /** Init containers first. Only those that a status speaks of. */
  readonly containers: readonly Container[];
  readonly spec: Data;
  /** Oldest first. */
  readonly events: readonly Happening[];
};

const endedOf = (state: unknown): Ended | null => {
  const terminated = record(state).terminated;
  if (typeof terminated !== 'object' || terminated === null) return null;
  const { exitCode, reason, message, finishedAt } = record(terminated);
  return {
    exitCode: count(exitCode),
    reason: text(reason),
    message: text(message),
    finishedAt: moment(finishedAt),
  };
};

const waitingOf = (state: unknown): Container['waiting'] => {
  const waiting = record(state).waiting;
  if (typeof waiting !== 'object' || waiting === null) return null;
  return { reason: text(record(waiting).reason), message: text(record(waiting).message) };
};

const containerOf = (status: unknown, init: boolean): Container => {
  const { name, image, ready, restartCount, state, lastState } = record(status);
  const running = record(state).running;
  return {
    name: text(name),
    init,
    image: text(image),
    ready: ready === true,
    restarts: count(restartCount),
    waiting: waitingOf(state),
    running: typeof running === 'object' && running !== null,
    runningSince: moment(record(running).startedAt),
    ended: endedOf(state),
    endedBefore: endedOf(lastState),
  };
};

/** Conditions by their type, of whatever has them. */
export const conditionsOf = (status: unknown): Readonly<Record<string, Condition>> =>
  Object.fromEntries(
    list(record(status).conditions).map(each => {
      const { type, status: value, reason, message, lastTransitionTime } = record(each);
      const since = moment(lastTransitionTime);
      return [text(type), { status: text(value), reason: text(reason), message: text(message), since }];
    }),
  );

export const podOf = (object: unknown, events: readonly Happening[]): Pod => {
  const spec = record(record(object).spec);
  const status = record(record(object).status);
  return {
    name: nameOf(object),
    uid: text(metadataOf(object).uid),
    labels: labelsOf(object),
    created: moment(metadataOf(object).creationTimestamp),
    deleting: metadataOf(object).deletionTimestamp !== undefined,
    node: text(spec.nodeName) || null,
    phase: text(status.phase),
    reason: text(status.reason),
    message: text(status.message),
    conditions: conditionsOf(status),
    containers: [
      ...list(status.initContainerStatuses).map(each => containerOf(each, true)),
      ...list(status.containerStatuses).map(each => containerOf(each, false)),
    ],
    spec,
    events,
  };
};

export const mainContainers = (pod: Pod): readonly Container[] => pod.containers.filter(one => !one.init);

/** Everything in it is ready, and it is not on its way out. */
export const isReady = (pod: Pod): boolean => {
  const mains = mainContainers(pod);
  return !pod.deleting && pod.phase === 'Running' && mains.length > 0 && mains.every(one => one.ready);
};

/** Its containers have ended for good. */
export const isOver = ({ phase }: Pod): boolean => phase === 'Failed' || phase === 'Succeeded';

/** The container that does the work, as the pod's own specification has it. */
export const mainSpec = (pod: Pod): Data => {
  const containers = list(pod.spec.containers).map(record);
  return containers.find(one => one.name === 'main') ?? containers[0] ?? {};
};

/** The specification of a container of either kind. */
export const specOf = (pod: Pod, name: string): Data =>
  [...list(pod.spec.containers), ...list(pod.spec.initContainers)]
    .map(record)
    .find(one => one.name === name) ?? {};

/** Names of the claims that a pod mounts. */
export const claimsOf = (pod: Pod): string[] =>
  list(pod.spec.volumes)
    .map(volume => text(record(record(volume).persistentVolumeClaim).claimName))
    .filter(name => name !== '');
