/** The plan: every decision made, as plain data; no YAML, no secret, nothing still to decide. */

export type RoleKind = 'frontend' | 'worker' | 'prefill' | 'decode';

/** A literal, or one key of a Secret that may be missing. */
export type Variable =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly secret: { readonly name: string; readonly key: string } };

export type Toleration = {
  readonly key: string;
  readonly operator: 'Exists' | 'Equal';
  /** Only with `Equal`. */
  readonly value: string | null;
  /** Null tolerates every effect. */
  readonly effect: string | null;
};

/** GPUs of one replica; their product is what one pod asks for. */
export type Parallelism = {
  readonly tensor: number;
  readonly pipeline: number;
  readonly data: number;
  readonly expert: boolean;
};

export type Placement = {
  readonly tolerations: readonly Toleration[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Label value that pods on one node share; null when pods may spread. */
  readonly togetherBy: string | null;
};

export type Role = {
  readonly kind: RoleKind;
  /** Component name, also in the names of its Service and pods: Frontend, worker, prefill, decode. */
  readonly component: string;
  readonly replicas: number;
  /** Null for the frontend. */
  readonly parallelism: Parallelism | null;
  /** GPUs of one replica; 0 for the frontend. */
  readonly gpus: number;
  /** Empty where the operator's default is right. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly Variable[];
  /** Quantities by resource name, GPUs not included. */
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
  /** Size of /dev/shm; null leaves the operator's 8Gi. */
  readonly sharedMemory: string | null;
  /** KVBM's disk tier: an emptyDir of that size, mounted there. */
  readonly disk: { readonly path: string; readonly size: string } | null;
  /** How often and how many times its first answer is asked for before it is started again; absent where the operator's two hours are enough. */
  readonly startup?: { readonly periodSeconds: number; readonly failureThreshold: number };
  /** Annotations by which the operator replaces its pods; absent where its own way is right. */
  readonly update?: Readonly<Record<string, string>>;
  readonly placement: Placement;
};

export type ModelCache = {
  readonly claim: string;
  /** False when the claim is somebody else's and is used as it is. */
  readonly create: boolean;
  /** Null when the claim is not created here. */
  readonly size: string | null;
  readonly storageClass: string | null;
  readonly accessMode: 'ReadWriteMany' | 'ReadWriteOnce';
  readonly mountPath: string;
};

export type Download = {
  /** `<name>-download-<8 hex>`: Jobs are immutable, so whatever changes one changes its name. */
  readonly job: string;
  readonly env: readonly Variable[];
  readonly placement: Placement;
};

export type Plan = {
  readonly name: string;
  readonly namespace: string;
  readonly createNamespace: boolean;
  readonly mode: 'aggregated' | 'disaggregated';
  readonly platform: 'eks' | 'k8s';
  readonly release: string;
  readonly operatorRelease: string;
  readonly apiVersion: 'nvidia.com/v1alpha1' | 'nvidia.com/v1beta1';
  /** vLLM release in the image. */
  readonly engine: string;
  readonly model: {
    readonly id: string;
    readonly revision: string;
    /** What the engine loads: a folder on the claim, or the id when there is no claim. */
    readonly path: string;
    readonly servedNames: readonly string[];
    /** As asked for in the engine arguments; null leaves the model's own. */
    readonly maxModelLen: string | null;
  };
  readonly image: string;
  /** Release to state beside an image whose tag has none; null when the tag says it. */
  readonly runtimeVersionOverride: string | null;
  readonly imagePullSecrets: readonly string[];
  readonly cache: ModelCache | null;
  readonly download: Download | null;
  readonly roles: readonly Role[];
  readonly gpus: { readonly perReplica: Readonly<Record<string, number>>; readonly total: number };
  readonly router: { readonly temperature: number; readonly overlapWeight: number } | null;
  readonly kvbm: { readonly cpuGb: number; readonly diskGb: number; readonly diskDir: string } | null;
  readonly structuredLogging: boolean;
  readonly podMonitor: boolean;
  /** 16 hex digits over the settings. */
  readonly answersHash: string;
};

/** What the roles need to know of the rest of the plan. */
export type Outline = Pick<Plan, 'model' | 'cache' | 'kvbm' | 'router' | 'mode'>;

/** Role kinds that hold GPUs. */
export const isWorker = (role: Role): boolean => role.parallelism !== null;
