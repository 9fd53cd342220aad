/** `strict` does not guard `{{#if missing}}`: every name that a template uses must exist in the fullest view. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { component } from '../../../../../src/components/nvidia-platform/dynamo-vllm/component.ts';
import { planFrom } from '../../../../../src/components/nvidia-platform/dynamo-vllm/planning.ts';
import { settingsFrom } from '../../../../../src/components/nvidia-platform/dynamo-vllm/settings.ts';
import { renderings } from '../../../../../src/components/nvidia-platform/dynamo-vllm/views.ts';
import { noFacts } from '../../../../../src/core/component.ts';
import type { Value } from '../../../../../src/core/schema.ts';
import { settle } from '../../../../../src/core/settings.ts';

const folder = join(import.meta.dirname, '../../../../../templates/nvidia-platform/dynamo-vllm');
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter(file => file.endsWith('.hbs'));
const parse = (name: string): hbs.AST.Program =>
  Handlebars.parse(readFileSync(join(folder, `${name}.hbs`), 'utf8'));

const fullest: Readonly<Record<string, Value>> = {
  mode: 'disaggregated',
  kvRouter: true,
  kvbm: true,
  kvbmDiskGb: 1,
  podMonitor: true,
  createNamespace: true,
  hfTokenSecret: 'x',
  imagePullSecret: ['x'],
  nodeSelector: ['a=b'],
  toleration: ['a=b:NoExecute'],
  modelCacheAccessMode: 'ReadWriteOnce',
  storageClass: 'x',
  env: ['A=b'],
  sharedMemory: '1Gi',
  updateStrategy: 'in-place',
};

/** What only a large model without a claim has. */
const unclaimed = { model: 'deepseek-ai/DeepSeek-R1', modelCache: 'none' } as const;

const viewsOf = (release: string) =>
  [{}, unclaimed].flatMap(more => {
    const values = { ...fullest, ...more, release, image: 'x.y/z:latest' };
    const settled = settle(component.settings, [{ name: 'flag', values }]);
    return renderings(planFrom(settingsFrom(settled, noFacts), settled, noFacts).plan, '1');
  });

type Scope = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Scope => typeof value === 'object' && value !== null;

/** Blocks whose inside was walked, and blocks that were met with nothing to say. */
const entered = new Set<string>();
const passed = new Set<string>();

/** Problems of a template against one view: names that are not there, helpers that are not `json`. */
const walk = (program: hbs.AST.Program, scope: unknown, where: string): string[] =>
  program.body.flatMap(node => visit(node, scope, where));

const lookUp = (path: hbs.AST.PathExpression, scope: unknown): { found: boolean; value: unknown } => {
  if (path.data || path.original === 'this') return { found: true, value: scope };
  let value: unknown = scope;
  for (const part of path.parts) {
    if (!isRecord(value) || !(part in value)) return { found: false, value: undefined };
    value = value[part];
  }
  return { found: true, value };
};

const pathOf = (node: { params: hbs.AST.Expression[] }): hbs.AST.PathExpression =>
  node.params[0] as hbs.AST.PathExpression;

const block = (node: hbs.AST.BlockStatement, scope: unknown, where: string): string[] => {
  const path = pathOf(node);
  const { found, value } = lookUp(path, scope);
  if (!found) return [`${where}: ${path.original} is in no view`];
  const helper = (node.path as hbs.AST.PathExpression).original;
  const place = `${where.split(' > ').at(-1)}:${node.loc.start.line}`;
  (value ? entered : passed).add(place);
  const items = helper === 'each' ? Object.values(isRecord(value) ? value : {}) : value ? [scope] : [];
  const inner =
    helper === 'if' || helper === 'each' ? [] : [`${where}: the block {{#${helper}}} is not allowed`];
  return [
    ...inner,
    ...items.flatMap(item => walk(node.program, item, where)),
    ...(node.inverse ? walk(node.inverse, scope, where) : []),
  ];
};

const partial = (node: hbs.AST.PartialStatement, scope: unknown, where: string): string[] => {
  const name = (node.name as hbs.AST.PathExpression).original;
  const file = files.includes(`partials/${name}.hbs`);
  const inner =
    node.params.length === 0 ? scope : lookUp(node.params[0] as hbs.AST.PathExpression, scope).value;
  if (!file || inner === null) return [];
  return walk(parse(`partials/${name}`), inner, `${where} > ${name}`);
};

const visit = (node: hbs.AST.Statement, scope: unknown, where: string): string[] => {
  if (node.type === 'BlockStatement') return block(node as hbs.AST.BlockStatement, scope, where);
  if (node.type === 'PartialStatement') return partial(node as hbs.AST.PartialStatement, scope, where);
  if (node.type !== 'MustacheStatement') return [];
  const mustache = node as hbs.AST.MustacheStatement;
  const helper = (mustache.path as hbs.AST.PathExpression).original;
  if (helper !== 'json') return [`${where}: {{${helper}}} does not go through json`];
  const { found } = lookUp(pathOf(mustache), scope);
  return found ? [] : [`${where}: ${pathOf(mustache).original} is in no view`];
};

describe('the templates', () => {
  it.each(['0.9.1', '1.6.1'])(
    'use only names that the views of %s have, and json for every value',
    release => {
      const problems = viewsOf(release).flatMap(({ template, view }) =>
        walk(parse(template), view, template),
      );
      expect(problems).toEqual([]);
    },
  );

  it('have no block that the fullest view leaves out', () => {
    expect([...passed].filter(place => !entered.has(place))).toEqual([]);
    expect(entered.size).toBeGreaterThan(20);
  });

  it('would be caught with a name that is in no view', () => {
    expect(walk(Handlebars.parse('{{#if nosuch}}x{{/if}}{{json gone}}{{raw}}'), { a: 1 }, 't')).toHaveLength(
      3,
    );
  });

  it('are all used', () => {
    const used = ['0.9.1', '1.6.1'].flatMap(release =>
      viewsOf(release).map(({ template }) => `${template}.hbs`),
    );
    expect(files.filter(file => !file.startsWith('partials/')).sort()).toEqual([...new Set(used)].sort());
  });
});
