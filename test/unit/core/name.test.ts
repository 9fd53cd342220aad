import { describe, expect, it } from 'vitest';
import { dns1035, nameFromModel, wrongName } from '../../../src/core/name.ts';

describe('nameFromModel', () => {
  it.each([
    ['Qwen/Qwen3-30B-A3B-Instruct-2507-FP8', 'qwen3-30b-a3b-instruct-25'],
    ['Qwen/Qwen2.5-7B', 'qwen2-5-7b'],
    ['gpt2', 'gpt2'],
    ['org/01-ai_Yi', 'm-01-ai-yi'],
    ['org/-._x_.-', 'x'],
    ['org/abcdefghijklmnopqrstuvwx-yz', 'abcdefghijklmnopqrstuvwx'],
  ])('%s → %s', (model, name) => {
    expect(nameFromModel(model)).toBe(name);
    expect(name).toMatch(dns1035);
  });
});

describe('wrongName', () => {
  it.each([
    ['', 'is empty'],
    ['Qwen', 'write "qwen"'],
    ['a_b', 'the character "_"'],
    ['a-', 'begins or ends with a dash'],
    ['-a', 'begins or ends with a dash'],
    ['1a', 'begins with a digit'],
    ['a'.repeat(64), 'has 64 characters; at most 63'],
    ['a😀', 'the character "😀"'],
  ])('%j is refused: %s', (name, sentence) => {
    expect(wrongName(name, 'The name')).toContain(sentence);
  });

  it('lets a good name pass', () => {
    expect(wrongName('qwen3-30b', 'The name')).toBeUndefined();
  });
});
