/** The one-line command that repeats a run. */

import type { ComponentEntry } from '../components/load.ts';
import { flagOf, type SettingTable, type Value } from '../core/schema.ts';
import { applies, isExplicit, type Settled } from '../core/settings.ts';
import { joinWords } from '../core/words.ts';

const flagWords = (key: string, value: Value): string[] => {
  if (value === null) return [];
  if (value === true) return [flagOf(key)];
  if (value === false) return [`--no-${flagOf(key).slice(2)}`];
  if (typeof value === 'object') return value.flatMap(item => [flagOf(key), item]);
  return [flagOf(key), String(value)];
};

/** Only what was answered: defaults and config.json stay what they are where the command is run. `more`: words behind the verb. */
export const replayCommand = (
  entry: ComponentEntry,
  verb: string,
  table: SettingTable,
  settled: Settled,
  more: readonly string[] = [],
): string => {
  const words = Object.keys(table)
    .filter(key => isExplicit(settled, key) && applies(table, key, settled.values))
    .flatMap(key => flagWords(key, settled.values[key] ?? null));
  return joinWords(['./cli', entry.category, entry.name, verb, ...more, ...words]);
};
