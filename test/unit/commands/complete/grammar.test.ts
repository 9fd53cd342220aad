/** What can stand at the end of a line, for every verb and flag that there is. */

import { describe, expect, it } from 'vitest';
import { type Expected, expectedAt, valueBehind } from '../../../../src/commands/complete/grammar.ts';
import { runFlags } from '../../../../src/commands/flags.ts';
import { topVerbs, verbs } from '../../../../src/commands/verbs.ts';
import { settingTable } from '../../../../src/components/nvidia-platform/dynamo-vllm/answers.ts';

const component = ['nvidia-platform', 'dynamo-vllm'];
const at = (...words: readonly string[]): Expected => expectedAt(words, settingTable);
const verbAt = (...words: readonly string[]): Expected => at(...component, ...words);
const words = ({ words: all }: Expected): string[] => all.map(([word]) => word);

describe('the first words', () => {
  it('are categories and the verbs before any component', () => {
    expect(words(at(''))).toEqual(['nvidia-platform', ...topVerbs.map(({ name }) => name)]);
    expect(words(at('nvidia-platform', ''))).toEqual(['dynamo-vllm']);
    expect(words(verbAt(''))).toEqual(verbs.map(({ name }) => name));
  });

  it('that nobody knows are followed by nothing', () => {
    for (const wrong of [at('x', ''), at('x', 'y', ''), at('nvidia-platform', 'x', ''), verbAt('x', '')])
      expect(wrong).toEqual({ words: [], live: [], files: false });
  });
});

describe.each(verbs.map(verb => [verb.name, verb] as const))('%s', (name, verb) => {
  it('has all its flags, each with a meaning', () => {
    const found = verbAt(name, '-');
    const long = verb.flags.map(flag => /--[\w-]+/.exec(runFlags[flag].flags)?.[0] ?? '');
    for (const flag of [...long, '--help']) expect(words(found)).toContain(flag);
    for (const [, meaning] of found.words) expect(meaning).not.toBe('');
  });

  it('takes what its argument says', () => {
    const found = verbAt(name, '');
    expect(found.live.includes('deployments')).toBe(verb.argument.includes('NAME'));
    expect(found.files).toBe(/DIR|FILE/.test(verb.argument));
  });
});

describe('a flag', () => {
  it('comes once, unless it may be repeated', () => {
    expect(words(verbAt('install', '--model', 'a/b', '--'))).not.toContain('--model');
    expect(words(verbAt('install', '--env', 'A=b', '--'))).toContain('--env');
  });

  it('of a switch has a twin that comes up when somebody begins it', () => {
    expect(words(verbAt('install', '--'))).not.toContain('--no-kvbm');
    expect(words(verbAt('install', '--no-'))).toContain('--no-kvbm');
    expect(words(verbAt('install', '--'))).toContain('--no-color');
  });

  it('is followed by its values', () => {
    expect(words(verbAt('install', '--mode', ''))).toEqual(['aggregated', 'disaggregated']);
    expect(words(verbAt('install', '--mode='))).toEqual(['aggregated', 'disaggregated']);
    expect(words(verbAt('check', '-o', ''))).toEqual(['text', 'json', 'junit']);
    expect(verbAt('status', '--context', '').live).toEqual(['contexts']);
    expect(verbAt('status', '-n', '').live).toEqual(['namespaces']);
    expect(verbAt('install', '--answers', '').files).toBe(true);
    expect(verbAt('install', '--model', '')).toEqual({ words: [], live: [], files: false });
  });

  it('that is a switch is followed by the argument', () => {
    expect(verbAt('scale', '--yes', '').live).toEqual(['deployments']);
    expect(verbAt('scale', '-n', 'x', '').live).toEqual(['deployments']);
    expect(verbAt('scale', 'q', '').live).toEqual([]);
  });

  it('is left out where a verb does not take it', () => {
    expect(words(verbAt('edit', '--'))).not.toContain('--action');
    expect(words(verbAt('scale', '--'))).not.toContain('--model');
  });
});

describe('the verbs before any component', () => {
  it('take codes, shells and settings', () => {
    expect(at('explain', '').live).toEqual(['codes']);
    expect(words(at('completion', ''))).toEqual(['bash', 'zsh', 'fish']);
    expect(words(at('config', '--'))).toContain('--model');
  });
});

describe('what was said behind a flag before', () => {
  it.each<[string[], string | undefined]>([
    [['status', '-n', 'a', ''], 'a'],
    [['status', '--namespace=b', ''], 'b'],
    [['status', '-n', ''], undefined],
    [['status', '-n', 'a', '-n', 'c', ''], 'c'],
    [['status', ''], undefined],
  ])('%j', (line, value) => {
    expect(valueBehind(line, ['-n', '--namespace'])).toBe(value);
  });
});
