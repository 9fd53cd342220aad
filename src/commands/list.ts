/** The list of everything that can be typed. */

import { componentIndex } from '../components/load.ts';
import { topVerbs, verbs } from './verbs.ts';

const row = (name: string, width: number, summary: string): string => `  ${name.padEnd(width)} ${summary}`;

/** At most 80 columns wide. */
export const listText = (): string => {
  const lines: string[] = [];
  for (const entry of componentIndex) {
    lines.push(`./cli ${entry.category} ${entry.name} VERB`);
    lines.push(`  ${entry.summary}`, '');
    for (const verb of verbs) lines.push(row(verb.name, 9, verb.summary));
    lines.push('', `Begin with: ./cli ${entry.category} ${entry.name} install`, '');
  }
  lines.push('./cli WORD');
  for (const verb of topVerbs) lines.push(row(verb.usage, 16, verb.summary));
  return `${lines.join('\n')}\n`;
};
