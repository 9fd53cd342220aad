/** Choices and questions for tests, from a few words. */

import { choiceFrom } from '../../src/components/nvidia-platform/dynamo-vllm/fit/asked.ts';
import { knownModel } from '../../src/components/nvidia-platform/dynamo-vllm/fit/catalogue.ts';
import type {
  Choice,
  GpuFacts,
  ModelFacts,
} from '../../src/components/nvidia-platform/dynamo-vllm/fit/facts.ts';
import { gpuNamed } from '../../src/components/nvidia-platform/dynamo-vllm/fit/gpus.ts';
import type { Asking } from '../../src/components/nvidia-platform/dynamo-vllm/fit/problem.ts';

export const defaultModel = 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8';

/** vLLM 0.23 in Dynamo 1.3.1, TP 1, utilisation 0.90, everything else as the engine has it. */
export const choice = (some: Partial<Choice> = {}): Choice => ({
  ...choiceFrom({
    release: '1.3.1',
    engineVersion: '0.23.0',
    parallelism: { tensor: 1, pipeline: 1, data: 1, expert: false },
    maxModelLen: null,
    words: [],
    connector: false,
    env: [],
  }),
  utilization: 0.9,
  ...some,
});

export const model = (id: string): ModelFacts => {
  const found = knownModel(id);
  if (found === undefined) throw new Error(`${id} is not in the catalogue.`);
  return found;
};

export const gpu = (name: string): GpuFacts => {
  const found = gpuNamed(name);
  if (found === undefined) throw new Error(`${name} is no GPU of the table.`);
  return found;
};

export const asking = (id: string, some: Partial<Choice> = {}, on: string | null = null): Asking => ({
  modelId: id,
  model: model(id),
  choice: choice(some),
  gpu: on === null ? null : gpu(on),
  gpuCount: null,
});
