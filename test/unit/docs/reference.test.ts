/** The generated pages are what the program's data says today, and the README's commands run. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referencePages, withFlags, withScreens } from '../../../scripts/docs/reference.ts';
import { symptoms } from '../../../scripts/docs/symptoms.ts';
import { catalogue } from '../../../src/components/nvidia-platform/dynamo-vllm/catalogue.ts';
import { splitWords } from '../../../src/core/words.ts';
import { blockCases, headCases, statementCases } from '../../kit/legality-cases.ts';
import { measuredStarts } from '../../kit/measured-starts.ts';
import { newFolder, runCli, text } from '../../kit/process.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const readme = text(root, 'README.md');

describe('docs', () => {
  it.each(Object.keys(referencePages))('%s is up to date (npm run docs)', file => {
    expect(text(root, 'docs', file)).toBe(referencePages[file]);
  });
  it('the tables of the README are up to date (npm run docs)', () => {
    expect(withFlags(readme)).toBe(readme);
  });
  it('the screens of the README are those that the tests recorded (npm run docs)', () => {
    const shown = readme.match(/<!-- screen:/g) ?? [];
    expect(shown.length).toBeGreaterThan(5);
    expect(withScreens(readme, name => text(root, 'test', 'terminal', 'screens', `${name}.txt`))).toBe(readme);
  });
});

describe('the page about fit', () => {
  it('has a line for every start and every statement, and none that is wrong', () => {
    const page = referencePages['calibration.md'] ?? '';
    expect(page).not.toContain('**');
    const all = measuredStarts.length + blockCases.length + headCases.length + statementCases.length;
    expect(page.match(/^\| .*\| yes \|/gm)).toHaveLength(all);
  });
});

describe('troubleshooting by symptom', () => {
  const listed = symptoms.flatMap(one => one.codes);
  it('names only codes that there are', () => {
    expect(listed.filter(code => !Object.hasOwn(catalogue, code))).toEqual([]);
  });
  it('leads to every finding that there is', () => {
    expect(Object.keys(catalogue).filter(code => !listed.includes(code))).toEqual([]);
  });
});

describe('the pages of findings', () => {
  it('are those of the catalogue and no others', () => {
    const files = readdirSync(join(root, 'docs', 'findings')).map(file => file.replace(/\.md$/, ''));
    expect(files.sort()).toEqual(Object.keys(catalogue).sort());
  });
});

describe('the README', () => {
  const scripts = /## For scripts\n\n```\n([\s\S]*?)```/.exec(readme)?.[1]?.trim().split('\n') ?? [];
  it('has commands for scripts that run one after the other', async () => {
    const cwd = newFolder();
    expect(scripts.length).toBeGreaterThan(4);
    for (const line of scripts) {
      const split = splitWords(line.replace(/ > .*$/, ''));
      const words = 'words' in split ? split.words.slice(1) : [];
      expect(await runCli(words, { cwd }), line).toMatchObject({ code: 0 });
    }
  });
  it('quotes the program as it speaks', async () => {
    const cwd = newFolder();
    const quoted = /\$ \.\/cli (.* render .*)\n([\s\S]*?)```/.exec(readme);
    const split = splitWords(quoted?.[1] ?? '');
    const { stderr } = await runCli('words' in split ? split.words : [], { cwd });
    const plain = (some: string): string => some.replace(/\s+/g, ' ');
    for (const line of (quoted?.[2] ?? '').trim().split('\n'))
      expect(plain(stderr)).toContain(plain(line).trim());
  });
});
