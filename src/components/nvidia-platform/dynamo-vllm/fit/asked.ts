/** Reads a choice out of engine arguments: the ones that matter to memory and legality. The last of a repeated flag counts. */

import { lengthOf } from '../args.ts';
import { configOf } from '../engine/kv.ts';
import type { EngineWord } from '../engine/read.ts';
import type { Parallelism } from '../plan.ts';
import { defaultUtilization, engineMinor } from './engine.ts';
import type { Choice } from './facts.ts';

export type Asked = {
  readonly release: string;
  /** vLLM version in the image. */
  readonly engineVersion: string;
  readonly parallelism: Parallelism;
  /** As the plan has it: digits, `auto`, `-1`, or null. */
  readonly maxModelLen: string | null;
  readonly words: readonly EngineWord[];
  /** Disaggregated or KVBM: a connector without a word about it. */
  readonly connector: boolean;
  /** Variables of the worker, `NAME=value`. */
  readonly env: readonly string[];
};

const lastOf = (words: readonly EngineWord[], flag: string): EngineWord | undefined =>
  words.findLast(word => word.flag === flag);

const textOf = (words: readonly EngineWord[], flag: string): string | null =>
  lastOf(words, flag)?.values[0] ?? null;

const finiteOf = (words: readonly EngineWord[], flag: string): number | null => {
  const text = textOf(words, flag);
  const value = text === null || text.trim() === '' ? Number.NaN : Number(lengthOf(text));
  return Number.isFinite(value) ? value : null;
};

/** What is below zero or beyond counting is refused as a value and decides nothing. */
const numberOf = (words: readonly EngineWord[], flag: string): number | null => {
  const value = finiteOf(words, flag);
  return value !== null && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : null;
};

const countOf = (words: readonly EngineWord[], flag: string): number | null => {
  const value = numberOf(words, flag);
  return value === null || value < 1 || !Number.isInteger(value) ? null : value;
};

/** GiB of weights that `--cpu-offload-gb` keeps in host memory, for each GPU. */
export const cpuOffloadGib = (words: readonly EngineWord[]): number =>
  numberOf(words, '--cpu-offload-gb') ?? 0;

const isOn = (words: readonly EngineWord[], flag: string): boolean => {
  const word = lastOf(words, flag);
  return word !== undefined && !word.negated && word.values[0]?.toLowerCase() !== 'false';
};

const lengthFrom = (text: string | null): Choice['maxModelLen'] => {
  if (text === null) return null;
  if (text === 'auto' || text === '-1') return 'auto';
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : null;
};

const withoutNone = (text: string | null): string | null =>
  text === null || text.toLowerCase() === 'none' || text === '' ? null : text.toLowerCase();

const hasConnector = (words: readonly EngineWord[]): boolean => {
  const named = textOf(words, '--connector');
  return textOf(words, '--kv-transfer-config') !== null || (named !== null && named !== 'none');
};

const speculativeFlag = '--speculative-config';

/** The short forms of its keys, which newer releases have. */
const shortForms = { method: '--spec-method', model: '--spec-model' } as const;

/** JSON, whichever form it was said in; the text itself where it is none. */
const speculativeOf = (words: readonly EngineWord[]): string | null => {
  const text = textOf(words, speculativeFlag);
  const short = Object.entries(shortForms).flatMap(([key, flag]) => {
    const value = textOf(words, flag);
    return value === null ? [] : [[key, value]];
  });
  const said = configOf(words, speculativeFlag);
  if (said === undefined && short.length === 0) return withoutNone(text) === null ? null : text;
  return JSON.stringify({ ...said, ...Object.fromEntries(short) });
};

/** Both may lengthen the context, in more ways than are worth reading. */
const overridesConfig = (words: readonly EngineWord[]): boolean =>
  words.some(({ flag }) => flag.startsWith('--hf-overrides') || flag.startsWith('--rope-scaling'));

export const choiceFrom = ({
  release,
  engineVersion,
  parallelism,
  maxModelLen,
  words,
  connector,
  env,
}: Asked): Choice => ({
  release,
  engine: engineMinor(engineVersion),
  ...parallelism,
  context: countOf(words, '--decode-context-parallel-size') ?? 1,
  utilization: finiteOf(words, '--gpu-memory-utilization') ?? defaultUtilization(release),
  maxModelLen: lengthFrom(maxModelLen),
  kvCacheDtype: textOf(words, '--kv-cache-dtype') ?? 'auto',
  maxNumSeqs: countOf(words, '--max-num-seqs'),
  maxNumBatchedTokens: countOf(words, '--max-num-batched-tokens'),
  kvCacheMemoryBytes: countOf(words, '--kv-cache-memory-bytes'),
  cpuOffloadGib: cpuOffloadGib(words),
  eager: isOn(words, '--enforce-eager'),
  asyncScheduling: lastOf(words, '--async-scheduling')?.negated !== true,
  quantization: withoutNone(textOf(words, '--quantization')),
  allowsDeprecated: isOn(words, '--allow-deprecated-quantization'),
  dtype: textOf(words, '--dtype') ?? 'auto',
  blockSize: countOf(words, '--block-size'),
  attentionBackend: textOf(words, '--attention-backend'),
  speculative: speculativeOf(words),
  connector: connector || hasConnector(words),
  allowsLongContext: env.includes('VLLM_ALLOW_LONG_MAX_MODEL_LEN=1') || overridesConfig(words),
});
