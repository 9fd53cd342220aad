/** Explains every finding about whether a model fits and may start. */

import type { Catalogue } from '../../../../core/finding.ts';

const startStops =
  'vLLM checks this while it starts and stops with an error, after the model was downloaded.';

const legality = {
  'gpu-pinned': {
    title: 'The type of GPU is named',
    meaning:
      'The cluster has several types of GPU and the model runs on some of them only; the plan names one.',
    cause: 'Memory, number formats or the size of a node differ between the types.',
    remedy: 'Nothing needs doing; another type is chosen with --node-selector nvidia.com/gpu.product=NAME.',
  },
  'fit-illegal-heads': {
    title: 'The tensor parallel size does not divide the heads',
    meaning: `Attention heads are dealt out whole. ${startStops}`,
    cause: 'TP is no divisor of the number of heads, or TP and the KV heads do not divide each other.',
    remedy: 'Use one of the sizes that the message lists.',
  },
  'fit-illegal-experts': {
    title: 'Experts and parallel sizes do not go together',
    meaning: `Expert parallelism needs a model with experts, and TP cannot exceed their number. ${startStops}`,
    cause: 'The model is a dense one, or TP is larger than the number of experts.',
    remedy: 'Leave --expert-parallel out, or lower TP.',
  },
  'fit-illegal-fp8-block': {
    title: 'The cut goes through blocks of FP8 weights',
    meaning: `Block-quantised FP8 weights share a scale among 128 x 128; each GPU must get whole blocks. ${startStops}`,
    cause:
      'The width of an expert, MLP or shared expert divided by TP (times DP for experts) is no multiple of 128. Up to vLLM 0.28, Dynamo 1.5, this holds strictly; later releases divide the blocks of experts where they can.',
    remedy:
      'Lower TP, or add --expert-parallel, which deals experts out whole; the message lists what is legal.',
  },
  'fit-fp8-block-refined': {
    title: 'Blocks of FP8 weights have to be divided',
    meaning:
      'From vLLM 0.29 on the blocks of experts can be divided down to 32, so this probably starts, but it was not seen to.',
    cause: 'The width of an expert divided by TP is no multiple of 128, but of 32.',
    remedy: 'Add --expert-parallel, or lower TP, to be certain.',
  },
  'fit-illegal-group': {
    title: 'The cut goes through groups of 4-bit weights',
    meaning: `AWQ and GPTQ weights share a scale among a group, usually of 128; each GPU must get whole groups. ${startStops}`,
    cause: 'The width of the MLP or of the attention output divided by TP is no multiple of the group.',
    remedy: 'Lower TP to one of the sizes that the message lists.',
  },
  'fit-uneven-experts': {
    title: 'Experts are dealt out unevenly',
    meaning: 'Some GPUs hold more experts than others, so the fullest decides how much memory is left.',
    cause: 'The number of experts is no multiple of the GPUs.',
    remedy: 'Use a number of GPUs that divides the experts.',
  },
  'fit-illegal-pipeline': {
    title: 'More pipeline stages than layers',
    meaning: `Each stage needs a layer. ${startStops}`,
    cause: 'The pipeline parallel size is larger than the number of layers.',
    remedy: 'Lower the pipeline parallel size.',
  },
  'fit-illegal-context-parallel': {
    title: 'The decode context parallel size is too large',
    meaning: `It shares out the copies of KV heads that TP makes, so there must be that many. ${startStops}`,
    cause: 'TP does not exceed the KV heads by that factor.',
    remedy: 'Use one of the sizes that the message lists, or raise TP.',
  },
  'fit-illegal-gpus': {
    title: 'One worker wants more GPUs than the node has',
    meaning: 'TP x PP x DP GPUs of one worker must stand in one node.',
    cause: 'The sizes are too large for the number of GPUs said.',
    remedy: 'Lower one of them, or use a larger node.',
  },
  'fit-illegal-quantization': {
    title: 'The GPU cannot run this quantisation',
    meaning: `Each format of weights needs a compute capability. ${startStops}`,
    cause: 'The GPU is older than the format.',
    remedy: 'Use a newer GPU, or another checkpoint of the model.',
  },
  'fit-illegal-method': {
    title: 'This vLLM does not run the quantisation of the checkpoint',
    meaning: `Methods of quantisation come and go with the releases of vLLM; a deprecated one must be allowed. ${startStops}`,
    cause:
      'The checkpoint was quantised with a method that is newer than the release, or that was taken out.',
    remedy:
      'Use a release that the message names, another checkpoint of the model, or, for a deprecated one, --allow-deprecated-quantization in the additional vLLM args.',
  },
  'fit-illegal-dtype': {
    title: 'The GPU has no bfloat16',
    meaning: `GPUs before compute capability 8 compute in float16 only. ${startStops}`,
    cause: 'The checkpoint is in bfloat16 and nothing else was asked for.',
    remedy: 'Add --dtype half to the additional vLLM args, or use a newer GPU.',
  },
  'fit-illegal-context': {
    title: 'The context is longer than the model allows',
    meaning: `The longest context stands in the model's config.json. ${startStops}`,
    cause: 'The number is from a model card, where a longer one needs settings of its own (YaRN).',
    remedy:
      'Lower --max-model-len; with rope settings for it in --hf-overrides add --env VLLM_ALLOW_LONG_MAX_MODEL_LEN=1.',
  },
  'fit-illegal-utilization': {
    title: 'The memory utilisation is no fraction',
    meaning: 'It is the part of the GPU that vLLM may use, above 0 and at most 1.',
    cause: 'A percentage was given.',
    remedy: 'Write 0.9 for 90 percent.',
  },
  'fit-illegal-block-size': {
    title: 'Block size and attention backend do not go together',
    meaning: `A block of the KV cache must be a multiple of what the backend's kernels take. ${startStops}`,
    cause: 'Both were chosen by hand.',
    remedy: 'Leave one of them out, or use a size that the message lists.',
  },
  'fit-illegal-architecture': {
    title: 'This vLLM does not know the model',
    meaning: 'The architecture of the model came to vLLM later, or was taken out.',
    cause: 'The Dynamo release, and the vLLM in its image, is older or newer than the model.',
    remedy: 'Use one of the releases that the message lists.',
  },
  'fit-unknown-architecture': {
    title: 'An architecture that is in no list',
    meaning: "vLLM's own models do not include it; it may run through Transformers.",
    cause: 'A new or private model.',
    remedy: 'Try it; nothing is held against it.',
  },
} as const satisfies Catalogue;

