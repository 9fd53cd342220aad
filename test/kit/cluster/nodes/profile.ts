/** Owns turning `--nodes p5.48xlarge=2,cpu=3` into node specifications. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repositoryRoot } from '../control/binaries.ts';
import type { Gpu, NodeSpec, Taint } from './nodeObject.ts';

type Profile = {
  readonly platform: 'eks' | 'k8s';
  readonly instanceType?: string;
  readonly gpu?: string;
  readonly count?: number;
  readonly cpu: string;
  readonly memory: string;
  readonly disk?: string;
  readonly efa?: number;
  readonly gfd?: boolean;
  readonly devicePlugin?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly allocatable?: Readonly<Record<string, string>>;
};

type Table = {
  readonly gpus: Readonly<Record<string, Gpu>>;
  readonly profiles: Readonly<Record<string, Profile>>;
};

/** So many nodes of one profile; `tainted`: GPU pods must tolerate nvidia.com/gpu. */
export type NodeGroup = {
  readonly profile: string;
  readonly count: number;
  readonly tainted: boolean;
};

/** What a rehearsal has when nothing is said: enough for every example, small enough to read. */
export const DEFAULT_NODES = 'p5.48xlarge=2,g6e.12xlarge=1,cpu=3';

const ZONES = ['a', 'b', 'c'];
const GPU_TAINT: Taint = {
  key: 'nvidia.com/gpu',
  value: 'present',
  effect: 'NoSchedule',
};

/** Names of all profiles. */
export function profileNames(): string[] {
  return Object.keys(readTable().profiles);
}

/** Reads `profile=count[:tainted]`, joined by commas; throws a sentence for what it cannot read. */
export function parseNodes(text: string): NodeGroup[] {
  return text.split(',').map(part => {
    const match = /^([^=:]+)(?:=(\d+))?(:tainted)?$/.exec(part.trim());
    const profile = match?.[1] ?? '';
    if (!match || !profileNames().includes(profile)) {
      throw new Error(`"${part}" names no kind of node. Known: ${profileNames().join(', ')}.`);
    }
    return {
      profile,
      count: Number(match[2] ?? 1),
      tainted: match[3] !== undefined,
    };
  });
}

/** Makes the groups together `total` nodes, in the proportions they have. */
export function scaleGroups(groups: readonly NodeGroup[], total: number): NodeGroup[] {
  const sum = groups.reduce((all, group) => all + group.count, 0);
  const scaled = groups.map(group => ({
    ...group,
    count: Math.floor((group.count / sum) * total),
  }));
  const missing = total - scaled.reduce((all, group) => all + group.count, 0);
  return scaled.map((group, i) => (i === 0 ? { ...group, count: group.count + missing } : group));
}

/** One specification a node; node i of a profile is `<profile>-<i>`, zones take turns. */
export function nodeSpecs(groups: readonly NodeGroup[], kubernetes: string): NodeSpec[] {
  const table = readTable();
  return groups.flatMap(group =>
    Array.from({ length: group.count }, (_, i) => nodeSpec(table, group, i, kubernetes)),
  );
}

const DEFAULTS = {
  disk: '200Gi',
  count: 0,
  efa: 0,
  gfd: true,
  devicePlugin: true,
  labels: {},
  allocatable: {},
};

// What differs between a machine on EKS and a plain host.
const PLATFORMS = {
  eks: { region: 'us-west-2', zone: 'us-west-2', build: '-eks-0000000' },
  k8s: { region: 'site-1', zone: 'rack-', build: '' },
};

function nodeSpec(table: Table, group: NodeGroup, i: number, kubernetes: string): NodeSpec {
  const found = table.profiles[group.profile];
  if (!found) throw new Error(`There is no profile ${group.profile}.`);
  const profile = { ...DEFAULTS, ...found };
  const { region, zone, build } = PLATFORMS[profile.platform];
  return {
    name: `${group.profile}-${i}`,
    region,
    zone: `${zone}${ZONES[i % ZONES.length]}`,
    arch: 'amd64',
    instanceType: instanceType(found, group.profile),
    cpu: profile.cpu,
    memory: profile.memory,
    disk: profile.disk,
    pods: 110,
    gpu: table.gpus[profile.gpu ?? ''],
    gpuCount: profile.count,
    efa: profile.efa,
    gfd: profile.gfd,
    devicePlugin: profile.devicePlugin,
    driver: '580.95.05',
    cudaRuntime: '13.0',
    kubelet: `v${kubernetes}.0${build}`,
    labels: { ...(profile.platform === 'eks' && eksLabels(group.profile)), ...profile.labels },
    taints: group.tainted ? [GPU_TAINT] : [],
    allocatable: profile.allocatable,
    unschedulable: false,
  };
}

function instanceType(profile: Profile, name: string): string | undefined {
  return profile.platform === 'eks' ? (profile.instanceType ?? name) : undefined;
}

function eksLabels(profile: string): Record<string, string> {
  return {
    'eks.amazonaws.com/capacityType': 'ON_DEMAND',
    'eks.amazonaws.com/nodegroup': profile.replaceAll('.', '-'),
  };
}

let table: Table | undefined;

function readTable(): Table {
  table ??= parse(
    readFileSync(join(repositoryRoot(), 'test', 'kit', 'cluster', 'nodes', 'profiles.yaml'), 'utf8'),
  ) as Table;
  return table;
}
