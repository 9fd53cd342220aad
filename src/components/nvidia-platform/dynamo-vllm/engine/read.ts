/** Reads the additional vLLM args: words with their values for the plan, and findings against the release's own lists. */

import type { Finding } from '../../../../core/finding.ts';
import { splitWords } from '../../../../core/words.ts';
import { attachValues, type EngineWord } from './attach.ts';
import { checkReading } from './check.ts';
import { engineName, finding } from './context.ts';
import { optionsOf } from './spelling.ts';
import { engineTable, newestTable } from './table.ts';
import { checkTogether } from './together.ts';

export type { EngineWord } from './attach.ts';

/** Order is kept: the last of a repeated flag is the one that counts for the engine. */
export type EngineArgs = {
  readonly words: readonly EngineWord[];
  readonly findings: readonly Finding[];
};

const unbalanced = (problem: string): Finding =>
  finding(
    'args-unbalanced-quote',
    `The additional vLLM args cannot be split into words: ${problem}`,
    'Close the quote, or put single quotes around the whole value.',
  );

const unchecked = (release: string): Finding => ({
  ...finding(
    'args-unchecked',
    `The additional vLLM args were not checked: there is no list of arguments for Dynamo ${release}.`,
    'Compare them with the engine arguments of the vLLM release in your image.',
  ),
  level: 'warning',
});

/** `release` is X.Y.Z…; without a list for its line the newest list only decides which values belong to which flag. */
export const readVllmArgs = (text: string, release: string): EngineArgs => {
  const split = splitWords(text);
  if ('problem' in split) return { words: [], findings: [unbalanced(split.problem)] };
  const own = engineTable(release);
  const table = own ?? newestTable();
  const options = optionsOf(table);
  const readings = attachValues(split.words, options);
  const words = readings.map(({ word }) => word);
  if (own === null) return { words, findings: words.length === 0 ? [] : [unchecked(release)] };
  const context = {
    table,
    options,
    engine: engineName(table, release),
    readings,
  };
  return {
    words,
    findings: [...readings.flatMap(reading => checkReading(reading, context)), ...checkTogether(context)],
  };
};
