/** Checks a value against what the parser says of its flag: type and choices. */

import { nearest } from '../../../../core/suggest.ts';
import { listed } from '../../../../core/text.ts';
import { type Problem, said, write } from './context.ts';
import { jsonProblem } from './json.ts';
import type { EngineFlag } from './table.ts';

/** Python reads `1_000` and `+8` as numbers too. */
const integer = /^\s*[+-]?\d+(_\d+)*\s*$/;
const decimal = /^\s*[+-]?((\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+)(e[+-]?\d+)?|inf|infinity|nan)\s*$/i;
/** Lower-case suffixes are powers of 1000 and may follow a fraction, upper-case ones are powers of 1024 and may not. */
const suffixed = /^\s*(\d+(\.\d+)?[kmgt]|\d+[KMGT])\s*$/;
const fractionOfBinary = /^\s*\d+\.\d+[KMGT]\s*$/;

type Kind = {
  readonly test: (value: string) => boolean;
  readonly wants: string;
  readonly example: string;
};

const withSuffix = (value: string): boolean => integer.test(value) || suffixed.test(value);

const kinds: Partial<Record<NonNullable<EngineFlag['type']>, Kind>> = {
  int: { test: v => integer.test(v), wants: 'a whole number', example: '8' },
  float: { test: v => decimal.test(v), wants: 'a number', example: '0.5' },
  'int-suffix': {
    test: withSuffix,
    wants: 'a whole number such as 32768, 32k (32,000) or 32K (32,768)',
    example: '32768',
  },
  'int-suffix-or-auto': {
    test: v => withSuffix(v) || /^\s*auto\s*$/i.test(v),
    wants: 'a whole number such as 32768, 32k (32,000) or 32K (32,768), or auto',
    example: '32768',
  },
};

const typeProblem = (typed: string, flag: EngineFlag, value: string): Problem | undefined => {
  const kind = flag.type === undefined ? undefined : kinds[flag.type];
  if (kind === undefined || kind.test(value)) return undefined;
  if (flag.type !== 'int' && flag.type !== 'float' && fractionOfBinary.test(value)) {
    return {
      why: 'a fraction takes a lower-case suffix',
      hint: write(typed, value.trim().toLowerCase()),
    };
  }
  return {
    why: `it takes ${kind.wants}`,
    hint: `Write ${typed} ${kind.example}, for instance.`,
  };
};

const mostListed = 24;

/** What the values are, and the likely one ready to copy. */
export const choiceProblem = (
  typed: string,
  value: string,
  choices: readonly string[],
  what: string,
): Problem => {
  const guess = nearest(value, choices);
  const all = listed(choices, 'or');
  const some =
    choices.length > mostListed
      ? `${choices.slice(0, mostListed).join(', ')} and ${choices.length - mostListed} more`
      : all;
  const why = `it is not ${what}`;
  if (guess === undefined) return { why, hint: `Use one of ${some}.` };
  return {
    why,
    hint: choices.length > mostListed ? write(typed, guess) : `${write(typed, guess)} The values are ${all}.`,
  };
};

/** Some flags lower-case their value and read `-` as `_`; the parser's note says which. */
const canonical = (flag: EngineFlag, value: string): string =>
  flag.note?.includes('lower-cased') ? value.toLowerCase().replaceAll('-', '_') : value;

const choicesProblem = (typed: string, flag: EngineFlag, value: string): Problem | undefined => {
  const { choices } = flag;
  if (choices === undefined) return undefined;
  const same = (choice: string | number): boolean =>
    typeof choice === 'number' ? choice === Number(value) : choice === canonical(flag, value);
  if (choices.some(same)) return undefined;
  return choiceProblem(typed, value, choices.map(String), 'one of its values');
};

const isNothing = (flag: EngineFlag, value: string): boolean =>
  flag.nullable === true && (value === '' || value === 'None');

/** One value of a `value`, `list` or `json` flag. */
export const valueProblem = (typed: string, flag: EngineFlag, value: string): Problem | undefined => {
  if (isNothing(flag, value)) return undefined;
  if (flag.kind === 'json') return jsonProblem(typed, flag, value);
  return typeProblem(typed, flag, value) ?? choicesProblem(typed, flag, value);
};

/** The value is missing altogether, or is a token that looks like the next flag. */
export const missingProblem = (typed: string, next: string | undefined): Problem => ({
  why: 'its value is missing',
  hint:
    next === undefined
      ? `Write a value after ${typed}, or leave it out.`
      : `Write a value after ${typed}; if ${said(next)} is that value, join them: ${said(`${typed}=${next}`)}.`,
});
