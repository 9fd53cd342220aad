import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinWords, quoteWord, splitWords } from '../../../src/core/words.ts';

const anyText = fc.string({ unit: 'binary' });
/** The characters that matter to a shell, often; others now and then. */
const shellText = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          ' ',
          '\t',
          '\n',
          '\r',
          "'",
          '"',
          '\\',
          '$',
          '`',
          '#',
          '*',
          '!',
          '=',
          '{',
          '}',
          '-',
          'a',
          'b',
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 1 }) },
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''));

const realShell = (script: string): string[] =>
  execFileSync('sh', ['-c', script], { encoding: 'utf8', env: {} }).split('\0').slice(0, -1);

describe('splitWords', () => {
  it.each<[string, string[]]>([
    ['', []],
    [' \t\n ', []],
    ['a b', ['a', 'b']],
    ['a\tb\nc\r\nd', ['a', 'b', 'c', 'd']],
    ['a\rb', ['a\rb']],
    ["''", ['']],
    ["a'' ''b", ['a', 'b']],
    ["'a b'c", ['a bc']],
    ['"a b"c', ['a bc']],
    [`'{"a": 1}'`, ['{"a": 1}']],
    [`"it's"`, ["it's"]],
    [String.raw`a\ b`, ['a b']],
    [String.raw`"\"\\\$\`\a"`, ['"\\$`\\a']],
    [String.raw`'\a'`, [String.raw`\a`]],
    ['a\\\nb', ['ab']],
    ['a \\\n b', ['a', 'b']],
    ['a \\\r\n b', ['a', 'b']],
    ['"a\\\nb"', ['ab']],
    ['"a\nb"', ['a\nb']],
    ['a#b # c', ['a#b', '#', 'c']],
    ['$\'a\' $"b"', ['$a', '$b']],
    [
      '$HOME *.txt ~ a;b a|b a&b >f `x` {a,b}',
      ['$HOME', '*.txt', '~', 'a;b', 'a|b', 'a&b', '>f', '`x`', '{a,b}'],
    ],
    [String.raw`a\\b"c"`, [String.raw`a\bc`]],
  ])('%j', (text, words) => {
    expect(splitWords(text)).toEqual({ words });
  });

  it.each<[string, string]>([
    [`--a 'b`, `The single quote (') opened at character 5 is not closed.`],
    [`--a "b`, 'The double quote (") opened at character 5 is not closed.'],
    [`"it's`, 'The double quote (") opened at character 1 is not closed.'],
    [`it's`, `The single quote (') opened at character 3 is not closed.`],
    ['é😀"', 'The double quote (") opened at character 3 is not closed.'],
    ['a\n\\', 'The backslash at character 3 ends the text and has nothing to escape.'],
    ['"a\\"', 'The double quote (") opened at character 1 is not closed.'],
  ])('%j is unbalanced', (text, problem) => {
    expect(splitWords(text)).toEqual({ problem });
  });

  it('reads what a shell reads, for text without expansions', () => {
    const plain = fc
      .array(fc.constantFrom(' ', '\t', "'", '"', '\\', '\\\n', 'a', 'b', 'é', '='), { maxLength: 10 })
      .map(parts => parts.join(''))
      // An escaped backslash leaves the newline bare, and that ends a shell's command instead of a word.
      .filter(text => !text.includes('\\\\\n'));
    const texts = fc.sample(plain, { numRuns: 300, seed: 7 }).flatMap(text => {
      const split = splitWords(text);
      return 'words' in split ? [{ text, words: split.words }] : [];
    });
    const script = texts.map(({ text }) => `printf '%s\\0' ${text} end\n`).join('');
    expect(texts.length).toBeGreaterThan(50);
    expect(realShell(script)).toEqual(texts.flatMap(({ words }) => [...words, 'end']));
  });
});

describe('quoteWord and joinWords', () => {
  it.each<[string, string]>([
    ['', "''"],
    ['--gpu-memory-utilization', '--gpu-memory-utilization'],
    ['Qwen/Qwen3-0.6B', 'Qwen/Qwen3-0.6B'],
    ['{"a":1}', `'{"a":1}'`],
    ['a b', "'a b'"],
    ["it's", `"it's"`],
    [`it's "x"`, `'it'\\''s "x"'`],
    ['~', "'~'"],
    ['a\nb', "'a\nb'"],
  ])('%j', (word, quoted) => {
    expect(quoteWord(word)).toBe(quoted);
  });

  it.each([
    ['any text', anyText],
    ['text with shell characters', shellText],
  ])('joined words split into the same words: %s', (_, text) => {
    fc.assert(
      fc.property(fc.array(text), words => {
        expect(splitWords(joinWords(words))).toEqual({ words });
      }),
    );
  });

  it('a real shell reads the same words', () => {
    const words = fc.sample(shellText, { numRuns: 400, seed: 11 });
    expect(realShell(`printf '%s\\0' ${joinWords(words)}`)).toEqual(words);
  });
});
