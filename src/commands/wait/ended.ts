/** What is said when a wait ends badly: the cause, the decisive lines, the remedy, and what is still there. */

import type { Finding } from '../../core/finding.ts';
import { plainLine } from '../../core/plain.ts';
import { redact } from '../../core/redact.ts';
import { findingLines } from '../../output/findings.ts';
import type { Paint } from '../../output/paint.ts';
import { wrap } from '../../output/wrap.ts';
import { adviceLines } from './interrupted.ts';
import { type Advice, type Left, resumeAdvice, undoAdvice, whatIsThere } from './left.ts';

/** More than these nobody reads; the last ones decide. */
const mostLines = 5;
const indent = '    ';

const quoted = (line: string, room: number): string => {
  const text = redact(plainLine(line)).trimEnd();
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
};

/** Log lines as they were printed: at most five, cut at the width, without secrets. */
export const evidenceLines = (evidence: readonly string[], paint: Paint, columns: number): string[] => {
  const shown = evidence.filter(line => plainLine(line).trim() !== '').slice(-mostLines);
  if (shown.length === 0) return [];
  return [
    '  Its log says:',
    ...shown.map(line => indent + paint.dim(quoted(line, columns - 1 - indent.length))),
  ];
};

/** How to try again and how to remove it. */
export const endedAdvice = (left: Left): readonly (Advice | null)[] => [
  resumeAdvice(left, 'To try again once it is mended:'),
  undoAdvice(left),
];

const stillThereLines = (left: Left, columns: number): string[] => [
  ...wrap(whatIsThere(left), columns),
  ...adviceLines(endedAdvice(left), columns),
];

export type EndedText = {
  readonly findings: readonly Finding[];
  /** Empty when no log decides. */
  readonly evidence: readonly string[];
  readonly left: Left;
};

/** Everything together. */
export const endedLines = (
  { findings, evidence, left }: EndedText,
  paint: Paint,
  columns: number,
): string[] => [
  ...findingLines(findings, paint, columns),
  ...evidenceLines(evidence, paint, columns),
  ...stillThereLines(left, columns),
];
