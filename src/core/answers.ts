/** Answers files: settings by their camelCase keys. */

import type { Locate } from './config.ts';
import type { Finding } from './finding.ts';
import { readValue } from './parse.ts';
import { flagOf, type SettingTable, type Value } from './schema.ts';
import { nearest } from './suggest.ts';
import { shown } from './text.ts';

export type Answers = { readonly values: Readonly<Record<string, Value>>; readonly findings: readonly Finding[] };

const unknown = (table: SettingTable, key: string, locate: Locate): Finding => {
  const guess = nearest(key, Object.keys(table));
  return {
    rule: 'answers-unknown-key',
    level: 'error',
    path: locate([key]),
    message: `${shown(key)} is not a setting.`,
    hint: guess === undefined ? 'See "./cli nvidia-platform dynamo-vllm install --help" for all settings.' : `Did you mean "${guess}"?`,
  };
};

/** Reads the parsed content of an answers file; `data` of null is an empty file. */
export const readAnswers = (table: SettingTable, data: unknown, locate: Locate): Answers => {
  if (data === null || data === undefined) return { values: {}, findings: [] };
  if (typeof data !== 'object' || Array.isArray(data)) {
    const message = `The answers file holds ${shown(data)}, not keys and values.`;
    return { values: {}, findings: [{ rule: 'answers-wrong-value', level: 'error', path: locate([]), message, hint: 'Write lines such as "model: Qwen/Qwen3-0.6B".' }] };
  }
  const values: Record<string, Value> = {};
  const findings: Finding[] = [];
  for (const [key, value] of Object.entries(data)) {
    const spec = Object.hasOwn(table, key) ? table[key] : undefined;
    if (spec === undefined) {
      findings.push(unknown(table, key, locate));
      continue;
    }
    const read = readValue(spec, value);
    if ('value' in read) values[key] = read.value;
    else findings.push({ rule: 'answers-wrong-value', level: 'error', path: locate([key]), message: `${key}: ${read.problem}`, hint: `It is what ${flagOf(key)} takes: ${spec.summary}.` });
  }
  return { values, findings };
};
