/** What is said when a person ends the wait: what exists, and how to resume, watch or undo it. */

import { hintLines, wrap } from '../../output/wrap.ts';
import { type Advice, type Left, resumeAdvice, undoAdvice, watchAdvice, whatIsThere } from './left.ts';

/** The sentence wrapped, the command in a line of its own that can be copied. */
export const adviceLines = (advice: readonly (Advice | null)[], columns: number): string[] =>
  advice.flatMap(one => (one === null ? [] : hintLines(`${one.sentence} ${one.command}`, columns)));

export const interruptedLines = (left: Left, columns: number): string[] => [
  ...wrap(whatIsThere(left), columns),
  ...adviceLines(
    [
      resumeAdvice(left, 'To go on waiting, which changes nothing that is there:'),
      watchAdvice(left),
      undoAdvice(left),
    ],
    columns,
  ),
];
