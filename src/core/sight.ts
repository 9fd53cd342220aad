/** The live wait, as data: what is seen of a deployment right now, and what a component makes of it. */

import type { Finding } from './finding.ts';
import type { KubernetesObject } from './manifest.ts';

/** One collection to watch. One watch each, never a poll. */
export type WatchAsk = {
  readonly key: 'graph' | 'jobs' | 'pods' | 'events';
  /** Collection path, such as /api/v1/namespaces/NS/pods. */
  readonly path: string;
  readonly labelSelector: string | null;
  readonly fieldSelector: string | null;
};

/** A container's log. */
export type LogAsk = { readonly pod: string; readonly container: string; readonly previous: boolean };

/** Key of a log in {@link Sight}. */
export const logKey = ({ pod, container, previous }: LogAsk): string =>
  `${pod}/${container}${previous ? '/previous' : ''}`;

/** Everything known right now. Objects are as the API server gave them. */
export type Sight = {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** When this program began to wait; what happened to objects that are gone before that is not ours. */
  readonly since: number;
  readonly graph: KubernetesObject | null;
  readonly jobs: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
  readonly events: readonly KubernetesObject[];
  /** Lines by {@link logKey}, at most the last few hundred. */
  readonly logs: Readonly<Record<string, readonly string[]>>;
};

/** One role, as a table shows it. */
export type RoleRow = {
  /** `model download`, or the component's name. */
  readonly role: string;
  readonly ready: number;
  readonly wanted: number;
  /** A word that a person knows: scheduling, pulling image, waiting for the model, starting, loading weights 12/24, compiling, capturing graphs, registering, ready, … */
  readonly stage: string;
  /** Since when it is in that stage, milliseconds since 1970. */
  readonly stageSince: number;
  /** Of the pod that is furthest behind; null before it has one. */
  readonly node: string | null;
  readonly restarts: number;
  /** What makes a long wait understandable, such as `Karpenter brings a node`; empty when nothing does. */
  readonly note: string;
};

/** The model's download while it runs. Null members are not known. */
export type DownloadRow = {
  readonly doneBytes: number | null;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly note: string;
};

export type Outlook = {
  /** All that can be seen from outside is ready; whether it serves is what verify tells. */
  readonly done: boolean;
  readonly rows: readonly RoleRow[];
  /** Null when nothing is being downloaded. */
  readonly download: DownloadRow | null;
  /** Worth saying once, does not end the wait: warnings and infos. */
  readonly notices: readonly Finding[];
  /** Errors that waiting does not mend; not empty ends the wait. */
  readonly hopeless: readonly Finding[];
  /** Decisive lines for what is hopeless, quoted as they are. */
  readonly evidence: readonly string[];
  /** Logs that would tell more; each is read once it is asked for, and followed while its container runs. */
  readonly logs: readonly LogAsk[];
  /** Milliseconds since 1970 at which time alone changes the outlook; null when only news does. */
  readonly lookAgainAt: number | null;
};

/** What is waited for: the objects that were applied. */
export type Awaited = {
  readonly name: string;
  readonly namespace: string;
  readonly objects: readonly KubernetesObject[];
  /** Bytes of the weights; null when not known. */
  readonly weightsBytes: number | null;
  /** What can make nodes, such as `Karpenter`, as the survey found it or a person counts on it: its silence is then given minutes. Absent or null when there is nothing. */
  readonly nodeMaker?: string | null;
};

export type Watching = {
  readonly watches: (awaited: Awaited) => readonly WatchAsk[];
  readonly outlook: (awaited: Awaited, sight: Sight) => Outlook;
  /** How long to wait at most without being told, from the model's size. */
  readonly limitSeconds: (awaited: Awaited) => number;
  /** The last state and its likeliest cause, said when the time is up. */
  readonly lastWord: (awaited: Awaited, sight: Sight) => readonly Finding[];
};
