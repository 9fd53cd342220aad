/** JSON as a value of an engine argument: is it JSON, and if not, what was probably meant. */

import { quoteWord } from '../../../../core/words.ts';
import { type Problem, write } from './context.ts';
import type { EngineFlag } from './table.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Undefined when the text is not JSON; JSON has no undefined. */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const pythonWords = (text: string): string =>
  text
    .replace(/\bTrue\b/g, 'true')
    .replace(/\bFalse\b/g, 'false')
    .replace(/\bNone\b/g, 'null');

const doubleQuoted = (text: string): string => text.replaceAll("'", '"');

/** What a shell leaves of `{"a":"b"}` without quotes around it is `{a:b}`. */
const requoted = (text: string): string =>
  text.replace(/(?<=[{,:[]\s*)(?!(?:true|false|null)\b)[A-Za-z_][\w./*-]*/g, '"$&"');

const repaired = (text: string): string | undefined =>
  [pythonWords(text), doubleQuoted(pythonWords(text)), requoted(pythonWords(text))].find(attempt =>
    isObject(parsed(attempt)),
  );

const reason = (text: string): string => {
  if (text.includes("'")) return 'it is not JSON: names and texts stand in double quotes';
  return text.startsWith('{') && !text.includes('"')
    ? 'it is not JSON: the double quotes are missing, or were lost because no single quotes stand around it'
    : 'it is not JSON';
};

const notJson = (typed: string, value: string): Problem => {
  const right = repaired(value);
  const form = `${quoteWord('{"name":"value"}')}`;
  return {
    why: reason(value),
    hint: right === undefined ? `Write JSON in single quotes: ${typed} ${form}.` : write(typed, right),
  };
};

/** Plain text is fine for these unless it begins and ends like an object. */
const mayBeText = (flag: EngineFlag, value: string): boolean => {
  if (flag.type === 'json-or-bool') return /^(true|false)$/i.test(value);
  return flag.type === 'json-or-str' && !/^\s*\{[\s\S]*\}\s*$/.test(value);
};

export const jsonProblem = (typed: string, flag: EngineFlag, value: string): Problem | undefined =>
  mayBeText(flag, value) || parsed(value) !== undefined ? undefined : notJson(typed, value);
