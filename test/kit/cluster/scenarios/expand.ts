/** Owns working out what a story's cluster holds: profile, additions, omissions, nodes. */

import type { KubeObject } from '../api/client.ts';
import type { NodeSpec, Taint } from '../nodes/nodeObject.ts';
import type { Loaded, NodeEntry, Profiles, StoryCluster, Workload } from './story.ts';

/** The cluster with everything it inherits. */
export type Expanded = StoryCluster & {
  readonly objects: readonly KubeObject[];
  readonly provisioners: readonly string[];
  readonly hasCrd: boolean;
};

/** Resolves `from`, `without` and `${release}`. */
export function expandCluster({ story, profiles }: Loaded): Expanded {
  const chain = chainOf(story.cluster, profiles);
  const merged: StoryCluster = Object.assign({}, ...chain);
  const without = new Set(chain.flatMap(each => each.without ?? []));
  const objects = new Map<string, KubeObject>();
  for (const object of chain.flatMap(each => each.objects ?? [])) {
    const key = `${object.kind}/${object.metadata.name}`;
    // The same object given again replaces the profile's; in another namespace it is another one.
    objects.set(`${key}/${object.metadata.namespace ?? ''}`, substitute(object, { release: story.release }));
  }
  const kept = [...objects.values()].filter(each => !without.has(`${each.kind}/${each.metadata.name}`));
  return {
    ...merged,
    objects: kept,
    nodes: chain.flatMap(each => each.nodes ?? []),
    provisioners: merged.provisioners ?? [],
    // A profile that never had a webhook never had Dynamo: a laptop, not a cluster that lost its operator.
    hasCrd: !without.has('CRD') && chain[0]?.webhook !== 'absent',
  };
}

function chainOf(cluster: StoryCluster, profiles: Profiles): StoryCluster[] {
  const parent = cluster.from === undefined ? undefined : profiles.clusters[cluster.from];
  return parent ? [...chainOf(parent, profiles), cluster] : [cluster];
}

/** Replaces `${name}` everywhere in a value. */
export function substitute<T>(value: T, names: Readonly<Record<string, string>>): T {
  const text = JSON.stringify(value).replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    const known = names[name];
    return known === undefined ? whole : JSON.stringify(known).slice(1, -1);
  });
  return JSON.parse(text) as T;
}

/** Node specifications of all entries; node i of a profile is `<profile>-<i>`, counted over the whole cluster. */
export function nodesOf(entries: readonly NodeEntry[], profiles: Profiles): NodeSpec[] {
  const counts = new Map<string, number>();
  return entries.flatMap(entry =>
    Array.from({ length: entry.count ?? 1 }, (_, i) => {
      const profile = entry.profile ?? 'node';
      const n = counts.get(profile) ?? 0;
      counts.set(profile, n + 1);
      return nodeOf(
        { ...entry, name: entry.name ?? `${profile}-${n}` },
        entry.zones?.[i % (entry.zones.length || 1)],
        profiles,
      );
    }),
  );
}

/** One node; values of the entry win over the machine's, those over the defaults. */
export function nodeOf(entry: NodeEntry, zone: string | undefined, profiles: Profiles): NodeSpec {
  const defaults = {
    ...profiles.nodeDefaults,
    gpu: '',
    count: 0,
    efa: 0,
    allocatable: {},
    taints: [],
    unschedulable: false,
  };
  const machine = profiles.nodes[entry.profile ?? ''] ?? {};
  const known: Record<string, unknown> = { ...defaults, ...machine, ...entry };
  const text = (member: string) => String(known[member]);
  const { labels, cudaRuntime } = profiles.nodeDefaults;
  return {
    name: text('name'),
    zone: zone ?? text('zone'),
    region: String(labels['topology.kubernetes.io/region']),
    arch: text('arch'),
    instanceType: entry.profile,
    cpu: text('cpu'),
    memory: text('memory'),
    disk: text('disk'),
    pods: Number(known.pods),
    gpu: profiles.gpus[text('gpu')],
    // The entry's own count is the number of nodes; the machine's that of GPUs.
    gpuCount: Number({ ...defaults, ...machine }.count),
    efa: Number(known.efa),
    gfd: known.gfd !== false,
    devicePlugin: known.devicePlugin !== false,
    driver: text('driver'),
    cudaRuntime: cudaRuntime[text('driver').split('.')[0] ?? ''] ?? '13.0',
    kubelet: text('kubelet'),
    labels: { ...labels, ...entry.labels },
    taints: known.taints as Taint[],
    allocatable: known.allocatable as Record<string, string>,
    unschedulable: known.unschedulable === true,
  };
}

/** Pods that hold GPUs on a given node. */
export function workloadPods(workloads: readonly Workload[]): KubeObject[] {
  return workloads.flatMap(workload =>
    Array.from({ length: workload.pods }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${workload.name}-${i}`,
        namespace: workload.namespace,
        labels: { app: workload.name, ...workload.labels },
      },
      spec: {
        nodeName: workload.node,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: 'main',
            image: 'example/workload:1',
            resources: { limits: { 'nvidia.com/gpu': String(workload.gpu) } },
          },
        ],
      },
    })),
  );
}

/** Stubs of foreign CRDs, given as `plural.group`. */
export function stubCrd(name: string): KubeObject {
  const [plural = '', ...rest] = name.split('.');
  const kinds: Readonly<Record<string, string>> = { nodepools: 'NodePool', nodeclaims: 'NodeClaim' };
  const kind = kinds[plural] ?? `${plural.charAt(0).toUpperCase()}${plural.slice(1).replace(/s$/, '')}`;
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: open };
  const version = { name: 'v1', served: true, storage: true, subresources: { status: {} }, schema };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group: rest.join('.'),
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope: 'Cluster',
      versions: [version],
    },
  };
}
