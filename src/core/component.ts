/**
 * The contract a component folder fulfils. The way of the data:
 * answers + config → settle → Settled → draft (complete → plan → render → validate) → Draft → review, save, apply.
 */

import type { Catalogue, Finding } from './finding.ts';
import type { Prices } from './fit.ts';
import type { KubernetesObject, Manifest } from './manifest.ts';
import type { SettingTable, Value } from './schema.ts';
import type { Settled } from './settings.ts';

/** What the cluster and the Hub said, as plain data; `noFacts` for offline work. */
export type Facts = {
  /** Release of the operator found, such as `1.2.0`; null when none was looked for. */
  readonly operatorRelease: string | null;
  readonly platform: 'eks' | 'k8s' | null;
  /** Null when the storage classes were not read. */
  readonly storageClasses: readonly StorageClass[] | null;
  /** Claims of the namespace; null when they were not read. */
  readonly claims: readonly Claim[] | null;
  /** Names of the namespace's Secrets; null when they were not read. */
  readonly secrets: readonly string[] | null;
  /** Whether the monitoring CRDs (PodMonitor) are installed; null when not read. */
  readonly monitoring: boolean | null;
  /** GPU nodes that take pods; null when they were not read. */
  readonly gpuNodes: readonly GpuNode[] | null;
  /** Whether a provisioner may add GPU nodes of other types; null or absent when not known. */
  readonly gpuPools?: boolean | null;
  /** Read by this very run, so that checks before a deployment will look closer; absent for what a file says. */
  readonly isLive?: boolean;
  /** The cluster was looked for and cannot be seen, so nothing can be deployed in this run; absent when nobody looked. */
  readonly isUnseen?: boolean;
  /** Node selectors that deployments of ours were given before, by name; absent when not read. */
  readonly nodeSelectors?: Readonly<Record<string, readonly string[]>>;
  /** Prices an hour that a person gave; null or absent without any. */
  readonly prices?: Prices | null;
  /** What the Hub says about the model that was asked for; null when it was not asked or did not know. */
  readonly model: HubModel | null;
  /** Whether there is a Hugging Face token that can be put into a Secret. */
  readonly token: boolean;
};

export type HubModel = {
  /** As asked for. */
  readonly asked: string;
  /** As the Hub spells it. */
  readonly id: string;
  readonly weightsBytes: number | null;
  /** Text of its config.json; null or absent when it was not read. */
  readonly config?: string | null;
};

export type StorageClass = {
  readonly name: string;
  readonly provisioner: string;
  readonly isDefault: boolean;
};

export type Claim = {
  readonly name: string;
  readonly accessModes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** What it asks for, as written; absent when it does not say. */
  readonly size?: string | null;
  readonly storageClass?: string | null;
};

export type GpuNode = {
  readonly name: string;
  /** Allocatable GPUs minus those that bound pods asked for. */
  readonly freeGpus: number;
  /** As GPU feature discovery labels it; absent when it does not. */
  readonly product?: string | null;
  /** What its labels or its instance type tell of one GPU; absent or null when they do not. */
  readonly gpu?: GpuKind | null;
  /** Allocatable GPUs, held or not; absent when not known. */
  readonly gpus?: number;
};

export type GpuKind = {
  /** As a person says it: `H100-80GB`. */
  readonly name: string;
  /** What CUDA reports. */
  readonly visibleGib: number;
  /** Compute capability, such as 8.9; null when not known. */
  readonly capability: number | null;
  readonly nvlink: boolean | null;
};

export const noFacts: Facts = {
  operatorRelease: null,
  platform: null,
  storageClasses: null,
  claims: null,
  secrets: null,
  monitoring: null,
  gpuNodes: null,
  model: null,
  token: false,
};

/** One line of the summary: a label of at most 16 characters and its value. */
export type SummaryLine = { readonly label: string; readonly value: string };

export type Draft = {
  /** Every setting with its final value, derived ones included; what an answers file holds. */
  readonly settings: Readonly<Record<string, Value>>;
  /** Every decision made, JSON-serialisable. Null when the settings do not allow one. */
  readonly plan: Readonly<Record<string, unknown>> | null;
  /** In apply order. Empty when there is no plan. */
  readonly manifests: readonly Manifest[];
  readonly summary: readonly SummaryLine[];
  readonly findings: readonly Finding[];
};

export type Explained = {
  readonly summary: readonly SummaryLine[];
  readonly findings: readonly Finding[];
  readonly name: string;
  readonly namespace: string;
};

export type OfferedChoice = {
  /** One line. */
  readonly name: string;
  /** What stands behind the question once it is taken. */
  readonly short: string;
  /** More about it, shown while it is marked; may be empty. */
  readonly description: string;
  readonly value: Value;
  /** Other answers that belong to this one; empty as a rule. */
  readonly with: Readonly<Record<string, Value>>;
};

/** What a prompt offers instead of a free answer, because more is known than the setting's kind. */
export type Offer = {
  readonly choices: readonly OfferedChoice[];
  /** Position of the choice that Enter takes. */
  readonly usual: number;
};

export type Component = {
  readonly settings: SettingTable;
  readonly catalogue: Catalogue;
  /** The answer a prompt offers for a key when nobody set one, given the answers so far. */
  readonly suggest: (key: string, values: Readonly<Record<string, Value>>) => Value;
  /** One sentence against the answer to `key` in the light of all the others, for prompts. */
  readonly object: (key: string, settled: Settled, facts: Facts) => string | undefined;
  /** Null when nothing is known that would make the prompt better than a free answer. */
  readonly offer: (key: string, settled: Settled, facts: Facts) => Offer | null;
  readonly draft: (settled: Settled, facts: Facts, programVersion: string) => Draft;
  /** The summary and findings of manifests that somebody else may have written or changed. */
  readonly explain: (objects: readonly KubernetesObject[]) => Explained;
};
