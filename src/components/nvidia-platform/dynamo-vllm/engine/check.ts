/** Checks one word of the engine arguments, flag and values. */

import type { Finding } from '../../../../core/finding.ts';
import { listed } from '../../../../core/text.ts';
import { type Reading, takesNone } from './attach.ts';
import { type Context, finding, type Problem, said, write } from './context.ts';
import type { Head } from './head.ts';
import { keyProblem } from './kv.ts';
import { nameProblem } from './names.ts';
import { rangeProblem } from './ranges.ts';
import { isLenient, type Option } from './spelling.ts';
import { unknownFlag } from './unknown.ts';
import { missingProblem, valueProblem } from './values.ts';

/** A reading whose flag is known. */
type Known = Reading & { readonly head: Head; readonly option: Option };

export const wrongValue = (text: string, { engine }: Context, { why, hint }: Problem): Finding =>
  finding('args-wrong-value', `${text} does not work with ${engine}: ${why}.`, hint);

const textOf = ({ word, head }: Known): string =>
  head.glued ? said(head.typed) : said(word.typed, ...word.values);

const positional = ({ word }: Reading, { engine, readings }: Context): Finding => {
  const before = readings[readings.findIndex(reading => reading.word === word) - 1];
  const bare = before?.option !== null && before?.option !== undefined && takesNone(before.option);
  const hint = bare
    ? `Remove it: ${before.word.typed} takes no value.`
    : 'Remove it, write the flag it belongs to before it, or put quotes around a value that holds blanks.';
  const model = word.typed.includes('/') ? ' A model is chosen with --model.' : '';
  return finding(
    'args-positional',
    `${said(word.typed)} belongs to no flag, and ${engine} takes only flags and their values.`,
    `${hint}${model}`,
  );
};

const misspelt = (reading: Known, { engine }: Context): Finding[] => {
  const { spelled } = reading.head;
  if (spelled.kind !== 'misspelt') return [];
  const { values } = reading.word;
  const message = `${textOf(reading)} is not a spelling that ${engine} accepts: ${spelled.why}.`;
  return [finding('args-wrong-spelling', message, write(spelled.right, ...values))];
};

const ambiguous = (typed: string, spellings: readonly string[], { engine }: Context): Finding => {
  const some =
    spellings.length > 6 ? `${spellings.slice(0, 6).join(', ')} and others` : listed(spellings, 'or');
  return finding(
    'args-wrong-spelling',
    `${said(typed)} is too short for ${engine}: several flags begin with it.`,
    `Write the flag in full: ${some}.`,
  );
};

const offValues = /^(false|no|off|0)$/i;

/** `--x True` is an error for every flag that switches something; the value says which form was meant. */
const needless = ({ word, option }: Known): Problem | undefined => {
  const value = word.values[0];
  if (value === undefined) return undefined;
  const off = offValues.test(value) !== option.negated;
  if (!off) return { why: 'it takes no value', hint: `Write ${option.name} alone.` };
  const negated = option.flag.kind === 'boolean-optional' ? `--no-${option.name.slice(2)}` : undefined;
  return {
    why: 'it takes no value',
    hint: negated === undefined ? `Leave ${option.name} out.` : `Write ${negated} alone.`,
  };
};

const dotted = (reading: Known, context: Context): Problem | undefined => {
  const { parsing } = context.table;
  const { word, option } = reading;
  const lenient = parsing.dottedJson && isLenient(option.flag, parsing.underscoreForms);
  if (option.flag.kind !== 'json')
    return {
      why: `${option.name} takes no keys`,
      hint: `Write ${option.name} without ".${reading.head.key}".`,
    };
  if (!lenient)
    return {
      why: `${option.name} takes its keys as one JSON`,
      hint: `Write ${option.name} '{"${reading.head.key}":...}'.`,
    };
  return word.values.length === 0 ? missingProblem(word.typed, undefined) : keyProblem(word, context);
};

const mayBeBare = ({ flag }: Option): boolean => flag.nargs === '?' || flag.nargs === '*';

const nextWord = (reading: Reading, { readings }: Context): string | undefined =>
  readings[readings.indexOf(reading) + 1]?.word.tokens[0];

const valued = (reading: Known, context: Context): Problem | undefined => {
  const { word, option } = reading;
  if (word.values.length === 0 && !mayBeBare(option))
    return missingProblem(word.typed, nextWord(reading, context));
  const typed = reading.head.glued ? option.name : word.typed;
  const typeProblem = word.values
    .map(value => valueProblem(typed, option.flag, value) ?? rangeProblem(word.flag, typed, value))
    .find(problem => problem !== undefined);
  return typeProblem ?? keyProblem(word, context) ?? nameProblem(word, context);
};

const problemOf = (reading: Known, context: Context): Problem | undefined => {
  if (reading.head.key !== null) return dotted(reading, context);
  return takesNone(reading.option) ? needless(reading) : valued(reading, context);
};

const exits = (reading: Known, { engine }: Context): Finding =>
  finding(
    'args-exits',
    `${reading.word.typed} makes ${engine} print something and exit, so the worker never serves.`,
    `Remove ${reading.word.typed}.`,
  );

const deprecated = (reading: Known, { engine }: Context): Finding[] => {
  const part = reading.option.flag.note?.split('; ').find(text => text.startsWith('deprecated'));
  if (part === undefined) return [];
  const removal = /removal (v[\d.]+\d)/.exec(part)?.[1];
  const use = /\buse (.+?)\.?$/.exec(part)?.[1];
  const goes = removal === undefined ? '' : ` and goes in ${removal}`;
  const hint = use === undefined ? 'Leave it out; a later release will refuse it.' : `Use ${use} instead.`;
  return [
    {
      ...finding('args-deprecated', `${textOf(reading)} is deprecated in ${engine}${goes}.`, hint),
      level: 'warning',
    },
  ];
};

const known = (reading: Known, context: Context): Finding[] => {
  if (reading.option.flag.note === 'prints and exits') return [exits(reading, context)];
  const problem = problemOf(reading, context);
  const spelling = misspelt(reading, context);
  return problem === undefined
    ? [...spelling, ...deprecated(reading, context)]
    : [...spelling, wrongValue(textOf(reading), context, problem)];
};

const isKnown = (reading: Reading): reading is Known => reading.head !== null && reading.option !== null;

export const checkReading = (reading: Reading, context: Context): Finding[] => {
  if (isKnown(reading)) return known(reading, context);
  if (reading.head === null) return [positional(reading, context)];
  const { spelled } = reading.head;
  return spelled.kind === 'ambiguous'
    ? [ambiguous(reading.word.typed, spelled.spellings, context)]
    : [unknownFlag(reading, context)];
};
