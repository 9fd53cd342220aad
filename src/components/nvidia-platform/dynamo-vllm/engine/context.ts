/** What every check of the engine arguments works with, and the one shape of its findings. */

import type { Finding } from '../../../../core/finding.ts';
import { joinWords } from '../../../../core/words.ts';
import type { Reading } from './attach.ts';
import type { Options } from './spelling.ts';
import type { EngineTable } from './table.ts';

export type Context = {
  readonly table: EngineTable;
  readonly options: Options;
  /** `vLLM 0.14.1 (Dynamo 0.9.1)`. */
  readonly engine: string;
  /** All that was given, in order. */
  readonly readings: readonly Reading[];
};

/** What is wrong with a value, as the end of a sentence, and what to do, as a sentence. */
export type Problem = { readonly why: string; readonly hint: string };

/** Names the list that was used when it is not the release's own. */
export const engineName = (table: EngineTable, release: string): string => {
  const plain = release.replace(/^v/, '');
  const own = plain.startsWith(table.release) && !/^\d/.test(plain.slice(table.release.length));
  return `vLLM ${table.vllm} (${own ? `Dynamo ${table.release}` : `the list of Dynamo ${table.release}, used for ${release}`})`;
};

export const finding = (rule: string, message: string, hint: string): Finding => ({
  rule,
  level: 'error',
  path: 'vllmArgs',
  message,
  hint,
});

const longest = 100;

/** Words as one could type them, cut where a sentence would be lost in them. */
export const said = (...words: readonly string[]): string => {
  const text = joinWords(words);
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
};

/** A hint to copy; never cut. */
export const write = (...words: readonly string[]): string => `Write ${joinWords(words)}.`;

/** The last of a repeated flag is the one that counts. */
export const lastOf = (readings: readonly Reading[], flag: string): Reading | undefined =>
  readings.findLast(({ word }) => word.flag === flag);
