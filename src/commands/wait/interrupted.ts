/** What is said when a person ends the wait: what exists, and how to resume, watch or undo it. */

import { hintLines, wrap } from '../../output/wrap.ts';
import { type Advice, type Left, resumeAdvice, undoAdvice, watchAdvice, whatIsThere } from './left.ts';

/** The sentence wrapped, the command in a line of its own that can be copied. */
export const adviceLines = (advice: readonly (Advice | null)[], columns: number): string[] =>
  advice.flatMap(one => (one === null ? [] : hintLines(`${one.sentence} ${one.command}`, columns)));

/** The same in one text, a line each, for programs. */
export const adviceText = (advice: readonly (Advice | null)[]): string =>
  advice.flatMap(one => (one === null ? [] : [`${one.sentence} ${one.command}`])).join('\n');

export const interruptedAdvice = (left: Left): readonly (Advice | null)[] => [
  resumeAdvice(left, 'To go on waiting, which changes nothing that is there:'),
  watchAdvice(left),
  undoAdvice(left),
];

export const interruptedLines = (left: Left, columns: number): string[] => [
  ...wrap(whatIsThere(left), columns),
  ...adviceLines(interruptedAdvice(left), columns),
];
