/** Answers files: settings by their camelCase keys. */

import type { Locate } from './config.ts';
import type { Finding } from './finding.ts';
import { readValue } from './parse.ts';
import { flagOf, type SettingTable, type Value } from './schema.ts';
import { nearest } from './suggest.ts';
import { shown } from './text.ts';

export type Answers = {
  readonly values: Readonly<Record<string, Value>>;
  readonly findings: readonly Finding[];
};

const unknown = (table: SettingTable, key: string, locate: Locate): Finding => {
  const guess = nearest(key, Object.keys(table));
  return {
    rule: 'answers-unknown-key',
    level: 'error',
    path: locate([key]),
    message: `${shown(key)} is not a setting.`,
    hint:
      guess === undefined
        ? 'See "./cli nvidia-platform dynamo-vllm install --help" for all settings.'
        : `Did you mean "${guess}"?`,
  };
};

const wrongValue = (path: string, message: string, hint: string): Finding => ({
  rule: 'answers-wrong-value',
  level: 'error',
  path,
  message,
  hint,
});

const readOne = (table: SettingTable, key: string, value: unknown, locate: Locate): Value | Finding => {
  const spec = Object.hasOwn(table, key) ? table[key] : undefined;
  if (spec === undefined) return unknown(table, key, locate);
  const read = readValue(spec, value);
  if ('value' in read) return read.value;
  return wrongValue(
    locate([key]),
    `${key}: ${read.problem}`,
    `It is what ${flagOf(key)} takes: ${spec.summary}.`,
  );
};

const isFinding = (read: Value | Finding): read is Finding =>
  typeof read === 'object' && read !== null && 'rule' in read;

/** Reads the parsed content of an answers file; `data` of null is an empty file. */
export const readAnswers = (table: SettingTable, data: unknown, locate: Locate): Answers => {
  if (data === null || data === undefined) return { values: {}, findings: [] };
  if (typeof data !== 'object' || Array.isArray(data)) {
    const message = `The answers file holds ${shown(data)}, not keys and values.`;
    return {
      values: {},
      findings: [wrongValue(locate([]), message, 'Write lines such as "model: Qwen/Qwen3-0.6B".')],
    };
  }
  const read = Object.entries(data).map(([key, value]) => [key, readOne(table, key, value, locate)] as const);
  return {
    values: Object.fromEntries(read.filter((one): one is [string, Value] => !isFinding(one[1]))),
    findings: read.map(([, one]) => one).filter(isFinding),
  };
};
