/** Underscores, abbreviations, short options and words that are no flag. */
import { describe, expect, it } from 'vitest';
import { across, all, from, only, rules, upTo } from './expect.ts';

const vllmForms = [
  ['--tensor_parallel_size 2'],
  ['--tensor_parallel_size=2'],
  ['--tensor-par 2'],
  ['--tensor_par=2'],
  ['--enable_expert_parallel'],
  ['--no-enable-prefix-cach'],
  ['-t 2'],
] as const;

const dynamoForms: readonly (readonly [string, string])[] = [
  ['--dyn_tool_call_parser hermes', '--dyn-tool-call-parser hermes'],
  ['--dyn-tool-call hermes', '--dyn-tool-call-parser hermes'],
  ['--custom_jinja_template=x', '--custom-jinja-template x'],
];

const misspelt = [
  ['-tp2', 'Write -tp 2.'],
  ['-pp16', 'Write -pp 16.'],
  ['-tensor-parallel-size 2', 'Write --tensor-parallel-size 2.'],
  ['-gpu_memory_utilization=0.9', 'Write --gpu-memory-utilization 0.9.'],
  ['-p 2', '-pp'],
  ['--max-num 2', '--max-num-seqs'],
  ['--enable 1', 'and others'],
] as const;

describe('spellings', () => {
  it.each(across(all, vllmForms))('%s accepts %s', (release, text) => {
    expect(rules(text, release)).toEqual([]);
  });

  it.each(across(upTo('0.9.1'), dynamoForms))('%s accepts %s', (release, text) => {
    expect(rules(text, release)).toEqual([]);
  });

  it.each(across(from('1.0.2'), dynamoForms))('%s refuses %s', (release, text, right) => {
    expect(rules(text, release)).toEqual(['args-wrong-spelling']);
    expect(only(text, release)).toContain(`(Dynamo ${release}) accepts`);
    expect(only(text, release)).toContain(`| Write ${right}.`);
  });

  it.each(across(from('1.0.2'), [['--disaggregation_mode prefill'], ['--disagg prefill']] as const))(
    '%s refuses %s',
    (release, text) => {
      expect(only(text, release)).toContain('Write --disaggregation-mode prefill.');
    },
  );

  it.each(across(all, misspelt))('%s refuses %s', (release, text, hint) => {
    expect(rules(text, release)).toEqual(['args-wrong-spelling']);
    expect(only(text, release)).toContain(hint);
  });

  it('checks the value of a flag that is misspelt too', () => {
    expect(rules('--dyn_tool_call_parser bogus', '1.0.2')).toEqual([
      'args-wrong-spelling',
      'args-wrong-value',
    ]);
  });
});

describe('words that belong to no flag', () => {
  it.each(
    across(all, [
      ['Qwen/Qwen3-0.6B'],
      ['--seed 1 2'],
      ['--'],
      ['-'],
      ['--enforce-eager llama'],
      ['" -x"'],
    ] as const),
  )('%s: %s', (release, text) => {
    expect(rules(text, release)).toEqual(['args-positional']);
  });

  it('names the word, the engine and the way out', () => {
    expect(only('Qwen/Qwen3-0.6B', '0.9.1')).toBe(
      'Qwen/Qwen3-0.6B belongs to no flag, and vLLM 0.14.1 (Dynamo 0.9.1) takes only flags and their values. | Remove it, write the flag it belongs to before it, or put quotes around a value that holds blanks. A model is chosen with --model.',
    );
    expect(only('--enforce-eager x', '0.9.1')).toContain('--enforce-eager takes no value');
  });
});

describe('quotes', () => {
  it.each(all)('%s: an open quote is one finding and no word', release => {
    expect(rules(`--seed 1 --revision 'x`, release)).toEqual(['args-unbalanced-quote']);
    expect(only(`--seed 1 --revision 'x`, release)).toContain(
      "The single quote (') opened at character 21 is not closed.",
    );
  });
});

describe('flags that end the worker', () => {
  it.each(across(all, [['--help'], ['-h'], ['--version']] as const))('%s: %s', (release, text) => {
    expect(rules(text, release)).toEqual(['args-exits']);
  });
});