const memory = {
  'fit-too-large': {
    title: 'The model does not fit on the GPU',
    meaning:
      'Weights, working memory and the KV cache of one full-length request are more than the share of the GPU that vLLM may use, even by the optimistic sum.',
    cause: 'The GPU is too small for the model, for its context, or for this tensor parallel size.',
    remedy: 'Take one of the changes that the finding lists; each was worked out.',
  },
  'fit-tight': {
    title: 'The model fits only by the optimistic sum',
    meaning: 'The true need lies within a range, and part of that range is more than there is.',
    cause: 'Little is left beside weights and working memory.',
    remedy: 'Lower --max-model-len to the figure given, or raise TP.',
  },
  'fit-thin-margin': {
    title: 'Little memory is left outside the budget',
    meaning:
      'The CUDA context, communication buffers and, in some releases, CUDA graphs come on top of what --gpu-memory-utilization counts; 1 to 2.4 GiB were seen.',
    cause: 'A small GPU with a high utilisation.',
    remedy: 'Use --gpu-memory-utilization 0.88 and --max-num-seqs 256 on GPUs of 24 GB.',
  },
  'fit-checkpoint-cache': {
    title: 'The checkpoint says what the KV cache is kept in',
    meaning:
      'Some quantised checkpoints want their KV cache in 8 or 4 bits; whether vLLM listens without --kv-cache-dtype depends on its version. The sum counts what that version does.',
    cause:
      'kv_cache_quant_algo of modelopt, or kv_cache_scheme of llm-compressor, in the quantisation of the checkpoint.',
    remedy: 'Say it with --kv-cache-dtype where another type is wanted.',
  },
  'fit-unknown': {
    title: 'Whether it fits is not known',
    meaning: 'A figure that the sum needs is missing; nothing is held against the model.',
    cause: 'The model, the GPU or a format is not in the catalogue.',
    remedy:
      'Say what is missing: --model-config FILE --weights-gib N, --gpu-memory-gib X --gpu-capability C.',
  },
  'fit-unknown-model': {
    title: 'A model of which nothing is known',
    meaning: 'Its dimensions are not known, so neither legality nor memory can be worked out.',
    cause:
      'The catalogue holds well-known models only, and the Hub was not asked, did not answer or does not show it.',
    remedy: 'Give its config.json and size: --model-config FILE --weights-gib N',
  },
  'fit-unknown-gpu': {
    title: 'A GPU that is not in the catalogue',
    meaning: 'Its memory is not known, so the sum cannot be made.',
    cause: 'A new GPU, or a name spelt in another way.',
    remedy: 'Use a name that the message lists, or give --gpu-memory-gib X --gpu-capability C',
  },
  'fit-no-gpu-nodes': {
    title: 'No node offers a GPU that is known',
    meaning: 'There is nothing to work the sum out for; nothing is held against the model.',
    cause:
      'The nodes are not ready or cordoned, no device plugin announces their GPUs, they are offered in parts only, or a provisioner makes GPU nodes when they are wanted.',
    remedy: 'Name the GPU that such a node would have: --gpu NAME',
  },
  'fit-gpu-shared': {
    title: 'The GPUs are shared among pods',
    meaning: 'Several pods are let onto one GPU and take memory from each other; the sum is for a whole GPU.',
    cause: 'Time-slicing or MPS is switched on in the device plugin.',
    remedy: 'Choose nodes whose GPUs are not shared, with --node-selector.',
  },
  'fit-gpu-slices': {
    title: 'The GPUs are cut into slices',
    meaning: 'A slice of a GPU (MIG) has a part of its memory, and slices cannot work together.',
    cause: 'The MIG strategy is single on these nodes.',
    remedy: 'Use a tensor parallel size of 1 there, or nodes with whole GPUs.',
  },
  'fit-gpus-busy': {
    title: 'Not enough GPUs are free on one node',
    meaning: 'The worker would wait until other pods give GPUs back.',
    cause: 'Other workloads hold them.',
    remedy: 'Free some, add a node, or lower the sizes.',
  },
  'fit-host-too-small': {
    title: 'The node has too little memory or disk for the worker',
    meaning:
      'Beside GPUs a worker asks for ephemeral storage and, with caches that pin it, for memory of the node.',
    cause: 'A large KVBM tier, a model that is kept in the pod, or a small machine.',
    remedy: 'Lower what is asked for, or use larger nodes.',
  },
  'fit-old-driver': {
    title: 'The driver of GPU nodes is older than the image wants',
    meaning:
      'The CUDA in the runtime image needs a driver branch; with an older one workers may fail to start.',
    cause: 'An old machine image of the node group, or a newer Dynamo release.',
    remedy: 'Upgrade the driver, or use an older release.',
  },
  'fit-unknown-price': {
    title: 'A price for something that is not known',
    meaning: 'The key of the price table is neither a GPU nor an instance type, so it prices nothing.',
    cause: 'A typing error, or a machine that is in no list here.',
    remedy: 'Give the price of one GPU by its name, such as {"H100-80GB": 4.1}.',
  },
  'fit-file-unreadable': {
    title: 'A file that was named cannot be used',
    meaning:
      'The file with nodes, prices or facts about a cluster is missing, may not be read, or holds something else.',
    cause: 'A mistyped path, a file of another program, or a cut file.',
    remedy: 'Follow the hint: it says how such a file is made.',
  },
  'fit-config-unreadable': {
    title: 'The configuration of the model cannot be read',
    meaning: 'The file of --model-config holds no JSON object.',
    cause: 'Another file was named, or the download of it failed.',
    remedy: "Give the model's config.json, or the folder that holds it.",
  },
  'fit-draft-not-counted': {
    title: 'The draft model is not in the sum',
    meaning: 'Speculative decoding loads more weights and caches more than the sum shows.',
    cause: '--speculative-config names a model or method whose size is not known here.',
    remedy: "Leave room for the draft model's weights.",
  },
} as const satisfies Catalogue;

export const fitCatalogue = { ...legality, ...memory } as const satisfies Catalogue;
