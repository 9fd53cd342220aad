/** Golden folders: answers.json → plan.json, manifests/*.yaml, summary.txt. Written anew with `UPDATE_GOLDENS=1 npm test -- test/golden`. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Draft } from '../../src/core/component.ts';
import { findingLines } from '../../src/output/findings.ts';
import { paintFor } from '../../src/output/paint.ts';
import { summaryLines } from '../../src/output/tables.ts';
import { draftFrom } from '../kit/draft.ts';
import { cases } from './cases.ts';

const folder = join(import.meta.dirname, 'cases');
const partials = join(import.meta.dirname, '../../templates/nvidia-platform/dynamo-vllm/partials');
const sources = {
  download: readFileSync(join(partials, 'download.py'), 'utf8'),
  wait: readFileSync(join(partials, 'wait.py'), 'utf8'),
};

const updating = process.env.UPDATE_GOLDENS === '1';

/** The pods' scripts have tests of their own; here they would drown everything else. */
const withoutScripts = (text: string): string =>
  Object.entries(sources).reduce((rest, [name, script]) => {
    const lines = script.trimEnd().split('\n');
    const [first = ''] = lines;
    return rest.replaceAll(
      new RegExp(`^( *)${literally(first)}\\n(?:.*\\n){${lines.length - 1}}`, 'gm'),
      `$1<${name}>\n`,
    );
  }, text);

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const plain = paintFor(false);
const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`;

const filesOf = (draft: Draft, answers: unknown): Record<string, string> => ({
  'answers.json': json(answers),
  'plan.json': json(draft.plan),
  'summary.txt': `${[...summaryLines(draft.summary, plain, 80), '', ...findingLines(draft.findings, plain, 80)].join('\n')}\n`,
  ...Object.fromEntries(
    draft.manifests.map(({ file, text }) => [join('manifests', file), withoutScripts(text)]),
  ),
});

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '(missing)');

const write = (at: string, files: Record<string, string>): void => {
  rmSync(at, { recursive: true, force: true });
  mkdirSync(join(at, 'manifests'), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(at, file), text);
};

describe.each(cases)('golden $name', ({ name, answers }) => {
  const draft = draftFrom(answers);
  const files = filesOf(draft, answers);
  const at = join(folder, name);
  if (updating) write(at, files);

  it('has exactly the files of the folder, byte by byte', () => {
    for (const [file, text] of Object.entries(files)) expect(text, file).toBe(read(join(at, file)));
    expect(readdirSync(join(at, 'manifests')).sort()).toEqual(draft.manifests.map(manifest => manifest.file));
  });

  it('means the same to another YAML reader', () => {
    for (const { text, object } of draft.manifests) expect(load(text)).toEqual(object);
  });
});

describe('the golden folders', () => {
  it('are those of the cases and no others', () => {
    const found = readdirSync(folder).flatMap(release =>
      readdirSync(join(folder, release)).map(pattern => `${release}/${pattern}`),
    );
    expect(found.sort()).toEqual(cases.map(one => one.name).sort());
  });
});
