import { describe, expect, it } from 'vitest';
import { rank } from '../../../src/huggingface/suggest.ts';

const qwen = ['Qwen/Qwen3-30B-A3B-Instruct-2507', 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8'];

describe('suggestions', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['Qwen/Qwen3-30B-A3B-Instruct-2507-F8', qwen, qwen.toReversed()],
    ['Qwen/Qwen3-30B-A3B-Instruct-2507-FP8', qwen, ['Qwen/Qwen3-30B-A3B-Instruct-2507']],
    ['Qwem/Qwen3-8B', ['Qwen/Qwen3-8B', 'other/thing'], ['Qwen/Qwen3-8B']],
    ['meta/Llama-3.1-8B', ['meta-llama/Llama-3.1-8B', 'x/Llama-3.1-70B'], ['meta-llama/Llama-3.1-8B']],
    ['gpt2', ['openai-community/gpt2', 'openai/gpt-oss-20b'], ['openai-community/gpt2']],
    ['acme/a', [], []],
    ['acme/model', ['zeta/other', 'beta/thing'], []],
    [
      'acme/model1',
      ['acme/model2', 'acme/model3', 'acme/model4', 'acme/model5'],
      ['acme/model2', 'acme/model3', 'acme/model4'],
    ],
    ['acme/model1', ['acme/model2', 'acme/model2'], ['acme/model2']],
  ])('%s', (model, candidates, expected) => {
    expect(rank(model, candidates)).toEqual(expected);
  });
});
