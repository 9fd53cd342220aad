/**
 * Sizes of well-known checkpoints: GiB of the weights as stored on the Hub, all files that the model needs.
 * From file listings and start-up logs of 2026; `~` in a comment marks parameters times bytes.
 */
const weights: Readonly<Record<string, number>> = {
  'Qwen/Qwen3-0.6B': 1.12,
  'Qwen/Qwen3-1.7B': 3.8, // ~
  'Qwen/Qwen3-4B': 7.5, // ~
  'Qwen/Qwen3-8B': 15.27,
  'Qwen/Qwen3-14B': 27.5, // ~
  'Qwen/Qwen3-32B': 61,
  'Qwen/Qwen3-30B-A3B-Instruct-2507': 56.87,
  'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8': 29.03,
  'Qwen/Qwen3-30B-A3B-FP8': 29.03,
  'Qwen/Qwen3-235B-A22B-FP8': 220.6,
  'Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8': 450, // ~
  'Qwen/Qwen3-Next-80B-A3B-Instruct-FP8': 76, // ~
  'meta-llama/Llama-3.1-8B-Instruct': 14.96,
  'meta-llama/Llama-3.3-70B-Instruct': 131.42,
  'meta-llama/Llama-3.1-405B-Instruct-FP8': 462, // ~
  'meta-llama/Llama-4-Scout-17B-16E-Instruct': 203, // ~
  'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8': 380, // ~
  'deepseek-ai/DeepSeek-R1': 641.3,
  'deepseek-ai/DeepSeek-V3': 641.3,
  'deepseek-ai/DeepSeek-V3.1': 641.3,
  'deepseek-ai/DeepSeek-V3.2': 642.14,
  'deepseek-ai/DeepSeek-R1-Distill-Llama-8B': 14.96,
  'deepseek-ai/DeepSeek-R1-Distill-Qwen-7B': 14.27,
  'deepseek-ai/DeepSeek-R1-Distill-Qwen-14B': 27.51,
  'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B': 61.04,
  'openai/gpt-oss-20b': 12.88,
  'openai/gpt-oss-120b': 60.77,
  'mistralai/Mixtral-8x7B-Instruct-v0.1': 87, // ~
  'google/gemma-3-27b-it': 51.1,
  'moonshotai/Kimi-K2-Instruct': 959, // ~
  'MiniMaxAI/MiniMax-M2.5': 214.34,
  'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16': 58.82,
  'nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16': 230.25,
  'nvidia/Llama-3_3-Nemotron-Super-49B-v1': 93, // ~
};

/** GiB of a model's weights on the Hub; undefined when the model is not in the table. Ids are compared without case, as the Hub does. */
export const weightsGiB = (model: string): number | undefined => {
  const id = Object.keys(weights).find(known => known.toLowerCase() === model.toLowerCase());
  return id === undefined ? undefined : weights[id];
};
