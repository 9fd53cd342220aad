/** Causes: what is around an engine: shared memory, driver, network between GPUs, Dynamo's own services, permissions. */

import { again, type LogCause, type Subject, withArgs } from './cause.ts';
import { sharedMemoryOf } from './shared-memory.ts';
import { variableOf } from './words.ts';

const sharedMemory = (subject: Subject): { why: string; hint: string } => {
  const size = sharedMemoryOf(subject.pod);
  const { tensor } = subject;
  return {
    why: `its shared memory /dev/shm (${size}) is too small for NCCL and the ${tensor > 1 ? `${tensor} GPUs of tensor parallelism` : 'processes of the engine'}`,
    hint: `Leave sharedMemory out of config.json and manifest, then it gets enough, or ${again('--shared-memory 16Gi')}`,
  };
};

const gpuDriver =
  'Update the NVIDIA driver of the node, or use an image for its CUDA (a tag without -cuda13, an older --release).';

export const runtimeCauses: readonly LogCause[] = [
  {
    rule: 'start-wrong-architecture',
    sign: /exec format error/i,
    say: (_, { image, pod }) => {
      const built = /(amd64|x86[_-]64|arm64|aarch64)/.exec(image)?.[1];
      const arm = built === undefined ? null : /arm|aarch/.test(built);
      const pair =
        arm === null
          ? 'the image is for amd64 and the node arm64, or the reverse'
          : `the image is for ${arm ? 'arm64' : 'amd64'} and the node is ${arm ? 'amd64' : 'arm64'}`;
      return {
        why: `the image ${image} is built for another CPU architecture than that of node ${pod.node ?? ''}: ${pair} (exec format error)`,
        hint: 'Use a multi-arch image tag that has both (without -amd64 or -arm64), or place the pods on nodes of its architecture and run again with: --node-selector kubernetes.io/arch=amd64',
      };
    },
  },
  {
    rule: 'start-shared-memory',
    sign: /\/dev\/shm.*No space left|extend \/dev\/shm|shared memory segment.*No space left|insufficient shared memory \(shm\)|unable to (?:mmap|write to file|open shared memory).*(?:torch_|shm)/i,
    say: (_, subject) => sharedMemory(subject),
  },
  {
    rule: 'start-driver-too-old',
    sign: /CUDA driver version is insufficient|forward compatibility was attempted|unsupported display driver \/ cuda driver combination|NVIDIA driver on your system is too old(?: \(found version (\d+)\))?|unsatisfied condition: cuda>=([\d.]+)|please update your driver|cudaErrorInsufficientDriver/i,
    say: ([, found, wanted], { image, pod }) => ({
      why: `the NVIDIA driver of node ${pod.node ?? ''} is too old for the CUDA of the image ${image}${wanted === undefined ? '' : `, which needs CUDA ${wanted}`}${found === undefined ? '' : ` (driver API ${found})`}`,
      hint: gpuDriver,
    }),
  },
  {
    rule: 'start-no-gpu',
    sign: /No CUDA GPUs are available|Found no NVIDIA driver|libcuda\.so\.1: cannot open shared object|Failed to infer device type|could not select device driver|no NVIDIA GPU device is present|CUDA unknown error/i,
    say: (_, { pod, role }) => ({
      why: `it sees no GPU on node ${pod.node ?? ''}${role.component?.gpu === null ? ', and asks for none' : ''}`,
      hint: `Check the GPU limit of the worker, and the device plugin and container toolkit of the node: kubectl describe node ${pod.node ?? ''}`,
    }),
  },
  {
    rule: 'start-gpu-broken',
    sign: /(?:CUDA error|Error 802): (uncorrectable ECC error.*|system not yet initialized|CUDA-capable device.*(?:busy|unavailable).*|unspecified launch failure|an illegal memory access.*|device-side assert.*)|GPU has fallen off the bus|NVLink.*error/i,
    say: ([all, kind], { pod }) => ({
      why: `a GPU of node ${pod.node ?? ''} does not work: ${kind ?? all}`,
      hint: 'Look at the node (nvidia-smi, dmesg for Xid, the fabric manager where GPUs are joined by NVSwitch), and cordon it meanwhile.',
    }),
  },
  {
    rule: 'start-kvbm',
    sign: /(?:kvbm|block_manager|KvConnectorLeader|leader barrier).*(?:timed? ?out|deadline)|(?:timed? ?out|deadline).*(?:kvbm|block_manager|leader barrier)/i,
    say: (_, subject) => ({
      why: `KVBM did not get its caches ready in time (CPU ${variableOf(subject.role.component, 'DYN_KVBM_CPU_CACHE_GB') ?? '0'} GB, disk ${variableOf(subject.role.component, 'DYN_KVBM_DISK_CACHE_GB') ?? '0'} GB)`,
      hint: 'Make the caches smaller (--kvbm-cpu-gb, --kvbm-disk-gb), or give more time and run again with: --env DYN_KVBM_LEADER_WORKER_INIT_TIMEOUT_SECS=3600',
    }),
  },
  {
    rule: 'start-kvbm',
    sign: /cudaHostAlloc[^\n]*(?:fail|error)|(?:fail|cannot|unable)[^\n]*pinned|(?:fallocate|O_DIRECT)[^\n]*(?:fail|error|invalid|not supported)/i,
    say: ([line], subject) => ({
      why: `KVBM cannot set up its caches (CPU ${variableOf(subject.role.component, 'DYN_KVBM_CPU_CACHE_GB') ?? '0'} GB): ${line}`,
      hint: 'Make the CPU cache smaller or the memory limit larger; for a disk without fallocate or O_DIRECT run again with: --env DYN_KVBM_DISK_ZEROFILL_FALLBACK=true --env DYN_KVBM_DISK_DISABLE_O_DIRECT=true',
    }),
  },
  {
    rule: 'start-nats-etcd',
    sign: /(?:failed|unable|could not|cannot|error|timed? ?out)[^\n]*\b(nats|etcd)\b|\b(nats|etcd)\b[^\n]*(?:refused|timed? ?out|lookup|failed|unavailable|unreachable|dns error)/i,
    starts: 3,
    onlyFollows: true,
    say: ([, one, two], { scene, role }) => {
      const what = (one ?? two ?? '').toUpperCase() === 'NATS' ? 'NATS' : 'etcd';
      const address = variableOf(role.component, what === 'NATS' ? 'NATS_SERVER' : 'ETCD_ENDPOINTS');
      return {
        why: `${what} of the Dynamo platform cannot be reached${address === undefined ? '' : ` at ${address}`}`,
        hint: `Look whether a network policy of namespace ${scene.awaited.namespace} keeps pods from it, and whether it runs: kubectl get pods -A | grep -i ${what.toLowerCase()}`,
      };
    },
  },
  {
    rule: 'start-service-links',
    sign: /\b(VLLM_\w*PORT) '?(tcp:[^' ]+)'? appears to be a URI/,
    say: ([, name = '', value = ''], { scene, role }) => ({
      why: `Kubernetes sets ${name} to ${value} because of a Service whose name begins with vllm, and the engine takes that for its port`,
      hint: `Set enableServiceLinks: false in ${role.component?.path ?? 'the manifest'}, as manifests of this program do, or rename that Service: kubectl -n ${scene.awaited.namespace} get services`,
    }),
  },
  {
    rule: 'start-port-in-use',
    sign: /Address already in use(?:.*?:(\d{2,5})\b)?|EADDRINUSE|errno 98|os error 98/i,
    // Engines choose ports for their processes at random and may meet one that is taken.
    starts: 3,
    say: ([, port], { role }) => ({
      why: `a port it wants to listen on is taken${port === undefined ? '' : ` (${port})`}`,
      hint: `Leave --port, DYN_SYSTEM_PORT and hostNetwork out of ${role.component?.path ?? 'the manifest'}.`,
    }),
  },
  {
    rule: 'start-discovery-forbidden',
    sign: /forbidden: User "(system:serviceaccount:[^"]+)" cannot (\w+) resource "([^"]+)"/,
    say: ([, user = '', verb = '', resource = ''], { scene }) => ({
      why: `its service account ${user} may not ${verb} ${resource}, which discovery needs`,
      hint: `The operator makes the role ${scene.awaited.name}-k8s-service-discovery-role; look whether it is there: kubectl -n ${scene.awaited.namespace} get role,rolebinding`,
    }),
  },
  {
    rule: 'start-not-permitted',
    sign: /PermissionError: \[Errno 13\] Permission denied: '([^']+)'|\[Errno 30\] Read-only file system: '([^']+)'/,
    say: ([, denied, readOnly]) => ({
      why: `its user may not write ${denied ?? readOnly ?? ''}`,
      hint: 'The image runs as user 1000: give the volume fsGroup 1000 or an owner of 1000, or name a folder that can be written.',
    }),
  },
  {
    rule: 'start-disk-full',
    sign: /No space left on device|Disk quota exceeded/,
    say: (_, { pod }) => ({
      why: `a disk that it writes to is full (node ${pod.node ?? ''})`,
      hint: 'Look which: a claim, the KVBM disk cache, or the disk of the node; then enlarge it or write less.',
    }),
  },
  {
    rule: 'start-module-missing',
    sign: /ModuleNotFoundError: No module named '([^']+)'/,
    say: ([, module = ''], { image }) => ({
      why: `the image ${image} lacks the Python module ${module}`,
      hint: 'Use the runtime image of a release that has it (--release, --image).',
    }),
  },
  {
    rule: 'start-command',
    sign: /exec: "?([^":]+)"?: (?:executable file not found|no such file or directory|permission denied)|stat (\S+): no such file or directory/,
    say: ([, command, path], { image }) => ({
      why: `there is no program ${command ?? path ?? ''} in the image ${image}`,
      hint: "Use NVIDIA's vllm-runtime image, or the command that the custom image has.",
    }),
  },
  {
    rule: 'start-compile',
    sign: /InductorError|BackendCompilerFailed|Failed to find C compiler|ninja: build stopped|nvcc fatal/,
    say: ([line]) => ({
      why: `kernels cannot be compiled: ${line}`,
      hint: `Use the full runtime image, or start without compiling and ${withArgs('--enforce-eager')}`,
    }),
  },
];

