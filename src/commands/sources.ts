/** Settings said as text: in variables and behind flags. */

import type { Finding } from '../core/finding.ts';
import { readText } from '../core/parse.ts';
import { flagOf, type SettingTable, type Spec, type Value, variableOf } from '../core/schema.ts';
import { nearest } from '../core/suggest.ts';
import { splitWords } from '../core/words.ts';

/** What one source says, and what is wrong with it. */
export type Read = {
  readonly values: Readonly<Record<string, Value>>;
  readonly findings: readonly Finding[];
};

type One = { readonly key: string; readonly value: Value } | { readonly finding: Finding };

const gather = (all: readonly One[]): Read => ({
  values: Object.fromEntries(all.filter(one => 'key' in one).map(({ key, value }) => [key, value])),
  findings: all.filter(one => 'finding' in one).map(one => one.finding),
});

/** One setting out of its texts; of anything but a list the last counts. */
const readOne = (key: string, spec: Spec, name: string, texts: readonly string[]): One => {
  const reads = (spec.kind === 'list' ? texts : texts.slice(-1)).map(text => readText(spec, text));
  const wrong = reads.find(read => 'problem' in read);
  if (wrong !== undefined) {
    const message = `${name}: ${wrong.problem}`;
    const hint = `It is: ${spec.summary}.`;
    return { finding: { rule: 'setting-wrong-value', level: 'error', path: key, message, hint } };
  }
  return { key, value: spec.kind === 'list' ? texts : (reads.find(read => 'value' in read)?.value ?? null) };
};

const prefix = 'DYNAMO_INSTALLER_';

const unknownVariable = (name: string, known: readonly string[]): One => {
  const guess = nearest(name, known);
  const hint = guess === undefined ? 'Unset it.' : `Did you mean ${guess}?`;
  const message = `The variable ${name} names no setting.`;
  return { finding: { rule: 'setting-unknown-variable', level: 'error', path: name, message, hint } };
};

/** A list in one variable is split as a shell splits words. */
const textsOf = (spec: Spec, text: string): readonly string[] => {
  const split = spec.kind === 'list' ? splitWords(text) : { words: [text] };
  return 'words' in split ? split.words : [text];
};

/** `DYNAMO_INSTALLER_*`; one that names no setting is an error, because it would be ignored in silence. */
export const fromVariables = (
  table: SettingTable,
  env: Readonly<Record<string, string | undefined>>,
): Read => {
  const keys = new Map(Object.keys(table).map(key => [variableOf(key), key]));
  const ours = Object.entries(env).filter(([name]) => name.startsWith(prefix));
  return gather(
    ours.map(([name, text = '']) => {
      const key = keys.get(name) ?? '';
      const spec = table[key];
      return spec === undefined
        ? unknownVariable(name, [...keys.keys()])
        : readOne(key, spec, name, textsOf(spec, text));
    }),
  );
};

/** What the parser of the command line left: true or false for switches, a list of texts for lists, else a text. */
export const fromFlags = (table: SettingTable, typed: Readonly<Record<string, unknown>>): Read =>
  gather(
    Object.entries(typed).flatMap(([key, said]) => {
      const spec = table[key];
      if (spec === undefined || said === undefined) return [];
      if (typeof said === 'boolean') return [{ key, value: said }];
      return [readOne(key, spec, flagOf(key), Array.isArray(said) ? said.map(String) : [String(said)])];
    }),
  );
