/** What a component knows about changing a deployment that is there (types only). */

import type { Draft } from './component.ts';
import type { KubernetesObject } from './manifest.ts';
import type { PreflightInput } from './preflight.ts';
import type { Values } from './settings.ts';

export type Fate = 'kept' | 'scaled' | 'replaced' | 'added' | 'removed';

/** What happens to the pods of one role. */
export type RoleChange = {
  readonly role: string;
  readonly fate: Fate;
  /** Pods that are wanted; 0 where the role is not there. */
  readonly before: number;
  readonly after: number;
  /** Of one pod, afterwards. */
  readonly gpus: number;
  /** What differs in the pods, as nouns: `image`, `arguments`. Empty when they are kept. */
  readonly reasons: readonly string[];
  /** One clause each about arguments and variables: `--a x is now --b y`. */
  readonly details: readonly string[];
};

/** Two drafts of one deployment, and what is there of it. */
export type ChangeInput = {
  readonly before: Draft;
  readonly after: Draft;
  /** The custom resource as it lives; null when it was not read. */
  readonly live: KubernetesObject | null;
  /** Of the operator in the cluster; null when nothing tells. */
  readonly operatorRelease: string | null;
};

/** Settings with which an update goes through that would wait for ever without them. */
export type Way = {
  readonly name: string;
  readonly description: string;
  readonly with: Values;
};

export type Stuck = {
  /** Code of the check that says so; skipping it goes on all the same. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
  readonly ways: readonly Way[];
};

export type Changes = {
  /** In the order in which the roles are rendered; those that go come last. */
  readonly roles: (input: ChangeInput) => readonly RoleChange[];
  /** Null when the update finds its way, or when it cannot be told. */
  readonly stuck: (input: PreflightInput) => Stuck | null;
  /** Settings that say how many pods there are. */
  readonly counts: readonly string[];
  /** Settings whose change is worked out with all that is known of the cluster; for others what was settled once stays. */
  readonly surveyed: readonly string[];
  /** By a setting that changes: those that were worked out from it, and are worked out anew. */
  readonly follow: Readonly<Record<string, readonly string[]>>;
  /** Checks against what somebody who changes a deployment means to do. */
  readonly intended: readonly string[];
  /** Settings that a return to the former ones keeps where those say nothing: how pods are replaced has to work on the way back too. */
  readonly lasting: readonly string[];
  /** Codes of --skip-check that hold for one run only. */
  readonly momentary: readonly string[];
};
