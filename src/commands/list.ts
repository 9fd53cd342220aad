/** The list of everything that can be typed. */

import { componentIndex } from '../components/load.ts';
import { topVerbs, verbs } from './verbs.ts';

export const listText = (): string => {
  const lines: string[] = [];
  for (const entry of componentIndex) {
    lines.push(`${entry.category} ${entry.name}: ${entry.summary}`);
    for (const verb of verbs)
      lines.push(`  ./cli ${entry.category} ${entry.name} ${verb.name.padEnd(9)} ${verb.summary}`);
  }
  lines.push('', 'Everything else:');
  for (const verb of topVerbs) lines.push(`  ./cli ${verb.usage.padEnd(16)} ${verb.summary}`);
  return `${lines.join('\n')}\n`;
};
