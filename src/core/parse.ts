/** Reads the value of one setting from text (flag, variable, prompt) or from a file, and says what is wrong and what would be right. */

import type { Spec, Value } from './schema.ts';
import { listed, refusedCharacter, shown } from './text.ts';

export type Read = { readonly value: Value } | { readonly problem: string };

const problem = (text: string): Read => ({ problem: text });

type Numeric = Extract<Spec, { min: number }>;

const range = (spec: Numeric): string =>
  spec.kind === 'integer'
    ? `a whole number from ${spec.min} to ${spec.max}`
    : `a number from ${spec.min} to ${spec.max}`;

const checkNumber = (spec: Numeric, value: number): Read => {
  const whole = spec.kind === 'number' || Number.isInteger(value);
  const inside = value >= spec.min && value <= spec.max;
  return whole && inside ? { value } : problem(`${shown(value)} is not ${range(spec)}.`);
};

const checkText = (spec: Extract<Spec, { kind: 'text' | 'list' }>, value: string): string | undefined => {
  const spread = spec.kind === 'text' && spec.multiline === true;
  const bad = refusedCharacter(spread ? value.replace(/[\t\n\r]/g, ' ') : value);
  if (bad !== undefined)
    return `${shown(value)} holds the character ${bad}, which cannot be carried; remove it.`;
  if (spec.kind === 'text' && spec.maxLength !== undefined && value.length > spec.maxLength) {
    return `${shown(value)} has ${value.length} characters; at most ${spec.maxLength} are allowed.`;
  }
  return spec.check?.(value);
};

const textRead = (spec: Extract<Spec, { kind: 'text' }>, value: string): Read => {
  const wrong = checkText(spec, value);
  return wrong === undefined ? { value } : problem(wrong);
};

const listRead = (spec: Extract<Spec, { kind: 'list' }>, values: readonly unknown[]): Read => {
  for (const item of values) {
    if (typeof item !== 'string') return problem(`${shown(item)} is not a text in quotes.`);
    const wrong = checkText(spec, item);
    if (wrong !== undefined) return problem(wrong);
  }
  return { value: values.filter(v => typeof v === 'string') };
};

const choiceRead = (spec: Extract<Spec, { kind: 'choice' }>, value: string): Read => {
  const values = spec.choices.map(c => c.value);
  return values.includes(value)
    ? { value }
    : problem(`${shown(value)} is not one of ${listed(values, 'or')}.`);
};

/** A value of the wrong kind, such as a number in quotes, is named as it stands. */
const expected = (spec: Spec): string => {
  if (spec.kind === 'integer' || spec.kind === 'number') return range(spec);
  return {
    list: 'a list of texts',
    switch: 'true or false',
    text: 'a text in quotes',
    choice: 'a text in quotes',
  }[spec.kind];
};

const readKnown = (spec: Spec, value: unknown): Read | undefined => {
  if (spec.kind === 'list' && Array.isArray(value)) return listRead(spec, value);
  if (spec.kind === 'switch' && typeof value === 'boolean') return { value };
  if ((spec.kind === 'integer' || spec.kind === 'number') && typeof value === 'number')
    return checkNumber(spec, value);
  if (typeof value !== 'string') return undefined;
  if (spec.kind === 'choice') return choiceRead(spec, value);
  return spec.kind === 'text' ? textRead(spec, value) : undefined;
};

/** A value as it stands in an answers file or config.json: numbers are numbers and switches are true or false, never text. */
export const readValue = (spec: Spec, value: unknown): Read =>
  readKnown(spec, value) ?? problem(`${shown(value)} is not ${expected(spec)}.`);

const switches: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  1: true,
  on: true,
  false: false,
  no: false,
  0: false,
  off: false,
};

/** A value typed as text: behind a flag, in a variable, at a prompt. A list is given one item at a time. */
export const readText = (spec: Spec, text: string): Read => {
  if (spec.kind === 'integer' || spec.kind === 'number') {
    const plain = spec.kind === 'integer' ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
    return plain.test(text.trim())
      ? checkNumber(spec, Number(text))
      : problem(`${shown(text)} is not ${range(spec)}.`);
  }
  if (spec.kind === 'switch') {
    const value = switches[text.trim().toLowerCase()];
    return value === undefined ? problem(`${shown(text)} is not true or false.`) : { value };
  }
  return readValue(spec, spec.kind === 'list' ? [text] : text);
};
