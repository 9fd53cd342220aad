/** The two JSON arguments that connect the KV cache to the rest of Dynamo: --kv-transfer-config and --kv-events-config. */

import { nearest } from '../../../../core/suggest.ts';
import { listed, shown } from '../../../../core/text.ts';
import type { EngineWord } from './attach.ts';
import { type Context, type Problem, write } from './context.ts';
import { conductOf } from './history.ts';
import { isObject, type JsonObject, parsed } from './json.ts';

export const transferFlag = '--kv-transfer-config';
const eventsFlag = '--kv-events-config';

const examples: Readonly<Record<string, string>> = {
  [transferFlag]: '{"kv_connector":"NixlConnector","kv_role":"kv_both"}',
  [eventsFlag]: '{"enable_kv_cache_events":true}',
};

const dottedKeys = (word: EngineWord): readonly string[] => word.typed.split('.').slice(1);

/** `--flag.key value` is read as JSON where it is JSON and is text otherwise; `--flag.key+ a,b` is a list. */
const dottedValue = (word: EngineWord): unknown => {
  const text = word.values[0] ?? '';
  return word.typed.endsWith('+') ? text.split(',') : (parsed(text) ?? text);
};

const nested = (word: EngineWord): JsonObject => {
  const [first = '', ...keys] = dottedKeys(word).map(key => key.replace(/\+$/, ''));
  return {
    [first]: keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), dottedValue(word)),
  };
};

const merge = (into: JsonObject, more: JsonObject): JsonObject => {
  const entries = Object.entries(more).map(([key, value]) => {
    const old = into[key];
    return [key, isObject(value) && isObject(old) ? merge(old, value) : value] as const;
  });
  return { ...into, ...Object.fromEntries(entries) };
};

/** What the engine will read: the dotted keys together where there are any, otherwise the last JSON; undefined when that is no object. */
export const configOf = (words: readonly EngineWord[], flag: string): JsonObject | undefined => {
  const own = words.filter(word => word.flag === flag);
  const dotted = own.filter(word => dottedKeys(word).length > 0);
  if (dotted.length > 0) return dotted.map(nested).reduce(merge);
  const value = parsed(own.at(-1)?.values[0] ?? '');
  return isObject(value) ? value : undefined;
};

const keysProblem = (keys: readonly string[], allowed: readonly string[]): Problem | undefined => {
  const wrong = keys.find(key => !allowed.includes(key));
  if (wrong === undefined) return undefined;
  const guess = nearest(wrong, allowed);
  const hint =
    guess === undefined ? `The keys are ${listed(allowed)}.` : `Write "${guess}" instead of "${wrong}".`;
  return { why: `${shown(wrong)} is not one of its keys`, hint };
};

/** The keys of one word whose value has been found to be JSON or nothing. */
export const keyProblem = (word: EngineWord, { table }: Context): Problem | undefined => {
  const example = examples[word.flag];
  if (example === undefined || ['', 'None', 'null'].includes(word.values[0] ?? '')) return undefined;
  const value = dottedKeys(word).length > 0 ? nested(word) : parsed(word.values[0] ?? '');
  if (!isObject(value)) return { why: 'it takes a JSON object', hint: write(word.typed, example) };
  if (word.flag === transferFlag) return keysProblem(Object.keys(value), table.kvTransferConfig);
  return conductOf(table).kvEventsKeysAreChecked
    ? keysProblem(Object.keys(value), table.kvEventsConfig)
    : undefined;
};
