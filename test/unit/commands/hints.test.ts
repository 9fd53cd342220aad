/** What is said to be copied can be copied: nothing but the command stands in its line. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const source = join(import.meta.dirname, '..', '..', '..', 'src');

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts') && !file.startsWith('generated'))
  .map(file => ({ file, text: readFileSync(join(source, file), 'utf8') }));

/** A hint's line ends with its command; what would follow it stands in a line of its own. */
const goesOn = /: (?:kubectl|\$\{cli\}|\.\/cli) [^'`\n\\]*?(?:\. [A-Z]|; |, (?:or|and|kubectl) )[^'`\n\\]*/g;

it('no hint goes on in prose behind its command', () => {
  expect(files.length).toBeGreaterThan(200);
  const found = files.flatMap(({ file, text }) =>
    [...text.matchAll(goesOn)].map(([words]) => `${file}${words}`),
  );
  expect(found).toEqual([]);
});
