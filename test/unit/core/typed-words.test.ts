import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterBreak, typedWords } from '../../../src/core/typed-words.ts';
import { joinWords } from '../../../src/core/words.ts';

describe('the words of a line that is being typed', () => {
  it.each<[string, string[] | null]>([
    ['./cli', ['./cli']],
    ['./cli ', ['./cli', '']],
    ['', ['']],
    ['./cli  a\tb', ['./cli', 'a', 'b']],
    ['./cli "a b" c', ['./cli', 'a b', 'c']],
    ['./cli "a b', null],
    ["./cli 'a ", null],
    ['./cli a\\ b', ['./cli', 'a b']],
    ['./cli a\\', ['./cli', 'a']],
    ['./cli a\\ ', ['./cli', 'a ']],
  ])('%j', (line, words) => {
    expect(typedWords(line)).toEqual(words);
  });

  it('are those that were quoted, and an empty one behind a blank', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), words => {
        expect(typedWords(`${joinWords(words)} `)).toEqual([...words, '']);
      }),
    );
  });
});

describe('what readline puts behind its last break', () => {
  it.each([
    ['arn:aws:eks', 'arn:a', ' =:', 'aws:eks'],
    ['arn:aws:eks', 'arn', ' =:', 'arn:aws:eks'],
    ['arn:aws:eks', 'arn:a', ' =', 'arn:aws:eks'],
    ['--mode=disaggregated', '--mode=d', ' =:', 'disaggregated'],
    ['--mode=disaggregated', '--mode=', ' =:', 'disaggregated'],
  ])('%s after %s', (value, current, breaks, rest) => {
    expect(afterBreak(value, current, breaks)).toBe(rest);
  });
});
