/** Demands: what the pods of the objects to apply ask of a cluster, read from the objects themselves. */

import type { Amounts } from '../../../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import { type Component, componentsOf, isGraph } from '../graph.ts';
import { cacheLabel } from '../labels.ts';
import {
  addResources,
  amountsOf,
  claimsOf,
  type Data,
  gpuName,
  labelsOf,
  list,
  type Resources,
  record,
  resourcesOf,
  text,
  togetherBy,
  type Where,
  whereOf,
} from './podspec.ts';

export type Demand = {
  /** As in sentences: `worker`, `the download Job`. */
  readonly name: string;
  /** Path in the object, for findings. */
  readonly path: string;
  readonly pods: number;
  /** Of one pod. */
  readonly asked: Amounts;
  readonly resources: Resources;
  readonly where: Where;
  /** Claims it mounts. */
  readonly claims: readonly string[];
  /** Claims whose pods hold themselves together on one node. */
  readonly together: readonly string[];
  readonly image: string;
  /** The component it was read from; null for a Job. */
  readonly component: Component | null;
  /** Volumes by mount path in the main container: `claim`, `host`, `memory`, `node` (its ephemeral storage) or `other`. */
  readonly mounts: Readonly<Record<string, VolumeKind>>;
};

export type VolumeKind = 'claim' | 'host' | 'memory' | 'node' | 'other';

const volumeKind = (volume: Data): VolumeKind => {
  if ('persistentVolumeClaim' in volume || 'ephemeral' in volume) return 'claim';
  if ('hostPath' in volume) return 'host';
  if ('emptyDir' in volume) return record(volume['emptyDir'])['medium'] === 'Memory' ? 'memory' : 'node';
  return 'other';
};

const mountsOf = (spec: Data, main: Data): Record<string, VolumeKind> => {
  const volumes = list(spec['volumes']).map(record);
  return Object.fromEntries(
    list(main['volumeMounts'])
      .map(record)
      .map(({ name, mountPath }) => {
        const volume = volumes.find(one => one['name'] === name);
        return [text(mountPath), volume === undefined ? 'other' : volumeKind(volume)];
      }),
  );
};

/** `gpu` is the name of v1alpha1; a resource that is none of Kubernetes' own stands below `custom`. */
const alphaMap = (value: unknown): Record<string, string> => {
  const { gpu, gpuType, custom, ...plain } = record(value);
  const own = labelsOf(plain);
  return {
    ...own,
    ...labelsOf(custom),
    ...(gpu === undefined || gpuType !== undefined ? {} : { [gpuName]: text(gpu) }),
  };
};

/** Up to 1.0 the operator drops a GPU request, later it equals the limit: only the limit counts. */
const alphaResources = (service: Data, main: Data): Resources => {
  const { requests, limits } = record(service['resources']);
  const inner = resourcesOf(main);
  const allLimits = { ...inner.limits, ...alphaMap(limits) };
  const gpu = allLimits[gpuName];
  return {
    limits: allLimits,
    requests: {
      ...allLimits,
      ...inner.requests,
      ...alphaMap(requests),
      ...(gpu === undefined ? {} : { [gpuName]: gpu }),
    },
  };
};

type Shape = {
  readonly spec: Data;
  readonly main: Data;
  readonly resources: Resources;
  readonly claims: readonly string[];
  readonly nodes: number;
};

const nodesOf = (holder: Data): number => {
  const count = Number(record(holder['multinode'])['nodeCount'] ?? 1);
  return Number.isInteger(count) && count > 0 ? count : 1;
};

const serviceShape = (service: Data): Shape => {
  const spec = record(service['extraPodSpec']);
  const main = record(spec['mainContainer']);
  const own = alphaResources(service, main);
  const mounted = list(service['volumeMounts']).map(mount => text(record(mount)['name']));
  return {
    spec,
    main,
    resources: addResources([own, ...list(spec['containers']).map(resourcesOf)]),
    claims: [...mounted, ...claimsOf(spec)],
    nodes: nodesOf(service),
  };
};

const componentShape = (component: Data): Shape => {
  const spec = record(record(component['podTemplate'])['spec']);
  const containers = list(spec['containers']).map(record);
  const compiled = record(component['compilationCache'])['pvcName'];
  return {
    spec,
    main: containers.find(one => one['name'] === 'main') ?? containers[0] ?? {},
    resources: addResources(containers.map(resourcesOf)),
    claims: [...claimsOf(spec), ...(compiled === undefined ? [] : [text(compiled)])],
    nodes: nodesOf(component),
  };
};

const unique = (items: readonly string[]): string[] => [...new Set(items.filter(item => item !== ''))];

const graphDemands = (graph: KubernetesObject): Demand[] => {
  const spec = record(graph['spec']);
  const shapes = Array.isArray(spec['components'])
    ? spec['components'].map(record).map(componentShape)
    : Object.values(record(spec['services'])).map(record).map(serviceShape);
  return componentsOf(graph).flatMap((component, at) => {
    const shape = shapes[at];
    if (shape === undefined) return [];
    return [
      {
        name: component.name,
        path: component.path,
        pods: Math.max(0, component.replicas) * shape.nodes,
        asked: amountsOf(shape.resources.requests),
        resources: shape.resources,
        where: whereOf(shape.spec),
        claims: unique(shape.claims),
        together: togetherBy(shape.spec, cacheLabel),
        image: component.image,
        component,
        mounts: mountsOf(shape.spec, shape.main),
      },
    ];
  });
};

const jobDemand = (job: KubernetesObject): Demand => {
  const outer = record(job['spec']);
  const spec = record(record(outer['template'])['spec']);
  const containers = list(spec['containers']).map(record);
  const resources = addResources(containers.map(resourcesOf));
  return {
    name: `the Job ${job.metadata.name}`,
    path: 'spec.template',
    pods: Number(outer['parallelism'] ?? 1),
    asked: amountsOf(resources.requests),
    resources,
    where: whereOf(spec),
    claims: unique(claimsOf(spec)),
    together: togetherBy(spec, cacheLabel),
    image: text(containers[0]?.['image']),
    component: null,
    mounts: {},
  };
};

/** In the order of the objects. */
export const demandsOf = (objects: readonly KubernetesObject[]): Demand[] =>
  objects.flatMap(object => {
    if (isGraph(object)) return graphDemands(object);
    return object.kind === 'Job' ? [jobDemand(object)] : [];
  });
