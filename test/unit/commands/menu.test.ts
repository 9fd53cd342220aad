/** The menu of `./cli`: every verb once, in the order in which they are needed. */

import { describe, expect, it } from 'vitest';
import { verbGroups } from '../../../src/commands/menu.ts';
import { type Verb, verbs } from '../../../src/commands/verbs.ts';

const verb = (name: string, summary: string): Verb => ({
  name,
  summary,
  argument: '',
  flags: [],
  settings: false,
  formats: [],
  examples: [],
});

const names = (all: readonly Verb[]): string[] =>
  verbGroups(all, 80).flatMap(({ options }) => options.map(({ value }) => value));

describe('the verbs of the menu', () => {
  it('are all there are, once, with installing first and removing last', () => {
    expect([...names(verbs)].sort()).toEqual(verbs.map(({ name }) => name).sort());
    expect(names(verbs)[0]).toBe('install');
    expect(names(verbs).at(-1)).toBe('uninstall');
    const at = (name: string): number => names(verbs).indexOf(name);
    expect(at('status')).toBeLessThan(at('edit'));
    expect(at('edit')).toBeLessThan(at('uninstall'));
  });

  it('have a line of help each that fits', () => {
    for (const columns of [60, 80])
      for (const { title, options } of verbGroups(verbs, columns)) {
        expect(title.trim()).not.toBe('');
        for (const { value, name, description = name } of options) {
          expect(name.length + 2).toBeLessThanOrEqual(columns);
          const summary = verbs.find(one => one.name === value)?.summary ?? '';
          expect(description).toContain(summary);
        }
      }
  });

  it('show help that was cut in whole below', () => {
    const long = 'x'.repeat(90);
    const [option] = verbGroups([verb('later', long)], 80).at(-1)?.options ?? [];
    expect(option?.name).toMatch(/^later {2}x+…$/);
    expect(option?.description).toBe(long);
  });
});
