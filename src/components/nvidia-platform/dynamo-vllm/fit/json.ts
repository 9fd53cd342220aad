/** Reading of a model's configuration by key, where several names may stand for one thing. */

import { amountOf, type Json, objectOf, parseJson } from '../../../../core/json.ts';

/** No size of any model comes near it; what is larger is a slip of the pen, or stands for "without end". */
const beyondCounting = 1e12;

/** The first of several keys that holds a number that is neither negative nor beyond counting; null when none does. */
export const numberOf = (object: Json, ...keys: readonly string[]): number | null =>
  keys.map(key => amountOf(object[key])).find(value => value !== null && value < beyondCounting) ?? null;

export const textOf = (object: Json, key: string): string | null => {
  const value = object[key];
  return typeof value === 'string' ? value : null;
};

/** Empty when it is no list. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** How many of a list are one of some words. */
export const counterOf =
  (all: readonly unknown[]) =>
  (...words: readonly string[]): number =>
    all.filter(one => typeof one === 'string' && words.includes(one)).length;

/** Undefined when it is no JSON, or no object. */
export const parseLenient = (text: string): Json | undefined => objectOf(parseJson(text));
