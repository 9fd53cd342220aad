/** Owns the shape of a DynamoGraphDeployment as the stand-in reads it: v1alpha1, of which v1beta1 is another writing. */

import type { KubeObject } from '../api/client.ts';
import { toAlphaSpec } from './conversion.ts';

/** A part of a pod or container that is passed on as it is. */
export type Loose = Record<string, unknown>;
export type EnvVar = { name: string; value?: string; valueFrom?: Loose };
export type Container = {
  name?: string;
  image?: string;
  command?: string[];
  args?: string[];
  env?: EnvVar[];
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
  volumeMounts?: Loose[];
  [member: string]: unknown;
};

export type Amounts = {
  cpu?: string;
  memory?: string;
  gpu?: string;
  gpuType?: string;
  custom?: Record<string, string>;
};

export type Service = {
  componentType?: string;
  subComponentType?: string;
  replicas?: number;
  envs?: EnvVar[];
  envFromSecret?: string;
  resources?: { limits?: Amounts; requests?: Amounts };
  extraPodSpec?: Loose & { mainContainer?: Container };
  extraPodMetadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  volumeMounts?: { name: string; mountPoint?: string; useAsCompilationCache?: boolean }[];
  sharedMemory?: { size?: string; disabled?: boolean };
  livenessProbe?: Loose;
  readinessProbe?: Loose;
  multinode?: { nodeCount?: number };
  ingress?: { enabled?: boolean; host?: string };
  runtimeVersionOverride?: string;
  minAvailable?: number;
  globalDynamoNamespace?: boolean;
};

export type Claim = {
  name?: string;
  create?: boolean;
  size?: string;
  storageClass?: string;
  volumeAccessMode?: string;
};

export type Spec = {
  services?: Record<string, Service>;
  backendFramework?: string;
  envs?: EnvVar[];
  pvcs?: Claim[];
  restart?: Loose;
  priorityClassName?: string;
};

/** A deployment in the one form that the rest of the stand-in works on. */
export type Graph = {
  readonly name: string;
  readonly namespace: string;
  readonly generation: number;
  readonly object: KubeObject;
  readonly spec: Spec;
  readonly components: readonly { readonly name: string; readonly service: Service }[];
};

/** Reads an object of either API version. */
export function readGraph(object: KubeObject): Graph {
  const spec: Spec = object.apiVersion.endsWith('/v1beta1')
    ? toAlphaSpec(object.spec ?? {})
    : (object.spec ?? {});
  return {
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? 'default',
    generation: object.metadata.generation ?? 1,
    object,
    spec,
    components: Object.entries(spec.services ?? {}).map(([name, service]) => ({ name, service })),
  };
}

/** The component's type as the release calls it: a typed decode or prefill worker has its role as type from 1.2 on. */
export function typeOf(service: Service, typedRoles: boolean): string {
  const role = service.subComponentType ?? '';
  return typedRoles && ['decode', 'prefill'].includes(role) ? role : (service.componentType ?? '');
}

/** Whether the type is one of the worker kind. */
export function isWorker(service: Service): boolean {
  return ['worker', 'prefill', 'decode'].includes(service.componentType ?? '');
}
