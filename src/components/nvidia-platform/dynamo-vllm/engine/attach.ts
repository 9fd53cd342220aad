/** Walks over the words of a command line and gives every flag the values that belong to it, as the engine's parser does. */

import { type Head, isFlag, readHead } from './head.ts';
import type { Option, Options } from './spelling.ts';
import { holdersOf } from './table.ts';

export type EngineWord = {
  /** Canonical dashed name (`--tensor-parallel-size` for `-tp`); as typed when unknown, the word itself when it is no flag. */
  readonly flag: string;
  readonly typed: string;
  /** Empty for a bare flag. */
  readonly values: readonly string[];
  /** Given as `--no-…`. */
  readonly negated: boolean;
  /** What goes into the argument list. */
  readonly tokens: readonly string[];
};

/** A word together with what was found out about it. `head` is null for a word that is no flag and belongs to none. */
export type Reading = {
  readonly word: EngineWord;
  readonly head: Head | null;
  readonly option: Option | null;
};

const optionOf = (head: Head): Option | null =>
  head.spelled.kind === 'known' || head.spelled.kind === 'misspelt' ? head.spelled.option : null;

const switchWord = /^(true|false|yes|no|on|off|0|1)$/i;

/** A flag that only other releases have is given as many values as there, so that all of them are reported as one mistake. */
const takesMany = (head: Head, option: Option | null): boolean =>
  (option?.flag ?? holdersOf(head.typed.replaceAll('_', '-')).at(-1)?.flag)?.kind === 'list';

export const takesNone = (option: Option): boolean =>
  option.flag.kind === 'flag' || option.flag.kind === 'boolean-optional';

const isFlagOrEnd = (token: string): boolean => token === '--' || isFlag(token);

/** The words after a flag that are its values; an unknown flag gets one. `--x True` is kept together although `--x` takes none. */
const valuesOf = (head: Head, option: Option | null, rest: readonly string[]): readonly string[] => {
  if (head.value !== null) return [head.value];
  const end = rest.findIndex(isFlagOrEnd);
  const plain = end < 0 ? rest : rest.slice(0, end);
  if (head.key !== null) return plain.slice(0, 1);
  if (takesMany(head, option)) return plain;
  if (option !== null && takesNone(option)) return plain.slice(0, 1).filter(word => switchWord.test(word));
  return plain.slice(0, 1);
};

/** Two tokens, except that a value beginning with `-` would be taken for a flag if it stood alone. */
const tokensOf = (token: string, head: Head, values: readonly string[]): readonly string[] => {
  const attached = head.glued || (head.value?.startsWith('-') ?? false);
  return attached ? [token] : [head.typed, ...values];
};

const flagReading = (token: string, rest: readonly string[], options: Options): Reading => {
  const head = readHead(token, options);
  const option = optionOf(head);
  const values = valuesOf(head, option, rest);
  return {
    word: {
      flag: option?.name ?? head.typed,
      typed: head.typed,
      values,
      negated: option?.negated ?? false,
      tokens: tokensOf(token, head, values),
    },
    head,
    option,
  };
};

const looseReading = (token: string): Reading => ({
  word: {
    flag: token,
    typed: token,
    values: [],
    negated: false,
    tokens: [token],
  },
  head: null,
  option: null,
});

export const attachValues = (tokens: readonly string[], options: Options): Reading[] => {
  const readings: Reading[] = [];
  let at = 0;
  while (at < tokens.length) {
    const token = tokens[at] ?? '';
    const reading = isFlag(token) ? flagReading(token, tokens.slice(at + 1), options) : looseReading(token);
    const followed = reading.head !== null && reading.head.value === null ? reading.word.values.length : 0;
    readings.push(reading);
    at += 1 + followed;
  }
  return readings;
};
