/** Nodes as real machines would show themselves: labels, allocatable, driver. */

import type { NodeFact, Taint } from '../../../../../../src/core/cluster-facts.ts';

type Gpu = { readonly product: string; readonly memory: number; readonly capability: string };

const gpus = {
  t4: { product: 'Tesla-T4', memory: 15_360, capability: '7.5' },
  l4: { product: 'NVIDIA-L4', memory: 23_034, capability: '8.9' },
  l40s: { product: 'NVIDIA-L40S', memory: 46_068, capability: '8.9' },
  h100: { product: 'NVIDIA-H100-80GB-HBM3', memory: 81_559, capability: '9.0' },
  gh200: { product: 'NVIDIA-GH200-480GB', memory: 97_871, capability: '9.0' },
} as const satisfies Record<string, Gpu>;

type Machine = {
  readonly gpu?: keyof typeof gpus;
  readonly count?: number;
  readonly cpu: number;
  readonly memoryMi: number;
  readonly arch?: string;
};

const machines = {
  'm6i.2xlarge': { cpu: 7910, memoryMi: 29_317 },
  'c7i.4xlarge': { cpu: 15_890, memoryMi: 29_317 },
  'g4dn.xlarge': { gpu: 't4', count: 1, cpu: 3920, memoryMi: 14_481 },
  'g6.xlarge': { gpu: 'l4', count: 1, cpu: 3920, memoryMi: 14_162 },
  'g6e.12xlarge': { gpu: 'l40s', count: 4, cpu: 47_810, memoryMi: 360_157 },
  'p5.4xlarge': { gpu: 'h100', count: 1, cpu: 15_890, memoryMi: 240_830 },
  'p5.48xlarge': { gpu: 'h100', count: 8, cpu: 191_450, memoryMi: 1_938_410 },
  'gh200-arm64': { gpu: 'gh200', count: 1, cpu: 71_500, memoryMi: 560_000, arch: 'arm64' },
} as const satisfies Record<string, Machine>;

export type MachineType = keyof typeof machines;

export type NodeChange = {
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly ready?: boolean;
  readonly unschedulable?: boolean;
  readonly diskGi?: number;
  readonly driver?: string;
  /** GPU feature discovery runs. */
  readonly labelled?: boolean;
  readonly devicePlugin?: boolean;
};

const gpuLabels = (type: string, gpu: Gpu, count: number, driver: string): Record<string, string> => {
  const [major = '', minor = ''] = gpu.capability.split('.');
  return {
    'nvidia.com/gpu.present': 'true',
    'nvidia.com/gpu.product': gpu.product,
    'nvidia.com/gpu.memory': String(gpu.memory),
    'nvidia.com/gpu.count': String(count),
    'nvidia.com/gpu.replicas': '1',
    'nvidia.com/gpu.sharing-strategy': 'none',
    'nvidia.com/gpu.compute.major': major,
    'nvidia.com/gpu.compute.minor': minor,
    'nvidia.com/gpu.machine': type,
    'nvidia.com/cuda.driver-version.full': driver,
    'nvidia.com/cuda.driver-version.major': driver.split('.')[0] ?? '',
  };
};

const gib = 2 ** 30;

const labelsOf = (type: MachineType, name: string, change: NodeChange): Record<string, string> => {
  const machine: Machine = machines[type];
  const gpu = machine.gpu === undefined || change.labelled === false ? undefined : gpus[machine.gpu];
  return {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': machine.arch ?? 'amd64',
    'node.kubernetes.io/instance-type': type,
    'topology.kubernetes.io/zone': change.zone ?? 'us-west-2a',
    ...(gpu === undefined ? {} : gpuLabels(type, gpu, machine.count ?? 1, change.driver ?? '580.95.05')),
    ...change.labels,
  };
};

const oneNode = (type: MachineType, name: string, change: NodeChange): NodeFact => {
  const machine: Machine = machines[type];
  const offered = change.devicePlugin === false ? 0 : (machine.count ?? 0);
  return {
    name,
    labels: labelsOf(type, name, change),
    taints: change.taints ?? [],
    ready: change.ready ?? true,
    unschedulable: change.unschedulable ?? false,
    architecture: machine.arch ?? 'amd64',
    kubelet: 'v1.33.5-eks-3abbec1',
    allocatable: {
      gpus: offered,
      cpuMilli: machine.cpu,
      memoryBytes: machine.memoryMi * 2 ** 20,
      ephemeralBytes: (change.diskGi ?? 200) * 0.9 * gib - gib,
    },
    devices: offered === 0 ? {} : { 'nvidia.com/gpu': offered },
  };
};

/** `count` nodes named `<type>-<i>`. */
export const nodes = (type: MachineType, count: number, change: NodeChange = {}): NodeFact[] =>
  Array.from({ length: count }, (_, i) => oneNode(type, `${type}-${i}`, change));
