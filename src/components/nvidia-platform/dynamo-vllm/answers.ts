/** Every setting of this component, once: prompt, flag, answers-file key, help line, config.json key and JSON schema come from here. */

import type { SettingTable } from '../../../core/schema.ts';
import * as check from './checks.ts';

const vllm = (key: string): string => `platform.<platform>.dynamoVllm.${key}`;
const platform = (key: string): string => `platform.<platform>.dynamoPlatform.${key}`;

const aggregated = (key: string, prefill: string, decode: string) =>
  ({ config: vllm(key), needs: { key: 'mode', value: 'aggregated', instead: [prefill, decode] } }) as const;
const disaggregated = (key: string, instead: string) =>
  ({ config: vllm(key), needs: { key: 'mode', value: 'disaggregated', instead: [instead] } }) as const;
const parallel = { kind: 'integer', default: 1, min: 1, max: 16, placeholder: 'N' } as const;
const replicas = { kind: 'integer', default: 1, min: 1, max: 1000, placeholder: 'N' } as const;
const onlyKvbm = { key: 'kvbm', value: true } as const;

export const settingTable = {
  model: {
    kind: 'text', default: 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8', check: check.wrongModel, placeholder: 'ID', config: vllm('model'),
    summary: 'Hugging Face id of the model', ask: { message: 'Enter model name:' },
  },
  mode: {
    kind: 'choice', default: 'aggregated', placeholder: 'MODE', config: vllm('mode'),
    summary: 'one kind of worker, or prefill and decode apart', ask: { message: 'Select deployment mode:' },
    choices: [
      { value: 'aggregated', label: 'Aggregated', description: 'every worker does prefill and decode' },
      { value: 'disaggregated', label: 'Disaggregated', description: 'prefill and decode workers of their own, KV cache sent over NIXL' },
    ],
  },
  tensorParallelSize: {
    ...parallel, ...aggregated('tensorParallelSize', 'prefillTensorParallelSize', 'decodeTensorParallelSize'),
    summary: 'GPUs that share each layer of a worker', ask: { message: 'Tensor Parallel Size (TP):' },
  },
  prefillTensorParallelSize: {
    ...parallel, ...disaggregated('prefillTensorParallelSize', 'tensorParallelSize'),
    summary: 'the same for prefill workers', ask: { message: 'Prefill Tensor Parallel Size (TP):' },
  },
  decodeTensorParallelSize: {
    ...parallel, ...disaggregated('decodeTensorParallelSize', 'tensorParallelSize'),
    summary: 'the same for decode workers', ask: { message: 'Decode Tensor Parallel Size (TP):' },
  },
  kvRouter: {
    kind: 'switch', default: false, config: vllm('kvRouter'),
    summary: 'send requests to the worker that holds their prefix in its KV cache', ask: { message: 'Enable KV Router?' },
  },
  kvbm: {
    kind: 'switch', default: false, config: vllm('kvbm'),
    summary: 'offload KV cache blocks to CPU memory and disk (Dynamo 0.8 to 1.3)', ask: { message: 'Enable KV Cache Offloading (KVBM)?' },
  },
  kvbmCpuGb: {
    kind: 'integer', default: 20, min: 0, max: 16_384, placeholder: 'N', config: vllm('kvbmCpuGb'), needs: onlyKvbm,
    summary: 'CPU cache per worker in GB', ask: { message: 'KVBM CPU cache size (GB):' },
  },
  kvbmDiskGb: {
    kind: 'integer', default: 0, min: 0, max: 65_536, placeholder: 'N', config: vllm('kvbmDiskGb'), needs: onlyKvbm,
    summary: 'disk cache per worker in GB', ask: { message: 'KVBM disk cache size (GB):' },
  },
  replicas: {
    ...replicas, ...aggregated('replicas', 'prefillReplicas', 'decodeReplicas'),
    summary: 'number of workers', ask: { message: 'Worker replicas:' },
  },
  prefillReplicas: {
    ...replicas, ...disaggregated('prefillReplicas', 'replicas'),
    summary: 'number of prefill workers', ask: { message: 'Prefill worker replicas:' },
  },
  decodeReplicas: {
    ...replicas, ...disaggregated('decodeReplicas', 'replicas'),
    summary: 'number of decode workers', ask: { message: 'Decode worker replicas:' },
  },
  vllmArgs: {
    kind: 'text', default: '--gpu-memory-utilization 0.90 --block-size 128', maxLength: 32_768, multiline: true, check: check.wrongArgs,
    placeholder: '"ARGS"', config: vllm('vllmArgs'),
    summary: 'more engine arguments, split as a shell splits words', ask: { message: 'Additional vLLM args:' },
  },
  name: {
    kind: 'text', default: null, check: check.wrongDeploymentName, placeholder: 'NAME', config: vllm('name'),
    summary: 'name of the deployment (default: from the model)', ask: { message: 'Deployment name:' },
  },
  action: {
    kind: 'choice', default: 'deploy', placeholder: 'ACTION', config: vllm('action'), persist: false,
    summary: 'what to do with the manifests', ask: { message: 'What would you like to do?' },
    choices: [
      { value: 'deploy', label: 'Deploy now', description: 'apply the manifests and wait for a verified answer' },
      { value: 'review', label: 'Review first', description: 'see summary and manifests, change settings, then decide' },
      { value: 'save', label: 'Save only', description: 'write the manifests to a folder' },
    ],
  },
  pipelineParallelSize: {
    ...parallel, ...aggregated('pipelineParallelSize', 'prefillPipelineParallelSize', 'decodePipelineParallelSize'),
    summary: 'stages that the layers of a worker are cut into',
  },
  prefillPipelineParallelSize: {
    ...parallel, ...disaggregated('prefillPipelineParallelSize', 'pipelineParallelSize'),
    summary: 'the same for prefill workers',
  },
  decodePipelineParallelSize: {
    ...parallel, ...disaggregated('decodePipelineParallelSize', 'pipelineParallelSize'),
    summary: 'the same for decode workers',
  },
  expertParallel: {
    kind: 'switch', default: false, ...aggregated('expertParallel', 'prefillExpertParallel', 'decodeExpertParallel'),
    summary: 'give each GPU whole experts (mixture-of-experts models)',
  },
  prefillExpertParallel: {
    kind: 'switch', default: false, ...disaggregated('prefillExpertParallel', 'expertParallel'),
    summary: 'the same for prefill workers',
  },
  decodeExpertParallel: {
    kind: 'switch', default: false, ...disaggregated('decodeExpertParallel', 'expertParallel'),
    summary: 'the same for decode workers',
  },
  modelRevision: {
    kind: 'text', default: 'main', maxLength: 255, check: check.wrongRevision, placeholder: 'REV', config: vllm('modelRevision'),
    summary: 'branch, tag or commit of the model',
  },
  release: {
    kind: 'text', default: '0.9.1', check: check.wrongRelease, placeholder: 'X.Y.Z', config: platform('releaseVersion'),
    summary: 'Dynamo release of the runtime image',
  },
  operatorRelease: {
    kind: 'text', default: null, check: check.wrongRelease, placeholder: 'X.Y.Z', config: platform('operatorRelease'),
    summary: "release of the cluster's Dynamo operator (default: as found, else that of the image)",
  },
  platform: {
    kind: 'choice', default: 'k8s', placeholder: 'eks|k8s', config: 'platform.name', summary: 'kind of cluster',
    choices: [
      { value: 'eks', label: 'Amazon EKS' },
      { value: 'k8s', label: 'other Kubernetes' },
    ],
  },
  namespace: {
    kind: 'text', default: 'dynamo-system', check: check.wrongNamespace, placeholder: 'NS', short: 'n', config: platform('namespace'),
    summary: 'namespace of the deployment',
  },
  createNamespace: { kind: 'switch', default: false, config: platform('createNamespace'), summary: 'create the namespace too' },
  image: {
    kind: 'text', default: null, maxLength: 512, check: check.wrongImage, placeholder: 'REF', config: platform('image'),
    summary: 'runtime image, instead of the one of the release',
  },
  imagePullSecret: {
    kind: 'list', default: [], check: check.wrongSecret, placeholder: 'NAME', config: platform('imagePullSecret'),
    summary: 'Secret to pull the image with',
  },
  modelCache: {
    kind: 'text', default: 'create', check: check.wrongModelCache, placeholder: 'HOW', config: vllm('modelCache'),
    summary: 'where the model is kept: create, none or claim:NAME',
  },
  modelCacheSize: {
    kind: 'text', default: null, check: check.wrongCacheSize, placeholder: 'SIZE', config: vllm('modelCacheSize'),
    summary: 'size of the claim to create (default: from the model)',
  },
  modelCacheAccessMode: {
    kind: 'choice', default: null, placeholder: 'MODE', config: vllm('modelCacheAccessMode'),
    summary: 'access mode of the claim (default: what the storage class can do)',
    choices: [
      { value: 'ReadWriteMany', label: 'ReadWriteMany' },
      { value: 'ReadWriteOnce', label: 'ReadWriteOnce', description: 'all pods that mount the claim are held on one node' },
    ],
  },
  storageClass: {
    kind: 'text', default: null, check: check.wrongStorageClass, placeholder: 'SC', config: platform('storageClass'),
    summary: "storage class of the claim (default: the cluster's)",
  },
  hfTokenSecret: {
    kind: 'text', default: null, check: check.wrongSecret, placeholder: 'NAME', config: platform('hfTokenSecret'),
    summary: 'Secret whose key HF_TOKEN holds the Hugging Face token',
  },
  kvbmDiskDir: {
    kind: 'text', default: null, check: check.wrongDirectory, placeholder: 'DIR', config: vllm('kvbmDiskDir'), needs: onlyKvbm,
    summary: 'directory of the disk cache (default: /tmp, on EKS /mnt/nvme/kvbm_cache)',
  },
  routerTemperature: {
    kind: 'number', default: 0.5, min: 0, max: 100, placeholder: 'X', config: vllm('routerTemperature'),
    summary: 'how random the KV router chooses; 0 is always the best worker',
  },
  routerOverlapWeight: {
    kind: 'number', default: 1, min: 0, max: 1000, placeholder: 'X', config: vllm('routerOverlapWeight'),
    summary: 'weight of cached prefixes in the choice of a worker',
  },
  sharedMemory: {
    kind: 'text', default: null, check: check.wrongSharedMemory, placeholder: 'SIZE', config: vllm('sharedMemory'),
    summary: 'size of /dev/shm of the workers (default: 8Gi, with several GPUs 16Gi)',
  },
  structuredLogging: {
    kind: 'switch', default: null, config: platform('structuredLogging'),
    summary: 'log as JSON lines (default: when monitoring is installed)',
  },
  podMonitor: { kind: 'switch', default: false, config: platform('podMonitor'), summary: 'create a PodMonitor for Prometheus too' },
  env: {
    kind: 'list', default: [], check: check.wrongVariable, placeholder: 'K=V', config: vllm('env'),
    summary: 'environment variable of every component',
  },
  downloadEnv: {
    kind: 'list', default: [], check: check.wrongVariable, placeholder: 'K=V', config: vllm('downloadEnv'),
    summary: 'environment variable of the download Job, such as HF_ENDPOINT',
  },
  toleration: {
    kind: 'list', default: [], check: check.wrongToleration, placeholder: 'T', config: vllm('toleration'),
    summary: 'taint that the GPU pods tolerate: key[=value][:Effect]',
  },
  nodeSelector: {
    kind: 'list', default: [], check: check.wrongSelector, placeholder: 'L=V', config: vllm('nodeSelector'),
    summary: 'label of the nodes that the GPU pods run on',
  },
  skipCheck: {
    kind: 'list', default: [], placeholder: 'CODE', config: vllm('skipCheck'), summary: 'turn this error into a warning',
  },
  overwrite: {
    kind: 'switch', default: false, config: vllm('overwrite'), persist: false, summary: 'replace a saved folder that was changed by hand',
  },
} as const satisfies SettingTable;
