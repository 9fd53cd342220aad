/** Causes: GPU memory that does not suffice, in the words of vLLM 0.8 to 0.31. */

import { again, type LogCause, type Subject, tensorFlag, withArgs } from './cause.ts';

/** More GPUs than a node has help nobody. */
const mostGpus = 8;

const wider = (subject: Subject): string => `${tensorFlag(subject)} ${subject.tensor * 2}`;

const moreGpus = (subject: Subject, otherwise: string): string =>
  subject.tensor >= mostGpus
    ? `${otherwise}, or use GPUs with more memory.`
    : `${otherwise}, or spread it over more GPUs and ${again(wider(subject))}`;

const smaller = 'Take a smaller or quantised model';

const shorten = (subject: Subject, tokens: number): string => {
  const others = subject.tensor >= mostGpus ? '' : `Use more GPUs (${wider(subject)}), or shorten`;
  return `${others === '' ? 'Shorten' : others} the context and ${withArgs(`--max-model-len ${lengthBelow(tokens)}`)}`;
};

const perGpu = ({ model, tensor }: Subject): string =>
  `${model === '' ? 'the model' : model} on ${tensor === 1 ? 'one GPU' : `${tensor} GPUs`}`;

/** Below the estimate, in steps of 1,024, as the last block is not to be planned with. */
const lengthBelow = (tokens: number): number => Math.max(1024, Math.floor((tokens - 1) / 1024) * 1024);

export const memoryCauses: readonly LogCause[] = [
  {
    rule: 'start-kv-memory',
    sign: /max(?:imum)?[\s_]+seq(?:uence)?[\s_]+len(?:gth)?\s*\(?(\d+)\)?,? \(?([\d.]+) GiB KV cache is needed, which is larger than the available KV cache memory \(([\d.]+) GiB\)(?:.*?estimated maximum model length is (\d+))?/,
    say: ([, tokens = '', needed = '', free = '', estimate], subject) => ({
      why: `one request of ${tokens} tokens needs ${needed} GiB of KV cache, and ${free} GiB of GPU memory are left beside the weights`,
      hint:
        estimate === undefined || Number(estimate) < 2048
          ? moreGpus(subject, 'Shorten the context with --max-model-len')
          : shorten(subject, Number(estimate)),
    }),
  },
  {
    rule: 'start-kv-memory',
    sign: /max seq len \((\d+)\) is larger than the maximum number of tokens that can be stored in KV cache \((\d+)\)/,
    say: ([, tokens = '', most = '0'], subject) => ({
      why: `a context of ${tokens} tokens is asked for, and the KV cache holds ${most}`,
      hint: shorten(subject, Number(most)),
    }),
  },
  {
    rule: 'start-kv-memory',
    sign: /No available memory for the cache blocks/,
    say: (_, subject) => ({
      why: `the weights leave no GPU memory for the KV cache (${perGpu(subject)})`,
      hint: moreGpus(subject, `${smaller}, raise --gpu-memory-utilization`),
    }),
  },
  {
    rule: 'start-gpu-busy',
    sign: /Free memory on device .*?\(([\d.]+)\/([\d.]+) GiB\) on startup is less than desired GPU memory utilization(?: \(([\d.]+))?/,
    starts: 3,
    say: ([, free = '', all = '', share], { pod }) => ({
      why: `only ${free} of ${all} GiB of the GPU are free at its start${share === undefined ? '' : `, and it wants ${Math.round(Number(share) * 100)} %`}: something else uses the GPU`,
      hint: `Look for other programs or pods that hold the GPUs of node ${pod.node ?? ''} (nvidia-smi there); a pod that is just ending frees them by itself.`,
    }),
  },
  {
    rule: 'start-gpu-memory',
    sign: /Failed to load model - not enough GPU memory/,
    say: (_, subject) => ({
      why: `the weights do not fit (${perGpu(subject)})`,
      hint: moreGpus(subject, smaller),
    }),
  },
  {
    rule: 'start-gpu-memory',
    sign: /CUDA out of memory occurred when warming up sampler with (\d+) dummy requests/,
    say: ([, requests = '']) => ({
      why: `GPU memory runs out when the sampler is warmed up with ${requests} requests`,
      hint: `Allow fewer at once and ${withArgs('--max-num-seqs 256')}`,
    }),
  },
  {
    rule: 'start-gpu-memory',
    sign: /CUDA out of memory\. Tried to allocate ([\d.]+ \w+)\.(?: GPU (\d+) has a total capacity of ([\d.]+ GiB)(?: of which ([\d.]+ \w+) is free)?)?/,
    say: ([, wanted = '', gpu, total, free], subject) => ({
      why: `GPU memory runs out (${perGpu(subject)}): ${wanted} more were asked for${total === undefined ? '' : `, GPU ${gpu} has ${total}${free === undefined ? '' : ` of which ${free} are free`}`}`,
      hint: moreGpus(subject, `${smaller}, lower --max-num-seqs or --gpu-memory-utilization`),
    }),
  },
  {
    rule: 'start-gpu-memory',
    sign: /CUDA out of memory|torch\.(?:cuda\.)?OutOfMemoryError|CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED/,
    say: (_, subject) => ({
      why: `GPU memory runs out (${perGpu(subject)})`,
      hint: moreGpus(subject, smaller),
    }),
  },
];
