import { describe, expect, it } from 'vitest';
import { findingLines, tally } from '../../../src/output/findings.ts';
import { paintFor } from '../../../src/output/paint.ts';
import { summaryLines, yamlLines } from '../../../src/output/tables.ts';
import { hintLines, wrap } from '../../../src/output/wrap.ts';

const plain = paintFor(false);

describe('wrap', () => {
  it('fits the width and never breaks a word', () => {
    const long = 'x'.repeat(50);
    const lines = wrap(`one two three ${long} four`, 20, '  ');
    expect(lines).toEqual(['  one two three', `  ${long}`, '  four']);
  });
});

describe('hintLines', () => {
  it.each([
    './cli explain a-code',
    "--vllm-args 'a b c d e f g h i j k l m n o p q r s t u v w x y z'",
    'git checkout templates',
    'kubectl get pods',
  ])('keeps the command %s in one line', command => {
    expect(hintLines(`Do this: ${command}`, 30)).toEqual(['  Do this:', `    ${command}`]);
  });
  it('wraps a hint without a command', () => {
    expect(hintLines('a b', 80)).toEqual(['  a b']);
  });

  it('gives every line of a hint with several a command of its own', () => {
    expect(hintLines('To go on: ./cli a\nTo undo: ./cli b --yes', 80)).toEqual([
      '  To go on:',
      '    ./cli a',
      '  To undo:',
      '    ./cli b --yes',
    ]);
  });
});

describe('findings', () => {
  const found = {
    rule: 'a-rule',
    level: 'error',
    path: 'a.yaml:3',
    message: 'It is wrong.',
    hint: 'Mend it.',
  } as const;
  it('say level, sentence, remedy, code and place, with the same words in colour', () => {
    const lines = ['error: It is wrong.', '  Mend it.', '  (a-rule at a.yaml:3)'];
    expect(findingLines([found], plain, 80)).toEqual(lines);
    const colored = findingLines([found], paintFor(true), 80).join('\n');
    expect(colored).toContain('\u001b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is what it takes away.
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(lines.join('\n'));
  });
  it('are counted in words', () => {
    expect(tally([found, found, { ...found, level: 'warning' }])).toBe('2 errors, 1 warning');
    expect(tally([])).toBe('');
  });
});

describe('tables', () => {
  it('wrap values below themselves', () => {
    expect(summaryLines([{ label: 'Creates', value: 'a b c d e f g h' }], plain, 32)).toEqual([
      '  Creates  a b c d e f g h',
    ]);
    expect(summaryLines([{ label: 'L', value: 'aaaaaaaaaaaa bbbbbbbbbbbb cccccccccc' }], plain, 32)).toEqual([
      '  L  aaaaaaaaaaaa bbbbbbbbbbbb',
      '     cccccccccc',
    ]);
  });
  it('fold scripts and keep everything else', () => {
    const text = 'a:\n  - |\n    one\n    two\n\n    three\n  b: |\n    short\nc: "x"\n';
    expect(yamlLines(text, plain)).toEqual([
      'a:',
      '  - |',
      '    one',
      '    ... 3 more lines of script',
      '  b: |',
      '    short',
      'c: "x"',
    ]);
  });
});
