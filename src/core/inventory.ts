/** What a component knows about the objects of its deployments: which role a pod plays, what belongs into a bundle, who counts what (types only). */

import type { Finding } from './finding.ts';
import type { KubernetesObject } from './manifest.ts';

/** Objects that belong to a deployment, as one file of a bundle. */
export type Collection = {
  /** Such as `services`; becomes the file's name. */
  readonly file: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Null for a group whose version the API server decides. */
  readonly version: string | null;
  readonly plural: string;
  /** Null for all of the namespace. */
  readonly labelSelector: string | null;
};

/** A page of metrics in Prometheus' text format, of one ready pod. */
export type MetricsPage = { readonly component: string; readonly port: number };

/** What metrics tell: figures to know, and findings where they are bad. */
export type MetricsWord = { readonly figures: readonly string[]; readonly findings: readonly Finding[] };

export type Inventory = {
  /** A short word such as `frontend`, `decode` or `model-download`. */
  readonly roleOf: (pod: KubernetesObject) => string;
  /** Whether a pod plays the role that somebody typed. */
  readonly plays: (pod: KubernetesObject, role: string) => boolean;
  /** Ids under which the model should be served, the one to use first; empty when the manifest does not tell. */
  readonly served: (graph: KubernetesObject) => readonly string[];
  readonly collections: (name: string) => readonly Collection[];
  readonly pages: (graph: KubernetesObject) => readonly MetricsPage[];
  /** Codes of checks that speak of what is going to be applied, and say nothing about what has been. */
  readonly onlyBefore: readonly string[];
  /** Pages in the order of {@link Inventory.pages}; null for one that was not read. */
  readonly readPages: (name: string, pages: readonly (string | null)[]) => MetricsWord;
};
