/** Findings as lines: level, sentence, remedy, code. */

import { bySeverity, type Finding, type Level } from '../core/finding.ts';
import type { Paint } from './paint.ts';
import { hintLines, wrap } from './wrap.ts';

const label = (level: Level, paint: Paint): string => {
  const colors: Record<Level, (text: string) => string> = {
    error: paint.red,
    warning: paint.yellow,
    info: paint.cyan,
    unknown: paint.dim,
  };
  return paint.bold(colors[level](level));
};

const lines = (finding: Finding, paint: Paint, columns: number): string[] => {
  const [first = '', ...more] = wrap(`${finding.level}: ${finding.message}`, columns);
  const where = finding.path.includes(':') ? ` at ${finding.path}` : '';
  return [
    label(finding.level, paint) + first.slice(finding.level.length),
    ...more,
    ...(finding.hint === '' ? [] : hintLines(finding.hint, columns)),
    paint.dim(`  (${finding.rule}${where})`),
  ];
};

/** Errors first. */
export const findingLines = (findings: readonly Finding[], paint: Paint, columns: number): string[] =>
  bySeverity(findings).flatMap(finding => lines(finding, paint, columns));

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

/** `2 errors, 1 warning`; empty when there is neither. */
export const tally = (findings: readonly Finding[]): string => {
  const errors = findings.filter(finding => finding.level === 'error').length;
  const warnings = findings.filter(finding => finding.level === 'warning').length;
  return [
    ...(errors === 0 ? [] : [count(errors, 'error')]),
    ...(warnings === 0 ? [] : [count(warnings, 'warning')]),
  ].join(', ');
};
