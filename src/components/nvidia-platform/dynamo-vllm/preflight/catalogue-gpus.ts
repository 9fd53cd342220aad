/** Explains the checks of quotas, GPUs and room. */

import type { Catalogue } from '../../../../core/finding.ts';

export const gpuCodes = {
  quota: {
    title: 'A quota leaves too little',
    meaning: 'A ResourceQuota of the namespace allows less than what is used plus what is needed.',
    cause: 'Other pods of the namespace use it up, or it is smaller than the deployment.',
    remedy: 'Use fewer replicas, another namespace, or have the quota raised.',
  },
  'limit-range': {
    title: 'A pod is larger than the namespace allows',
    meaning: 'A LimitRange of the namespace caps what one container or pod may ask for.',
    cause: 'The namespace was made for smaller things.',
    remedy: 'Ask for less, use another namespace, or have the limit raised.',
  },
  'gpu-nodes': {
    title: 'There are no GPU nodes',
    meaning: 'No node has an NVIDIA GPU. A Karpenter NodePool that can make some turns this into a warning.',
    cause: 'The cluster has no node group with GPUs, or it is scaled to 0.',
    remedy: 'Add a node group or node pool with GPU instances.',
  },
  'device-plugin': {
    title: 'Nodes do not offer their GPUs',
    meaning: 'Nodes have NVIDIA hardware, but Kubernetes does not see nvidia.com/gpu on them.',
    cause: 'The device plugin is not installed or does not run there, or offers slices under other names.',
    remedy: 'Install the NVIDIA device plugin or the GPU Operator.',
  },
  'gpu-taints': {
    title: 'A taint keeps the pods off the GPU nodes',
    meaning: 'Every GPU node carries a taint that the pods do not tolerate.',
    cause: 'The nodes are kept for a team or a purpose.',
    remedy: 'Tolerate it with --toleration if its owner agrees, or use other nodes.',
  },
  'gpu-nodes-usable': {
    title: 'No GPU node takes the pods',
    meaning: 'GPU nodes are there, but not ready, cordoned, tainted, in another zone, or without the labels.',
    cause: 'The node selector is too narrow, or nodes are being maintained.',
    remedy: 'Change --node-selector or --toleration, or bring the nodes back.',
  },
  'gpu-placement': {
    title: 'Not every pod finds room',
    meaning:
      'The free GPUs, CPUs, memory or storage of the nodes do not hold all pods of the deployment, node by node.',
    cause: 'Others use them, or one worker wants more than one node has.',
    remedy: 'Use fewer replicas or a smaller tensor parallel size, free GPUs, or add nodes.',
  },
  'job-placement': {
    title: 'The download finds no room',
    meaning: 'No node takes the pod of the download Job.',
    cause: 'All nodes are tainted or cordoned, or too small.',
    remedy: 'Add a node, or leave the cache out with --model-cache none.',
  },
  'gpu-types': {
    title: 'The model fits on some of the GPUs only',
    meaning: 'The workers may land on nodes whose GPUs cannot hold or compute the model.',
    cause: 'The cluster has GPUs of several types, and nothing chooses among them.',
    remedy: 'Choose the type with --node-selector.',
  },
  'gpu-shared': {
    title: 'GPUs are shared or sliced',
    meaning: 'What counts as one GPU is a share in time or a slice of one.',
    cause: 'Time-slicing, MPS or MIG is configured for the device plugin.',
    remedy: 'Choose nodes with whole GPUs.',
  },
  'image-architecture': {
    title: 'The image is for another processor',
    meaning: 'The tag names one architecture, and the GPU nodes have another.',
    cause: 'An amd64 image meets Grace nodes, or the reverse.',
    remedy: 'Use the multi-arch tag of the release, or nodes of the other kind.',
  },
  driver: {
    title: 'The NVIDIA driver is too old',
    meaning: 'The CUDA of the image needs a newer driver than the nodes have.',
    cause: 'The release of Dynamo is newer than the nodes: from 1.3 on it has CUDA 13.',
    remedy: 'Upgrade the driver, or use an older release.',
  },
  'kvbm-disk': {
    title: 'The disk cache does not fit on the nodes',
    meaning: "The cache lies on the node's own disk, and the kubelet evicts pods that fill it.",
    cause: 'The disk cache is larger than what the node offers to pods.',
    remedy: 'Use a smaller one, or mount a volume for it.',
  },
} as const satisfies Catalogue;
