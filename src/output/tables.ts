/** Labels and values in two columns, and manifests with syntax colour. */

import type { SummaryLine } from '../core/component.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

export const summaryLines = (summary: readonly SummaryLine[], paint: Paint, columns: number): string[] => {
  const width = Math.max(0, ...summary.map(line => line.label.length)) + 2;
  return summary.flatMap(({ label, value }) => {
    const [first = '', ...more] = wrap(value, columns - width - 2);
    const pad = ' '.repeat(width + 2);
    return [`  ${paint.dim(label.padEnd(width))}${first}`, ...more.map(line => pad + line)];
  });
};

const key = /^(\s*(?:- )?)("[^"]*"|[\w./-]+)(:)(\s|$)/;

const yamlLine = (line: string, paint: Paint): string => {
  if (/^\s*#|^---/.test(line)) return paint.dim(line);
  const match = key.exec(line);
  if (match === null) return line;
  const [whole, lead = '', name = '', colon = '', gap = ''] = match;
  return `${lead}${paint.cyan(name)}${colon}${gap}${paint.green(line.slice(whole.length))}`;
};

/** Lines of a block text, such as a script, that are shown before the rest is folded away. */
const shownOfBlock = 1;

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** How many lines from `start` on belong to the block text that the line before opens. */
const blockLength = (lines: readonly string[], start: number): number => {
  const opener = lines[start - 1] ?? '';
  if (!/(:|-) [|>][-+]?$/.test(opener)) return 0;
  const end = lines.findIndex(
    (line, at) => at >= start && line.trim() !== '' && indentOf(line) <= indentOf(opener),
  );
  return (end < 0 ? lines.length : end) - start;
};

/** A manifest for the eye: coloured, long scripts folded. */
export const yamlLines = (text: string, paint: Paint): string[] => {
  const lines = text.replace(/\n$/, '').split('\n');
  const result: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    result.push(yamlLine(line, paint));
    const length = blockLength(lines, at + 1);
    if (length <= shownOfBlock + 1) continue;
    const indent = ' '.repeat(indentOf(lines[at + 1] ?? ''));
    result.push(...lines.slice(at + 1, at + 1 + shownOfBlock).map(paint.dim));
    result.push(paint.dim(`${indent}... ${length - shownOfBlock} more lines of script`));
    at += length;
  }
  return result;
};
