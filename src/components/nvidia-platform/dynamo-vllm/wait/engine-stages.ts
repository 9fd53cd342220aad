/** What an engine is doing, read from its log: the lines of vLLM 0.12 to 0.31 and of Dynamo's worker. */

import { momentInLine } from './moment.ts';

type Row = {
  readonly sign: RegExp;
  /** The word for the table; a counter goes last. */
  readonly stage: (match: RegExpExecArray) => string;
};

const plain = (word: string) => () => word;

/** Counted shards say more than a percentage. */
const shards = (match: RegExpExecArray): string => {
  const [, percent, done, all] = match;
  if (done !== undefined && all !== undefined) return `loading weights ${done}/${all}`;
  return `loading weights ${percent ?? '0'}%`;
};

/** In the order in which a start goes through them. A later line of the log wins, not a later row of this table. */
const stages: readonly Row[] = [
  { sign: /Resolved architecture|Using max model len|world_size=\d+/, stage: plain('starting') },
  {
    sign: /Loading [\w.-]+ checkpoint shards:\s+(\d+)% Completed(?:\s*\|\s*(\d+)\/(\d+))?/,
    stage: shards,
  },
  {
    sign: /Starting to load model|Loading weights on|Loading model weights/,
    stage: plain('loading weights'),
  },
  { sign: /Model loading took|Loading weights took/, stage: plain('compiling') },
  {
    sign: /torch\.compile|Dynamo bytecode transform|Compiling a graph|AOT compilation/,
    stage: plain('compiling'),
  },
  { sign: /DeepGEMM warmup:?\s+(\d+)%/, stage: match => `warming up kernels ${match[1]}%` },
  {
    sign: /FlashInfer autotun|Autotuning|DeepGEMM warmup|kernel warmup/i,
    stage: plain('warming up kernels'),
  },
  { sign: /Available KV cache memory|GPU KV cache size|KVBM leader/, stage: plain('preparing the KV cache') },
  { sign: /Capturing (?:CUDA )?graphs?[^%]*?(\d+)%/i, stage: match => `capturing graphs ${match[1]}%` },
  { sign: /Graph capturing finished|init engine .* took/, stage: plain('warming up') },
  {
    sign: /has been initialized|Registered endpoint|Registering (?:model|endpoint)|register_llm/i,
    stage: plain('registering'),
  },
];

const stageAt = (line: string): string | undefined => {
  for (const { sign, stage } of stages) {
    const match = sign.exec(line);
    if (match !== null) return stage(match);
  }
  return undefined;
};

/** The word without its counter. */
const wordOf = (stage: string | undefined): string => stage?.replace(/ \d+(\/\d+|%)$/, '') ?? '';

export type EngineStage = { readonly stage: string; readonly since: number | null };

const timeNear = (lines: readonly string[], at: number, near: number): number | null => {
  for (let index = at; index >= 0; index -= 1) {
    const time = momentInLine(lines[index] ?? '', near);
    if (time !== null) return time;
  }
  return null;
};

/** The index at which the run of lines of one stage, which ends at `last`, begins. */
const beginning = (lines: readonly string[], last: number, word: string): number => {
  let first = last;
  for (let index = last - 1; index >= 0; index -= 1) {
    const found = stageAt(lines[index] ?? '');
    if (found === undefined) continue;
    if (wordOf(found) !== word) break;
    first = index;
  }
  return first;
};

/** The latest stage that the log tells of, and when it began as far as the lines carry times; null when none is told. */
export const engineStage = (lines: readonly string[], near: number): EngineStage | null => {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const stage = stageAt(lines[index] ?? '');
    if (stage === undefined) continue;
    return { stage, since: timeNear(lines, beginning(lines, index, wordOf(stage)), near) };
  }
  return null;
};
