/** What one survey of a cluster found, as plain data. What could not be read says why: unreadable is not missing. */

import type { KubernetesObject } from './manifest.ts';

/** Something that was to be read. `missing` means the API itself is not served there. */
export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'forbidden' | 'missing' | 'failed'; readonly message: string };

/** The value, or null when it was not read. */
export const readOr = <T>(reading: Reading<T>): T | null => (reading.kind === 'read' ? reading.value : null);

export type Labels = Readonly<Record<string, string>>;

/** How a cluster is named to people: by its context, and in a pod, where there is none, by its address. */
export const clusterName = ({ context, server }: Pick<Target, 'context' | 'server'>): string =>
  context === null ? server : `context ${context}`;

/** Which cluster is meant, pinned for the run. */
export type Target = {
  /** Null in a pod, where there is no kubeconfig. */
  readonly context: string | null;
  readonly cluster: string;
  readonly server: string;
  readonly user: string | null;
  /** Other contexts of the kubeconfig, for hints. */
  readonly otherContexts: readonly string[];
  /** Files that the configuration came from. */
  readonly files: readonly string[];
};

export type Taint = { readonly key: string; readonly value: string; readonly effect: string };

/** Amounts of one node or pod: GPUs as a count, CPU in millicores, memory and ephemeral storage in bytes. */
export type Amounts = {
  readonly gpus: number;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly ephemeralBytes: number;
};

export type NodeFact = {
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly ready: boolean;
  /** Cordoned. */
  readonly unschedulable: boolean;
  readonly architecture: string;
  readonly kubelet: string;
  readonly allocatable: Amounts;
  /** Allocatable names that begin with `nvidia.com/`, such as MIG slices, with their counts. */
  readonly devices: Readonly<Record<string, number>>;
};

/** What bound, unfinished pods of one namespace ask for on one node; those of one role of a deployment are counted apart. */
export type NodeUse = {
  readonly node: string;
  readonly namespace: string;
  readonly asked: Amounts;
  /** Absent for pods without the labels that the survey was asked to tell deployments by. */
  readonly made?: { readonly deployment: string; readonly role: string; readonly pods: number };
};

export type QuotaFact = {
  readonly name: string;
  /** Quantities by resource name, as written. */
  readonly hard: Labels;
  readonly used: Labels;
  /** A quota with scopes holds only for some pods. */
  readonly scoped: boolean;
};

export type LimitRangeFact = {
  readonly name: string;
  readonly type: string;
  readonly max: Labels;
  readonly min: Labels;
  readonly defaults: Labels;
  readonly defaultRequests: Labels;
};

export type StorageClassFact = {
  readonly name: string;
  readonly provisioner: string;
  readonly isDefault: boolean;
  readonly bindingMode: string;
  readonly expandable: boolean;
};

export type ClaimFact = {
  readonly name: string;
  readonly accessModes: readonly string[];
  /** Null when it names none. */
  readonly storageClass: string | null;
  readonly phase: string;
  /** Asked for, as written; null when not said. */
  readonly size: string | null;
  /** What the bound volume holds; null while pending. */
  readonly capacity: string | null;
  readonly volume: string | null;
  readonly labels: Labels;
};

export type VolumeFact = {
  readonly name: string;
  /** Zones that nodeAffinity allows; empty when every zone does. */
  readonly zones: readonly string[];
  /** Values of kubernetes.io/hostname that nodeAffinity allows; empty when every node does. */
  readonly nodes?: readonly string[];
  readonly driver: string;
};

/** Name and metadata of an object that is there. */
export type ObjectFact = {
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Field managers that wrote it, without the program's own. */
  readonly managers: readonly string[];
  readonly deleting: boolean;
};

export type CrdFact = {
  readonly name: string;
  readonly annotations: Labels;
};

/** A kind that the API server serves, from discovery. */
export type ServedKind = {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
};

export type OperatorFact = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly replicas: number;
  readonly available: number;
  readonly image: string;
  readonly args: readonly string[];
};

export type WebhookFact = {
  readonly name: string;
  /** Fail or Ignore. */
  readonly failurePolicy: string;
  readonly service: string | null;
  /** Namespaces that its selector holds it to by their names; absent when it has no such selector. */
  readonly namespaces?: readonly string[];
};

/** A Karpenter NodePool. */
export type NodePoolFact = {
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly requirements: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
  readonly limits: Labels;
  /** What its nodes have in all; absent when it does not say. */
  readonly used?: Labels;
  readonly ready: boolean;
};

/** One rule of a SelfSubjectRulesReview. */
export type AccessRule = {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  /** Empty means every name. */
  readonly names: readonly string[];
};

export type AccessFact = {
  readonly rules: readonly AccessRule[];
  /** The authorizer could not list every rule: what is not listed may be allowed all the same. */
  readonly incomplete: boolean;
};

export type ClusterFacts = {
  readonly target: Target;
  /** The namespace that was surveyed. */
  readonly namespace: string;
  /** Such as v1.33.5-eks-3abbec1. */
  readonly version: Reading<string>;
  readonly namespaceState: Reading<'active' | 'terminating' | 'missing'>;
  /** Kinds served in the API groups that were asked for. */
  readonly served: Reading<readonly ServedKind[]>;
  /** Metadata of the CRD that was asked for; null when it is not there. */
  readonly crd: Reading<CrdFact | null>;
  /** The same CRD whole; read only when the release of the operator cannot be told otherwise. */
  readonly crdShape: Reading<KubernetesObject | null>;
  readonly operators: Reading<readonly OperatorFact[]>;
  readonly webhooks: Reading<readonly WebhookFact[]>;
  readonly nodes: Reading<readonly NodeFact[]>;
  readonly use: Reading<readonly NodeUse[]>;
  readonly quotas: Reading<readonly QuotaFact[]>;
  readonly limitRanges: Reading<readonly LimitRangeFact[]>;
  readonly storageClasses: Reading<readonly StorageClassFact[]>;
  readonly claims: Reading<readonly ClaimFact[]>;
  /** Volumes that the claims of the namespace are bound to, as far as they were read. */
  readonly volumes: Reading<readonly VolumeFact[]>;
  /** By name only: values are never read. */
  readonly secrets: Reading<readonly ObjectFact[]>;
  readonly services: Reading<readonly ObjectFact[]>;
  readonly jobs: Reading<readonly ObjectFact[]>;
  /** ConfigMaps with the program's own labels, data included: the answers of deployments. */
  readonly answers: Reading<readonly KubernetesObject[]>;
  /** Custom resources of the kind that was asked for in the namespace, whole. */
  readonly graphs: Reading<readonly KubernetesObject[]>;
  readonly nodePools: Reading<readonly NodePoolFact[]>;
  readonly access: Reading<AccessFact>;
};

/** What a component wants surveyed. */
export type SurveyAsk = {
  /** API groups whose served kinds matter; the core group is not listed. */
  readonly groups: readonly string[];
  /** Name of the component's CRD. */
  readonly crd: string;
  readonly operatorSelector: string;
  /** Group whose admission webhooks matter. */
  readonly webhookGroup: string;
  /** The custom resource, in its preferred order of versions. */
  readonly graph: { readonly group: string; readonly plural: string; readonly versions: readonly string[] };
  /** Labels of pods that name their deployment and their role in it; absent when nobody wants to know. */
  readonly podLabels?: { readonly deployment: string; readonly role: string };
};

export const gpuResource = 'nvidia.com/gpu';
