import { describe, expect, it } from 'vitest';
import { type Script, scriptText } from './script.ts';

const SCRIPTS: readonly Script[] = ['download.py', 'wait.py'];

/** What may not stand in a text that Handlebars puts into a YAML block, and why. */
const FORBIDDEN = [
  { what: 'opening braces of Handlebars', pattern: /\{\{/ },
  { what: 'a tab, which YAML refuses as indentation', pattern: /\t/ },
  {
    what: 'a blank at the end of a line, which makes YAML writers leave the block style',
    pattern: /[ \r]$/m,
  },
  { what: 'a character outside ASCII', pattern: /[^\n -~]/ },
  { what: 'a line of more than 120 characters', pattern: /^.{121,}$/m },
  { what: 'a first line for a shell', pattern: /^#!/ },
  { what: 'a blank line at the end, which YAML would clip', pattern: /\n\n$/ },
] as const;

describe.each(SCRIPTS)('the text of %s', script => {
  it.each(FORBIDDEN)('holds no $what', ({ pattern }) => {
    expect(scriptText(script)).not.toMatch(pattern);
  });

  it('ends its last line, and begins with what it does', () => {
    expect(scriptText(script)).toMatch(/^"""[A-Z][\s\S]+\S\n$/);
  });
});
