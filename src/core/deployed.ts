/** What a component knows about a deployment that is in a cluster: how to tell it, and what its removal takes. */

import type { OperatorFact } from './cluster-facts.ts';
import type { Finding } from './finding.ts';
import type { Ref } from './kinds.ts';
import type { KubernetesObject } from './manifest.ts';
import type { Values } from './settings.ts';

export type DeployedRole = {
  readonly name: string;
  readonly ready: number;
  readonly wanted: number;
  /** Of one replica. */
  readonly gpus: number;
};

export type DeployedCondition = {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
};

/** One deployment, as a list or a status shows it. Null where nothing tells. */
export type Described = {
  readonly name: string;
  readonly namespace: string;
  readonly model: string | null;
  readonly mode: 'aggregated' | 'disaggregated' | null;
  /** Of the runtime image. */
  readonly release: string | null;
  readonly apiVersion: string;
  readonly image: string | null;
  readonly roles: readonly DeployedRole[];
  /** All replicas that are wanted, with their GPUs. */
  readonly gpus: number;
  readonly state: 'ready' | 'not ready' | 'failed' | 'being removed' | 'not taken up';
  /** Milliseconds since 1970. */
  readonly createdAt: number | null;
  /** Where it serves inside the cluster. */
  readonly address: string;
  readonly conditions: readonly DeployedCondition[];
};

/** A collection whose objects belong to a deployment without carrying its ownership labels. */
export type ChildKind = {
  readonly plural: string;
  /** Null for that of the custom resource itself. */
  readonly apiVersion: string | null;
};

/** What is still there of a deployment that is being removed, as it is right now. */
export type Remains = {
  readonly namespace: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** When the deletion was asked for. */
  readonly since: number;
  readonly graphs: readonly KubernetesObject[];
  readonly children: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
  /** Null when they may not be read. */
  readonly operators: readonly OperatorFact[] | null;
};

export type RemovalOutlook = {
  /** Errors that waiting does not mend; not empty ends the wait. */
  readonly hopeless: readonly Finding[];
  /** Why it takes long; each is worth saying once. */
  readonly notices: readonly Finding[];
  /** Milliseconds since 1970 at which time alone may change the outlook; null when only news does. */
  readonly lookAgainAt: number | null;
};

export type Deployed = {
  readonly describe: (graph: KubernetesObject, answers: Values | null) => Described;
  readonly isGraph: (object: KubernetesObject) => boolean;
  /** Label of everything that is made for a deployment; its value is the deployment's name. */
  readonly childLabel: string;
  /** Beside pods. */
  readonly children: readonly ChildKind[];
  /** Names of the claims that an object, or the pods it makes, mount. */
  readonly claimsIn: (object: KubernetesObject) => readonly string[];
  /** Names of the Secrets that it, or the pods it makes, read. */
  readonly secretsIn: (object: KubernetesObject) => readonly string[];
  /** What the platform makes in a namespace for all deployments, and never removes. */
  readonly leftBehind: (namespace: string) => readonly Ref[];
  /** A deployment tool that makes the object anew once it is removed, such as `Argo CD`; null when there is none. */
  readonly remadeBy: (graph: KubernetesObject) => string | null;
  readonly removal: (remains: Remains) => RemovalOutlook;
  /** The likeliest causes when the time is up; one finding for each object or kind that is left. */
  readonly stillThere: (remains: Remains) => readonly Finding[];
};
