/** Which flag a typed name means, by the parsers' own rules: exact, underscores for dashes, abbreviation, short option. */

import type { EngineFlag, EngineTable } from './table.ts';

export type Option = {
  readonly name: string;
  readonly negated: boolean;
  readonly flag: EngineFlag;
};

/** Every spelling that the parser registers, `--no-…` forms and aliases included. */
export type Options = {
  readonly table: EngineTable;
  readonly bySpelling: ReadonlyMap<string, Option>;
};

export type Spelled =
  | { readonly kind: 'known'; readonly option: Option }
  /** It is clear what is meant, but this release does not accept it like this. */
  | {
      readonly kind: 'misspelt';
      readonly option: Option;
      readonly right: string;
      readonly why: string;
    }
  | { readonly kind: 'ambiguous'; readonly spellings: readonly string[] }
  | { readonly kind: 'unknown' };

/** argparse registers it for every parser; the lists name `--help` alone. */
const shortHelp: EngineFlag = { kind: 'flag', note: 'prints and exits' };

/** Not in the lists because the parser takes it out before it reads anything else; the file has to exist in the container. */
const configFile: EngineFlag = { kind: 'value', type: 'path', from: 'vllm' };

const spellingsOf = (name: string, flag: EngineFlag): (readonly [string, Option])[] =>
  [name, ...(flag.aliases ?? [])].flatMap(spelling => {
    const plain = [spelling, { name, negated: false, flag }] as const;
    if (flag.kind !== 'boolean-optional' || !spelling.startsWith('--')) return [plain];
    return [plain, [spelling.replace('--', '--no-'), { name, negated: true, flag }] as const];
  });

export const optionsOf = (table: EngineTable): Options => ({
  table,
  bySpelling: new Map(
    Object.entries({ '-h': shortHelp, '--config': configFile, ...table.worker }).flatMap(([name, flag]) =>
      spellingsOf(name, flag),
    ),
  ),
});

/** From 1.0 on Dynamo reads its own flags first and exactly; only what is left reaches vLLM's lenient parser. */
export const isLenient = (flag: EngineFlag, rule: 'all' | 'vllm'): boolean =>
  rule === 'all' || flag.from === 'vllm' || flag.from === undefined;

const whole = "Dynamo's own flags are accepted only in full and with dashes";

/** An abbreviation is accepted when exactly one spelling begins with it, among the flags that may be abbreviated. */
const abbreviated = (typed: string, { table, bySpelling }: Options): Spelled => {
  const begins = [...bySpelling].filter(([spelling]) => spelling.startsWith(typed));
  const lenient = begins.filter(([, option]) => isLenient(option.flag, table.parsing.abbreviations));
  const usable = lenient.length > 0 ? lenient : begins;
  const only = usable[0];
  if (only === undefined) return { kind: 'unknown' };
  if (usable.length > 1)
    return {
      kind: 'ambiguous',
      spellings: usable.map(([spelling]) => spelling),
    };
  if (lenient.length === 1) return { kind: 'known', option: only[1] };
  return { kind: 'misspelt', option: only[1], right: only[0], why: whole };
};

/** The name as typed, without its value, dotted key or `=`. */
export const spelled = (typed: string, options: Options): Spelled => {
  const exact = options.bySpelling.get(typed);
  if (exact !== undefined) return { kind: 'known', option: exact };
  const dashed = typed.startsWith('--') ? typed.replaceAll('_', '-') : typed;
  const option = options.bySpelling.get(dashed);
  if (option === undefined)
    return dashed.length > 2 || !typed.startsWith('--') ? abbreviated(dashed, options) : { kind: 'unknown' };
  const accepted = isLenient(option.flag, options.table.parsing.underscoreForms);
  return accepted ? { kind: 'known', option } : { kind: 'misspelt', option, right: dashed, why: whole };
};
