/**
 * The contract a component folder fulfils. The way of the data:
 * answers + config → settle → Settled → draft (complete → plan → render → validate) → Draft → review, save, apply.
 */

import type { Catalogue, Finding } from './finding.ts';
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

export type Component = {
  readonly settings: SettingTable;
  readonly catalogue: Catalogue;
  /** The answer a prompt offers for a key when nobody set one, given the answers so far. */
  readonly suggest: (key: string, values: Readonly<Record<string, Value>>) => Value;
  /** One sentence against the answer to `key` in the light of all the others, for prompts. */
  readonly object: (key: string, settled: Settled, facts: Facts) => string | undefined;
  readonly draft: (settled: Settled, facts: Facts, programVersion: string) => Draft;
  /** The summary and findings of manifests that somebody else may have written or changed. */
  readonly explain: (objects: readonly KubernetesObject[]) => Explained;
};
