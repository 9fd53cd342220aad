import { describe, expect, it } from 'vitest';
import { readText, readValue } from '../../../src/core/parse.ts';
import type { Spec } from '../../../src/core/schema.ts';

const common = { summary: 's', config: 'x' };
const size: Spec = { ...common, kind: 'integer', default: 1, min: 1, max: 16 };
const weight: Spec = { ...common, kind: 'number', default: 1, min: 0, max: 10 };
const on: Spec = { ...common, kind: 'switch', default: false };
const mode: Spec = {
  ...common,
  kind: 'choice',
  default: 'a',
  choices: [
    { value: 'a', label: 'A' },
    { value: 'b', label: 'B' },
  ],
};
const text: Spec = { ...common, kind: 'text', default: null, maxLength: 5 };
const args: Spec = { ...common, kind: 'text', default: null, multiline: true };
const list: Spec = { ...common, kind: 'list', default: [] };

describe('readText', () => {
  it.each(['0', '-1', '1.5', 'two', '1000', '', '0x2', '1e1', 'NaN'])(
    'refuses %j as a size and says what would be right',
    typed => {
      expect(readText(size, typed)).toEqual({
        problem: expect.stringContaining('a whole number from 1 to 16'),
      });
    },
  );
  it.each([
    ['1', 1],
    [' 16 ', 16],
    ['+2', 2],
  ])('takes %j', (typed, value) => {
    expect(readText(size, typed)).toEqual({ value });
  });
  it.each([
    ['0.5', 0.5],
    ['.5', 0.5],
    ['1e-3', 0.001],
    ['10', 10],
  ])('takes %j as a number', (typed, value) => {
    expect(readText(weight, typed)).toEqual({ value });
  });
  it.each(['11', 'Infinity', '-1', 'x'])('refuses %j as a number', typed => {
    expect(readText(weight, typed)).toHaveProperty('problem');
  });
  it.each([
    ['yes', true],
    ['False', false],
    ['on', true],
    ['0', false],
  ])('reads the switch %j', (typed, value) => {
    expect(readText(on, typed)).toEqual({ value });
  });
  it('names the choices', () => {
    expect(readText(mode, 'c')).toEqual({ problem: '"c" is not one of a or b.' });
  });
  it.each(['a\nb', 'a\u0000', '\u007f', '\u0085', '\ud800'])('refuses the unprintable %j', typed => {
    expect(readText(text, typed)).toEqual({ problem: expect.stringMatching(/holds the character U\+/) });
  });
  it('keeps emoji and pairs of surrogates', () => {
    expect(readText(text, '😀é')).toEqual({ value: '😀é' });
  });
  it('lets words be separated by newline and tab where words are meant', () => {
    expect(readText(args, '--a\n\t--b')).toEqual({ value: '--a\n\t--b' });
    expect(readText(args, '--a\u0007')).toHaveProperty('problem');
  });
  it('cuts a long value in its sentence', () => {
    const read = readText(text, 'x'.repeat(10_000));
    expect('problem' in read && read.problem.length).toBeLessThan(200);
  });
});

describe('readValue', () => {
  it.each([
    [size, '2'],
    [on, 'true'],
    [text, 5],
    [list, 'a'],
    [list, [1]],
    [mode, 'c'],
    [size, null],
    [text, null],
  ] as [Spec, unknown][])('refuses %j given %j', (spec, value) => {
    expect(readValue(spec, value)).toHaveProperty('problem');
  });
  it.each([
    [size, 2],
    [on, true],
    [text, 'abc'],
    [list, ['a', 'b']],
    [mode, 'b'],
  ] as [Spec, unknown][])('takes %j given %j', (spec, value) => {
    expect(readValue(spec, value)).toEqual({ value });
  });
});
