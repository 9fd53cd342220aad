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

/** The text is the same once colour is taken away. */
export const yamlLines = (text: string, paint: Paint): string[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map(line => yamlLine(line, paint));
