/** A verification for the eye: a line for each step, the answer with its figures, and what to do next. */

import type { ProbeReport, ProbeStep } from '../core/probe.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

type Ended = Exclude<ProbeStep['outcome'], 'running'>;

const signs: Readonly<Record<Ended, string>> = { pass: '✓', warn: '!', fail: '✗', unknown: '?' };

/** What a sign means, for those who do not see it; a pass is the statement itself. */
const words: Readonly<Record<Ended, string>> = {
  pass: '',
  warn: 'warning: ',
  fail: 'FAILED: ',
  unknown: 'unknown: ',
};

const colorOf = (outcome: Ended, paint: Paint): ((text: string) => string) =>
  ({ pass: paint.green, warn: paint.yellow, fail: paint.red, unknown: paint.dim })[outcome];

/** Shorter waits are not worth a word. */
const tellingMs = 1000;

const timeOf = (ms: number | null): string =>
  ms === null || ms < tellingMs ? '' : ` (${(ms / 1000).toFixed(1)} s)`;

/** Sign, statement, what was seen. A step that runs is said when it waits for something, with how long it has waited. */
export const stepLines = (step: ProbeStep, paint: Paint, columns: number): string[] => {
  const { outcome, title, detail, ms } = step;
  if (outcome === 'running')
    return detail === ''
      ? []
      : wrap(`${title}: ${detail}${timeOf(ms)}`, columns - 2).map(line => `  ${paint.dim(line)}`);
  const said = detail === '' ? '' : `: ${words[outcome]}${detail}`;
  // A figure of its own says it better.
  const took = / ms\b/.test(detail) ? '' : timeOf(ms);
  const [first = '', ...more] = wrap(`${title}${said}${took}`, columns - 2);
  return [`${colorOf(outcome, paint)(signs[outcome])} ${first}`, ...more.map(line => `  ${line}`)];
};

const longestAnswer = 400;

/** On one line and cut, so that no model can draw on the terminal. */
const shownAnswer = (text: string): string => {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim();
  return line.length > longestAnswer ? `${line.slice(0, longestAnswer - 1)}…` : line;
};

const figures = ({ firstTokenMs, tokensPerSecond }: ProbeReport): string[] => {
  const parts = [
    ...(firstTokenMs === null ? [] : [`first token after ${Math.round(firstTokenMs)} ms`]),
    ...(tokensPerSecond === null ? [] : [`${tokensPerSecond} tokens/s`]),
  ];
  return parts.length === 0 ? [] : [`${parts.join(', ')} (one request, not a benchmark)`];
};

/** The first answer; empty when there is none. */
export const answerLines = (report: ProbeReport, paint: Paint, columns: number): string[] => {
  const { answer, model } = report;
  if (answer === null) return [];
  const said = answer === '' ? 'tokens without visible text' : `"${shownAnswer(answer)}"`;
  return [
    ...wrap(`${model} answers:`, columns).map(paint.bold),
    ...wrap(said, columns, '  '),
    ...figures(report).flatMap(line => wrap(line, columns, '  ').map(paint.dim)),
  ];
};

/** `flush`: blanks before the lines would change what they mean. */
type Titled = { readonly title: string; readonly lines: readonly string[]; readonly flush?: true };

/** Titles, and lines to copy, which are never broken. */
export const nextLines = (steps: readonly Titled[], paint: Paint): string[] =>
  steps.flatMap(({ title, lines, flush }, at) => [
    ...(at === 0 ? [] : ['']),
    paint.bold(title),
    ...lines.map(line => (flush === true ? line : `  ${line}`)),
  ]);
