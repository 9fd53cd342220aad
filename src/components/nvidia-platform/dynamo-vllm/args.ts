/** Takes the engine flags that the plan owns out of the additional arguments, so that they are said once and the GPU sums are right. */

import type { Finding } from '../../../core/finding.ts';
import { flagOf } from '../../../core/schema.ts';
import type { EngineWord } from './engine/read.ts';

/** What the additional arguments say about things that the plan decides; null or empty where they say nothing. */
export type Owned = {
  readonly tensor: number | null;
  readonly pipeline: number | null;
  readonly data: number | null;
  readonly expert: boolean | null;
  readonly maxModelLen: string | null;
  readonly servedNames: readonly string[];
  /** Tokens of `--kv-events-config` in all its forms, which replace the plan's own. */
  readonly kvEvents: readonly string[];
};

export type Taken = {
  readonly owned: Owned;
  /** Everything else, as it goes into the argument list. */
  readonly rest: readonly EngineWord[];
};

/** A count of GPUs; what is none is refused as a value and decides nothing. */
const number = (words: readonly EngineWord[], flag: string): number | null => {
  const value = Number(words.findLast(word => word.flag === flag)?.values[0] ?? Number.NaN);
  return Number.isSafeInteger(value) && value > 0 ? value : null;
};

const flags = {
  tensor: '--tensor-parallel-size',
  pipeline: '--pipeline-parallel-size',
  data: '--data-parallel-size',
  expert: '--enable-expert-parallel',
  maxModelLen: '--max-model-len',
  servedNames: '--served-model-name',
  kvEvents: '--kv-events-config',
} as const satisfies Record<keyof Owned, string>;

/** Flags whose one right value follows from the answers; saying them again is either the same or a contradiction. */
const impliedFlags: readonly string[] = [
  '--model',
  '--disaggregation-mode',
  '--is-prefill-worker',
  '--is-decode-worker',
];

/** `32k` is 32,000 and `32K` is 32,768 for vLLM, `auto` and `-1` mean what fits; numbers are written out. */
export const lengthOf = (text: string): string => {
  const match = /^(\d+(?:\.\d+)?)([kKmMgGtT])$/.exec(text);
  if (match === null) return text;
  const scale: Readonly<Record<string, number>> = {
    k: 1e3,
    K: 2 ** 10,
    m: 1e6,
    M: 2 ** 20,
    g: 1e9,
    G: 2 ** 30,
    t: 1e12,
    T: 2 ** 40,
  };
  return String(Math.trunc(Number(match[1]) * (scale[match[2] ?? ''] ?? 1)));
};

export const takeOver = (words: readonly EngineWord[]): Taken => {
  const last = (flag: string): EngineWord | undefined => words.findLast(word => word.flag === flag);
  const expert = last(flags.expert);
  const length = last(flags.maxModelLen)?.values[0];
  const taken: readonly string[] = [...Object.values(flags), ...impliedFlags];
  return {
    owned: {
      tensor: number(words, flags.tensor),
      pipeline: number(words, flags.pipeline),
      data: number(words, flags.data),
      expert: expert === undefined ? null : !expert.negated,
      maxModelLen: length === undefined ? null : lengthOf(length),
      servedNames: last(flags.servedNames)?.values ?? [],
      kvEvents: words.filter(word => word.flag === flags.kvEvents).flatMap(word => word.tokens),
    },
    rest: words.filter(word => !taken.includes(word.flag)),
  };
};

/** A contradiction between an explicit answer and the additional arguments. */
export const contradiction = (key: string, answer: string, flag: string, argument: string): Finding => ({
  rule: 'args-contradiction',
  level: 'error',
  path: 'vllmArgs',
  message: `${flag} is given twice: ${answer} by ${flagOf(key)} (or its prompt) and ${argument} in the additional vLLM args.`,
  hint: `Remove ${flag} ${argument} from the additional vLLM args, or set ${flagOf(key)} ${argument} (the TP prompt and its like).`.replace(
    ' (the TP prompt and its like)',
    flag === flags.tensor ? ' (the TP prompt)' : '',
  ),
});
