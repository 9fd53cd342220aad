/** Owns what a fake node says of itself: labels, capacity and allocatable as the real machine would. */

import type { KubeObject } from '../api/client.ts';

/** A GPU model as GPU feature discovery describes it. */
export type Gpu = {
  readonly product: string;
  /** MiB of one GPU. */
  readonly memory: number;
  readonly family: string;
  /** Compute capability, `major.minor`. */
  readonly cc: string;
  readonly mig?: boolean;
};

export type Taint = {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
};

/** One fake node. */
export type NodeSpec = {
  readonly name: string;
  readonly zone: string;
  readonly region: string;
  readonly arch: string;
  readonly instanceType?: string | undefined;
  readonly cpu: string;
  readonly memory: string;
  /** Size of the root volume; 90 % of it minus 1 GiB can be allocated. */
  readonly disk: string;
  readonly pods: number;
  readonly gpu?: Gpu | undefined;
  readonly gpuCount: number;
  readonly efa: number;
  /** GPU feature discovery runs: without it there are no nvidia.com labels. */
  readonly gfd: boolean;
  /** The device plugin runs: without it no GPU can be allocated. */
  readonly devicePlugin: boolean;
  /** Full driver version. */
  readonly driver: string;
  readonly cudaRuntime: string;
  readonly kubelet: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Wins over what follows from the machine. */
  readonly allocatable: Readonly<Record<string, string>>;
  readonly unschedulable: boolean;
};

/** The Node object, ready from the start; the kubelet's part listens on `kubeletPort` of loopback. */
export function nodeObject(spec: NodeSpec, kubeletPort: number): KubeObject {
  const allocatable = allocatableOf(spec);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: spec.name,
      labels: labelsOf(spec),
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
    },
    spec: {
      providerID: `kwok://${spec.name}`,
      ...(spec.unschedulable && { unschedulable: true }),
      ...(spec.taints.length > 0 && { taints: spec.taints }),
    },
    status: {
      allocatable,
      capacity: { ...allocatable, ...capacityOf(spec) },
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: spec.name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      nodeInfo: nodeInfo(spec),
      conditions: conditions(),
    },
  };
}

function labelsOf(spec: NodeSpec): Record<string, string> {
  return {
    'kubernetes.io/hostname': spec.name,
    'kubernetes.io/arch': spec.arch,
    'kubernetes.io/os': 'linux',
    'topology.kubernetes.io/zone': spec.zone,
    'topology.kubernetes.io/region': spec.region,
    ...(spec.instanceType && {
      'node.kubernetes.io/instance-type': spec.instanceType,
    }),
    ...(spec.gpu && spec.gfd && gpuLabels(spec, spec.gpu)),
    ...spec.labels,
  };
}

function gpuLabels(spec: NodeSpec, gpu: Gpu): Record<string, string> {
  const [major = '', minor = ''] = gpu.cc.split('.');
  return {
    'nvidia.com/gpu.present': 'true',
    'nvidia.com/gpu.product': gpu.product,
    'nvidia.com/gpu.memory': String(gpu.memory),
    'nvidia.com/gpu.count': String(spec.gpuCount),
    'nvidia.com/gpu.replicas': '1',
    'nvidia.com/gpu.sharing-strategy': 'none',
    'nvidia.com/gpu.family': gpu.family,
    'nvidia.com/gpu.compute.major': major,
    'nvidia.com/gpu.compute.minor': minor,
    'nvidia.com/gpu.machine': spec.instanceType ?? 'bare-metal',
    'nvidia.com/mig.capable': String(gpu.mig === true),
    ...versionLabels('nvidia.com/cuda.driver-version', spec.driver, ['major', 'minor', 'revision']),
    ...versionLabels('nvidia.com/cuda.runtime-version', spec.cudaRuntime, ['major', 'minor']),
  };
}

function versionLabels(prefix: string, version: string, parts: readonly string[]): Record<string, string> {
  const numbers = version.split('.');
  const named = parts.map((part, i) => [`${prefix}.${part}`, numbers[i] ?? '0'] as const);
  return { [`${prefix}.full`]: version, ...Object.fromEntries(named) };
}

function allocatableOf(spec: NodeSpec): Record<string, string> {
  const disk = Math.floor(gibibytes(spec.disk) * 1024 ** 3 * 0.9 - 1024 ** 3);
  return {
    cpu: spec.cpu,
    memory: spec.memory,
    pods: String(spec.pods),
    'ephemeral-storage': String(disk),
    ...(spec.gpu && spec.devicePlugin && { 'nvidia.com/gpu': String(spec.gpuCount) }),
    ...(spec.efa > 0 && { 'vpc.amazonaws.com/efa': String(spec.efa) }),
    ...spec.allocatable,
  };
}

function gibibytes(size: string): number {
  return Number.parseInt(size, 10) * (size.endsWith('Ti') ? 1024 : 1);
}

// EKS reserves 255 MiB + 11 MiB a pod for itself and evicts at 100 MiB left (its own bootstrap formula).
function capacityOf(spec: NodeSpec): Record<string, string> {
  const cpu = Math.ceil(Number.parseInt(spec.cpu, 10) / (spec.cpu.endsWith('m') ? 1000 : 1));
  const memory = Number.parseInt(spec.memory, 10) + 355 + 11 * spec.pods;
  return {
    cpu: String(cpu),
    memory: `${memory}Mi`,
    'ephemeral-storage': String(gibibytes(spec.disk) * 1024 ** 3),
  };
}

function nodeInfo(spec: NodeSpec): Record<string, string> {
  return {
    architecture: spec.arch,
    operatingSystem: 'linux',
    kubeletVersion: spec.kubelet,
    kubeProxyVersion: spec.kubelet,
    containerRuntimeVersion: 'containerd://2.1.5',
    kernelVersion: '6.12.46',
    osImage: 'fake node of a rehearsal',
    bootID: '',
    machineID: '',
    systemUUID: '',
  };
}

const CONDITIONS = [
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
] as const;

function conditions(): Record<string, string>[] {
  const now = new Date().toISOString();
  return CONDITIONS.map(([type, status, reason, message]) => {
    return {
      type,
      status,
      reason,
      message,
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    };
  });
}
