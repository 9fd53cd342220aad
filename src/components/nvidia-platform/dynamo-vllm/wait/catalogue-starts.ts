/** What keeps a container from serving: codes with meaning, cause and remedy. */

import type { Catalogue } from '../../../../core/finding.ts';

export const startCatalogue = {
  'start-gpu-memory': {
    title: 'GPU memory runs out at the start',
    meaning: 'The engine stopped because the GPUs have too little memory for weights, buffers and graphs.',
    cause: 'The model is too large for the GPUs it was given, or many requests at once were allowed.',
    remedy:
      'Use more GPUs per worker (--tensor-parallel-size), a smaller or quantised model, or lower --max-num-seqs; the verb fit shows the sum.',
  },
  'start-kv-memory': {
    title: 'No room for the KV cache',
    meaning:
      'The weights fit, but what they leave does not hold the KV cache of one request of the longest length.',
    cause: 'The context length is that of the model, often 128 Ki tokens or more.',
    remedy: 'Set --max-model-len to the length that the message names, or use more GPUs.',
  },
  'start-gpu-busy': {
    title: 'Something else uses the GPU',
    meaning: 'At its start the engine found less free GPU memory than it is to use.',
    cause: 'A program outside Kubernetes, another pod that shares the GPU, or a pod that is just ending.',
    remedy: 'Wait for the other pod to end, or free the GPU; nothing is wrong with the size of the model.',
  },
  'start-host-memory': {
    title: 'Killed for its memory',
    meaning: 'The kernel ended the container because it used more memory than it may.',
    cause: 'The memory limit is below what the engine, its caches and /dev/shm need together.',
    remedy: 'Raise the memory request and limit, or make the CPU cache of KVBM smaller.',
  },
  'start-block-quantised': {
    title: 'Tensor parallelism cuts through quantised blocks',
    meaning:
      "Each GPU would get a part of a layer that is no multiple of the checkpoint's FP8 blocks, which the engine refuses.",
    cause: 'The tensor parallel size is too large for a block-quantised checkpoint.',
    remedy: 'Use a smaller tensor parallel size, or --expert-parallel, which keeps experts whole.',
  },
  'start-not-divisible': {
    title: 'The model cannot be divided like this',
    meaning: 'Heads, groups or experts of the model cannot be divided by the tensor parallel size.',
    cause: 'The size is no divisor of what the model has.',
    remedy: 'Use one of the sizes that the message names.',
  },
  'start-gpu-unfit': {
    title: 'The GPU cannot do what the checkpoint needs',
    meaning: 'The number format or the kernels of this checkpoint do not exist for the GPU.',
    cause: 'The GPU is of an older generation than the format needs.',
    remedy: 'Use newer GPUs, another number format with --dtype, or another checkpoint.',
  },
  'start-architecture': {
    title: 'The engine does not know the model',
    meaning: 'The vLLM in this image does not have the architecture that config.json of the model names.',
    cause: 'The model is newer than the image, or was removed from vLLM.',
    remedy: 'Use a newer Dynamo release, or another model.',
  },
  'start-context-length': {
    title: 'A longer context than the model has',
    meaning: '--max-model-len is above what the model was made for, and the engine refuses it.',
    cause: 'The length on a model card often needs rope scaling that the checkpoint does not set.',
    remedy: 'Use at most the length that the message names.',
  },
  'start-too-few-gpus': {
    title: 'More GPUs are used than the pod has',
    meaning: 'Tensor times pipeline parallel size is above the GPUs of the pod.',
    cause: 'The GPU limit of the worker and its arguments do not agree.',
    remedy: 'Let this program write both, or make them agree.',
  },
  'start-parallelism': {
    title: 'A kind of parallelism that the model cannot have',
    meaning: 'Expert or pipeline parallelism is on for a model that has no experts or no stages.',
    cause: 'The flag was taken from another deployment.',
    remedy: 'Leave the flag out.',
  },
  'start-attention-backend': {
    title: 'No attention backend fits',
    meaning: 'No kernel for attention works with this model, GPU, block size and cache format together.',
    cause: 'One of these was set by hand.',
    remedy: 'Leave --block-size, --kv-cache-dtype and --attention-backend out.',
  },
  'start-unknown-argument': {
    title: 'An argument that the worker does not know',
    meaning: 'The worker stopped because an argument is not in the list of its release.',
    cause: 'A misspelt flag, or one of another release or of vllm serve.',
    remedy: 'Correct or remove it; the message names the nearest one.',
  },
  'start-bad-argument': {
    title: 'An argument with a value that is refused',
    meaning: 'The worker knows the argument but not the value, or refuses the combination.',
    cause: 'A value of another release, JSON without quotes, or flags that exclude each other.',
    remedy: 'Correct it as the message says, or render the manifest anew for the release.',
  },
  'start-connector-flag': {
    title: '--connector is refused',
    meaning:
      'From Dynamo 1.0 on a worker with --connector, or with DYN_CONNECTOR in its environment, stops at once.',
    cause: 'A manifest of 0.8 or 0.9 runs with a newer image.',
    remedy: 'Render the manifest anew, or replace the flag by --kv-transfer-config.',
  },
  'start-remote-code': {
    title: 'The model brings Python code of its own',
    meaning: "The engine runs code out of a model's repository only after an explicit yes.",
    cause: 'The architecture is not built into vLLM; its authors ship the code.',
    remedy: 'If you trust them, add --trust-remote-code to the additional vLLM args.',
  },
  'start-model-missing': {
    title: 'There is no model where the engine looks',
    meaning: 'The name is neither a folder with a model nor a repository that can be reached.',
    cause: 'A misspelt path, a claim that is not mounted, or a download into another folder.',
    remedy: 'Check name and path; this program downloads to /opt/models/ORGANISATION/NAME.',
  },
  'start-model-broken': {
    title: 'A weights file is broken',
    meaning: 'A file of the model is cut or damaged and cannot be read.',
    cause: "A copy or download that broke off, by other means than this program's Job.",
    remedy: "Delete the model's folder from the claim and fetch it again.",
  },
  'start-tokenizer': {
    title: 'The tokenizer cannot be loaded',
    meaning: "The files of the model's tokenizer are missing or of an unknown kind.",
    cause: 'An incomplete repository, or a tokenizer that is newer than the image.',
    remedy: 'Use a complete repository, or name a tokenizer with --tokenizer.',
  },
  'start-shared-memory': {
    title: 'Shared memory is too small',
    meaning: "/dev/shm of the pod, a volume in memory, has no room for what the engine's processes share.",
    cause: 'It was set to a small size; several GPUs in one pod need some gigabytes for NCCL.',
    remedy: 'Leave --shared-memory out, or set 16Gi.',
  },
  'start-driver-too-old': {
    title: 'The NVIDIA driver is too old',
    meaning: 'The CUDA of the image needs a newer driver than the node has.',
    cause: 'The node image was not updated, or the image is a CUDA 13 build.',
    remedy: 'Update the driver, or use an image for the CUDA that the node has.',
  },
  'start-no-gpu': {
    title: 'The worker sees no GPU',
    meaning: 'The engine found no GPU in its container.',
    cause:
      'No GPU limit, a device plugin or container toolkit that does not work, or a node without a driver.',
    remedy: 'Check the GPU limit of the worker and the GPU stack of the node.',
  },
  'start-gpu-broken': {
    title: 'A GPU does not work',
    meaning: 'CUDA reports a fault of the GPU or of the links between GPUs.',
    cause: 'Memory faults, a fabric manager that is not running, or a driver in a bad state.',
    remedy: 'Cordon the node, look at nvidia-smi and the kernel log, and start the pod elsewhere.',
  },
  'start-nccl': {
    title: 'GPUs cannot be joined',
    meaning: 'NCCL, which carries data between the GPUs of a worker, failed.',
    cause: 'Shared memory, peer access, network interfaces or a driver fault.',
    remedy: 'Set NCCL_DEBUG=INFO and read the first warning of NCCL.',
  },
  'start-nixl': {
    title: 'The KV transfer cannot be set up',
    meaning: 'NIXL and UCX, which carry the KV cache from prefill to decode, failed.',
    cause: 'Different images for the two roles, or RDMA devices that the pods do not have.',
    remedy: 'Run both roles from one image, and check the RDMA resources.',
  },
  'start-kvbm': {
    title: 'KVBM cannot set up its caches',
    meaning: 'The worker could not allocate its CPU or disk cache, or not in time.',
    cause: 'A cache that is larger than memory or disk, or a file system without what it needs.',
    remedy: 'Make the caches smaller or the limits larger.',
  },
  'start-nats-etcd': {
    title: 'NATS or etcd cannot be reached',
    meaning: 'The worker or frontend could not reach a service of the Dynamo platform.',
    cause: 'It does not run, its address is wrong, or a network policy is between.',
    remedy: 'Look at the pods of the platform and at network policies.',
  },
  'start-service-links': {
    title: 'A Service named vllm gets into the way',
    meaning:
      "A variable of Kubernetes about a Service has the name of one of the engine's own, so the engine stops.",
    cause:
      'A Service whose name begins with vllm in the namespace, and pods made without enableServiceLinks: false.',
    remedy:
      'Set enableServiceLinks: false in the pods, as manifests of this program do, or rename the Service.',
  },
  'start-port-in-use': {
    title: 'A port is taken',
    meaning: 'The process could not listen on its port.',
    cause: 'A second process in the pod, hostNetwork, or a port set by hand.',
    remedy: 'Leave ports and hostNetwork as the operator sets them.',
  },
  'start-discovery-forbidden': {
    title: 'Discovery is not permitted',
    meaning:
      "The pods' service account may not read or write the objects by which Dynamo's components find each other.",
    cause: 'The role that the operator makes is missing or was changed.',
    remedy: 'Let the operator make it again.',
  },
  'start-not-permitted': {
    title: 'A folder cannot be written',
    meaning: 'The process may not write a file that it needs.',
    cause: 'The image runs as user 1000; the volume belongs to another user or is read-only.',
    remedy: 'Set fsGroup 1000, or an owner of 1000, on the volume.',
  },
  'start-disk-full': {
    title: 'A disk is full',
    meaning: 'The process could not write because a disk has no space left.',
    cause: "A claim, the KVBM disk cache or the node's disk is too small.",
    remedy: 'Enlarge it, or write less.',
  },
  'start-module-missing': {
    title: 'The image lacks a Python module',
    meaning: 'The command of the container needs a module that the image does not have.',
    cause: 'A custom or older image.',
    remedy: "Use NVIDIA's runtime image of the release.",
  },
  'start-command': {
    title: 'The image lacks the program',
    meaning: 'The command of the container does not exist in its image.',
    cause: 'A custom image, or a command written for another one.',
    remedy: 'Use the command that the image has.',
  },
  'start-compile': {
    title: 'Kernels cannot be compiled',
    meaning: 'Compiling kernels at the start failed.',
    cause: 'A compiler is missing in the image, or the GPU is too new for it.',
    remedy: 'Use the full runtime image, or start with --enforce-eager.',
  },
  'start-wrong-architecture': {
    title: 'The image is for another CPU',
    meaning: 'The program in the image cannot run on the CPU of the node.',
    cause: 'An amd64 image on an arm64 node, or the reverse.',
    remedy: "Use a multi-arch tag, or nodes of the image's architecture.",
  },
  'start-probe-kill': {
    title: 'Killed by a probe',
    meaning:
      'The kubelet ended the container because a probe got no answer in time, though the engine was only busy.',
    cause:
      'Up to Dynamo 1.4 one missed answer of the liveness probe is enough, and compiling kernels causes that.',
    remedy:
      'Give a complete livenessProbe with a higher failureThreshold, as this program writes it, or compile less.',
  },
  'start-crash': {
    title: 'It ends again and again',
    meaning: 'A container ended several times, and its last words are in no list of known causes.',
    cause: 'See the lines that are quoted.',
    remedy:
      'Read the whole log; if the cause can be told from it, report it so that it is named the next time.',
  },
  'start-restarted': {
    title: 'A container was started anew',
    meaning: 'Its first run ended for a reason that this program does not know; often the second succeeds.',
    cause: 'See the exception that is quoted.',
    remedy: 'Nothing yet; if it ends again, the wait ends too.',
  },
} as const satisfies Catalogue;