/** Words that also stand in logs of engines that died of something else: looked for when nothing more exact was said. */
export const vagueRuntimeCauses: readonly LogCause[] = [
  {
    rule: 'start-host-memory',
    sign: /Failed core proc\(s\): \{[^}]*: -9\b/,
    say: () => ({
      why: 'the kernel killed the process of the engine (signal 9), as it does when memory runs out, and said no more',
      hint: 'Raise the memory request and limit of the worker, or make --kvbm-cpu-gb smaller; /dev/shm counts too.',
    }),
  },
  {
    rule: 'start-nixl',
    sign: /NIXL_ERR\w*|nixl\w*(?:Error|Exception)|(?:NIXL|UCX)[^\n]*(?:not available|fail|ERROR)[^\n]*/i,
    say: ([line]) => ({
      why: `the KV transfer between prefill and decode (NIXL over UCX) cannot be set up: ${line.slice(0, 120)}`,
      hint: 'Check that both roles run the same image, and the RDMA resources of the pods; without RDMA run again with: --env UCX_TLS=tcp,cuda_copy,cuda_ipc',
    }),
  },
  {
    rule: 'start-nccl',
    sign: /NCCL error[^\n]*|ncclSystemError[^\n]*|ncclUnhandledCudaError[^\n]*|ncclInvalidUsage[^\n]*/,
    say: ([line], { tensor, pod }) => ({
      why: `NCCL cannot join the ${tensor > 1 ? `${tensor} GPUs` : 'GPUs'} on node ${pod.node ?? ''}: ${line.slice(0, 120)}`,
      hint: 'Usual are too little shared memory, peer access or a driver fault; for the first NCCL WARN line run again with: --env NCCL_DEBUG=INFO',
    }),
  },
];
