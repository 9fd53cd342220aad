/** The constants of `fit`, each with its physical meaning and where it is from; the figures are those of the program. */

import {
  connectorGib,
  graphsGib,
  kernelsGib,
  librariesGib,
  liveSets,
  samplerBytesEach,
  workspaceSets,
} from '../../src/components/nvidia-platform/dynamo-vllm/fit/overhead.ts';
import {
  compileSeconds,
  fetchBytesPerSecond,
  imageSeconds,
  loadBytesPerSecond,
  processSeconds,
} from '../../src/components/nvidia-platform/dynamo-vllm/fit/startup.ts';
import { outsideBudgetGib } from '../../src/components/nvidia-platform/dynamo-vllm/fit/verdicts.ts';
import { growthFactors, uncutGib } from '../../src/components/nvidia-platform/dynamo-vllm/fit/weights.ts';

export type Constant = {
  readonly what: string;
  readonly figure: string;
  readonly meaning: string;
  readonly from: string;
};

const to = ([low, high]: readonly [number, number]): string => `${low} .. ${high}`;
const rate = ({ best, worst }: { readonly best: number; readonly worst: number }): string =>
  `${best / 1e6} .. ${worst / 1e6} MB/s`;
const constant = (what: string, figure: string, meaning: string, from: string): Constant => ({
  what,
  figure,
  meaning,
  from,
});

const logs = 'start-up logs, vLLM 0.6 to 0.29';
const h200 = 'measured with vLLM 0.23 on an H200';

export const constants: readonly Constant[] = [
  constant(
    'weights in memory',
    `x ${growthFactors.others}`,
    'files become slightly larger in memory: 0.1 to 0.5 %',
    logs,
  ),
  constant(
    'weights of block FP8 below 9.0',
    `x ${growthFactors.marlinBlocks}`,
    'Marlin kernels want a scale for each column instead of each block',
    'shape of the kernels; 4 x L4',
  ),
  constant(
    'what is not cut',
    `${uncutGib} GiB`,
    'norms, routers and rotary tables are whole on every GPU, cut weights are padded',
    logs,
  ),
  constant(
    'live sets of a layer, old engine',
    to(liveSets.v0),
    "tensors of a layer's MLP and residual stream alive at the peak; V0 freed them one by one",
    'logs of vLLM 0.6 and 0.7',
  ),
  constant(
    'live sets of a layer, V1',
    to(liveSets.v1),
    'compiled pieces keep their outputs beside the next piece',
    `${h200}: 2.1 sets for dense models of 8B, 32B and 70B`,
  ),
  constant(
    'sampler',
    `${to(samplerBytesEach)} bytes`,
    'for each request and word of the vocabulary: 32-bit logits and probabilities, at worst a sorted copy with 64-bit indices',
    "vLLM's sampler",
  ),
  constant(
    'expert workspaces',
    `${to(workspaceSets.alone)}, with DP ${to(workspaceSets.data)}`,
    'gate, up, down and two residual streams of each routed token, kept once or twice; with DP sent and received besides',
    `${h200}; 2 x L4 with DP 2`,
  ),
  constant(
    'expert kernels',
    `${to(kernelsGib)} GiB`,
    'code and scratch of Triton, Marlin and DeepGEMM',
    h200,
  ),
  constant('libraries, one GPU', `${to(librariesGib.one)} GiB`, 'CUDA libraries beside torch', logs),
  constant(
    'libraries, 2 or 3 ranks',
    `${to(librariesGib.two)} GiB`,
    "NCCL's and all-reduce buffers besides",
    logs,
  ),
  constant('libraries, 4 and more', `${to(librariesGib.four)} GiB`, 'more of the same buffers from four ranks on', logs),
  constant(
    'CUDA graphs',
    `${to(graphsGib)} GiB`,
    "vLLM's own estimate, where it takes one off the budget (0.21 and later)",
    h200,
  ),
  constant(
    'KV connector',
    `${to(connectorGib)} GiB`,
    'NIXL registers what is there, KVBM and LMCache stage blocks on the GPU',
    logs,
  ),
  constant(
    'outside the budget',
    `${outsideBudgetGib.alone} GiB, several GPUs ${outsideBudgetGib.several}`,
    'CUDA context and communication; only warned of',
    '4 x L4: 22,261 of 23,034 MiB in use at 0.88',
  ),
  constant('image', `${to(imageSeconds)} s`, 'there already, or 15 GB at 20 MB/s', 'size of the image'),
  constant(
    'download',
    rate(fetchBytesPerSecond),
    'ten gigabits, or a slow way',
    '221 GiB were seen to take 62 minutes',
  ),
  constant(
    'loading',
    rate(loadBytesPerSecond),
    'local NVMe or page cache, or a network volume',
    '1.1 TB were seen to take more than 75 minutes',
  ),
  constant('process', `${to(processSeconds)} s`, 'Python, CUDA contexts, the profile run', logs),
  constant(
    'compiling and graphs',
    `${to(compileSeconds.dense)} s, with experts ${to(compileSeconds.experts)}`,
    'a warm cache, or none',
    logs,
  ),
];
