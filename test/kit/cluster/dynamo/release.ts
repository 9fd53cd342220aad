/** Owns in what the operators of the Dynamo releases differ, as far as the stand-in plays it. */

/** What one release's operator does. Observed on running operators, 0.8.1 to 1.5. */
export type Traits = {
  readonly release: string;
  /** API versions the CRD serves, and the one it stores. */
  readonly served: readonly string[];
  readonly stored: 'v1alpha1' | 'v1beta1';
  /** Admission looks at this version of the object. */
  readonly admits: 'v1alpha1' | 'v1beta1';
  /** Worker names end in a hash, worker templates roll by new objects, names with dots get dashes (1.0.2). */
  readonly hashes: boolean;
  /** Endings of the annotations that hold the workers' hash. */
  readonly hashAnnotations: readonly string[];
  /** `<name>-d` and `<name>-p` Services are made too (to 0.9.1). */
  readonly debugServices: boolean;
  /** The Service selects by component as well as by type (0.9.1). */
  readonly selectsComponent: boolean;
  /** A subComponentType of decode or prefill becomes the type (1.2). */
  readonly typedRoles: boolean;
  /** requests.gpu is copied (1.1.0). */
  readonly copiesGpuRequests: boolean;
  /** mainContainer.env wins over envs of the same name (1.2). */
  readonly containerEnvWins: boolean;
  /** A quantity that cannot be read is dropped instead of refused (1.2). */
  readonly dropsBadQuantities: boolean;
  /** status.observedGeneration is written (1.0.2). */
  readonly observedGeneration: boolean;
  /** The new observedGeneration comes a moment before the new state (1.0 and 1.1). */
  readonly observesFirst: boolean;
  /** The finalizer's update rewrites the spec, so that the first generation seen is 2 (to 0.9.1). */
  readonly rewritesSpec: boolean;
  /** The platform chart brings NATS (to 1.3) and etcd (to 0.9). */
  readonly nats: boolean;
  readonly etcd: boolean;
  /** Components cannot be added or removed (0.9.1). */
  readonly fixedTopology: boolean;
  /** The word of the release for a component in messages. */
  readonly word: 'services' | 'components';
  /** Refusals are 422 with a list of all errors (1.4), instead of 403 with the first. */
  readonly listsErrors: boolean;
  /** An image tag must have a semantic version (1.4). */
  readonly needsVersionTag: boolean;
};

/** The minor of a release as one number: 0.9.1 → 9, 1.2.0 → 102. */
export function minorOf(release: string): number {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return major * 100 + minor;
}

/** Looks a release up by its minor; between two known minors the older one counts. */
export function traitsOf(release: string): Traits {
  const minor = minorOf(release);
  const from = (first: number) => minor >= first;
  return {
    release,
    served: from(102) ? ['v1alpha1', 'v1beta1'] : ['v1alpha1'],
    stored: from(105) ? 'v1beta1' : 'v1alpha1',
    admits: from(103) ? 'v1beta1' : 'v1alpha1',
    hashes: from(100),
    hashAnnotations: hashAnnotations(minor),
    debugServices: !from(100),
    selectsComponent: from(9),
    typedRoles: from(102),
    copiesGpuRequests: from(101),
    containerEnvWins: from(102),
    dropsBadQuantities: from(102),
    observedGeneration: from(100),
    observesFirst: from(100) && !from(102),
    rewritesSpec: !from(100),
    nats: !from(104),
    etcd: !from(100),
    fixedTopology: from(9),
    word: from(103) ? 'components' : 'services',
    listsErrors: from(104),
    needsVersionTag: from(104),
  };
}

function hashAnnotations(minor: number): string[] {
  if (minor < 100) return [];
  if (minor < 102) return [''];
  return minor < 104 ? ['', '-v2'] : ['-v2'];
}

/** The release that is used when none is named. */
export const DEFAULT_RELEASE = '1.5.1';
