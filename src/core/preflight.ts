/** What a component says before anything is applied: what to survey, what to allow, what to check. */

import type { CheckResult } from './check.ts';
import type { ClusterFacts, SurveyAsk } from './cluster-facts.ts';
import type { Facts } from './component.ts';
import type { HubFacts } from './hub-facts.ts';
import type { KubernetesObject } from './manifest.ts';
import type { Permission } from './permission.ts';
import type { Values } from './settings.ts';

/** What is going to be applied, and what is known of the world. */
export type PreflightInput = {
  readonly name: string;
  readonly namespace: string;
  /** In apply order. */
  readonly objects: readonly KubernetesObject[];
  /** Settled answers; null for manifests from elsewhere. */
  readonly settings: Values | null;
  readonly cluster: ClusterFacts;
  /** Null when the Hub was not asked. */
  readonly hub: HubFacts | null;
  /** Whether there is a token that could be put into a Secret. */
  readonly token: boolean;
  /** Nobody can be asked: what would need a yes is refused. */
  readonly unattended: boolean;
  /** `--yes`: what is missing and would be asked for may be created. False when absent. */
  readonly agreed?: boolean;
};

/** Why an existing deployment of ours cannot be changed in place. */
export type Replacement = { readonly reason: string };

/** A model of the Hub; without a revision its main one. */
export type ServedModel = { readonly model: string; readonly revision: string | null };

export type Preflight = {
  readonly survey: SurveyAsk;
  /** What planning wants to know, out of a survey. */
  readonly facts: (cluster: ClusterFacts, hub: HubFacts | null, token: boolean) => Facts;
  /** Everything the program does with the API of a cluster, for the check and for `--print-rbac`. */
  readonly permissions: readonly Permission[];
  /** In the order in which they are shown; the first failure decides the exit code. */
  readonly checks: (input: PreflightInput) => readonly CheckResult[];
  /** Those among them that say whether the model fits on the GPUs that its workers may get. */
  readonly fits: (input: PreflightInput) => readonly CheckResult[];
  /** Codes of checks for room on nodes: who lets one of them through counts on a node that is to come. */
  readonly aboutRoom: readonly string[];
  /** Null when the deployment can be created or changed in place. */
  readonly replacement: (input: PreflightInput) => Replacement | null;
  /** The model that manifests serve, as far as they tell and it is one of the Hub; null otherwise. */
  readonly servedModel: (objects: readonly KubernetesObject[]) => ServedModel | null;
};
