/** What is validated, reviewed, saved and applied: text and parsed object of one Kubernetes resource, together. */

export type KubernetesObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
};

export type Manifest = {
  /** File name in a saved folder, such as `02-job.yaml`: number = apply order, lower-case kind. */
  readonly file: string;
  /** The YAML text, ending in one newline. */
  readonly text: string;
  /** The same, parsed. Never edited after validation. */
  readonly object: KubernetesObject;
};

/** `01-persistentvolumeclaim.yaml` for the first object of kind PersistentVolumeClaim. */
export const manifestFile = (index: number, kind: string): string =>
  `${String(index + 1).padStart(2, '0')}-${kind.toLowerCase()}.yaml`;
