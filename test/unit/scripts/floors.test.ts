/** The linter's settings keep the floors: each snippet that breaks a rule is found, each honest one is not. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../kit/checkout.ts';

const checkout = join(import.meta.dirname, '..', '..', '..');
const component = 'src/components/nvidia-platform/dynamo-vllm';

const from = (source: string): string => `import { it } from '${source}';\nexport const them = [it];\n`;
const imports = 'lint/style/noRestrictedImports';
const globals = 'lint/style/noRestrictedGlobals';

type Snippet = readonly [what: string, file: string, text: string, rule: string];

const forbidden: readonly Snippet[] = [
  ['core reads a file', 'src/core/a.ts', from('node:fs'), imports],
  [
    'core names a type of node',
    'src/core/b.ts',
    "import type { Stats } from 'node:fs';\nexport type It = Stats;\n",
    imports,
  ],
  [
    'core takes a type by the back door',
    'src/core/c.ts',
    "export type It = import('node:fs').Stats;\n",
    'plugin',
  ],
  ['core loads lazily', 'src/core/d.ts', "export const it = () => import('chalk');\n", imports],
  ['core passes something on', 'src/core/e.ts', "export { it } from '../files/read.ts';\n", imports],
  ['core climbs out sideways', 'src/core/f.ts', from('./../files/read.ts'), imports],
  ['core names a component', 'src/core/g.ts', from('../components/load.ts'), imports],
  ['core paints', 'src/core/h.ts', from('chalk'), imports],
  ['core prompts', 'src/core/i.ts', from('@inquirer/prompts'), imports],
  ['core parses words', 'src/core/j.ts', from('commander'), imports],
  ['core talks to the cluster', 'src/core/k.ts', from('@kubernetes/client-node'), imports],
  ['core builds', 'src/core/l.ts', from('esbuild'), imports],
  ['another file of core renders', 'src/core/m.ts', from('handlebars/runtime.js'), imports],
  ['another file of core reads YAML', 'src/core/n.ts', from('yaml'), imports],
  ['another file of core hashes', 'src/core/o.ts', from('@noble/hashes/sha2.js'), imports],
  ['another file of core measures words', 'src/core/p.ts', from('fastest-levenshtein'), imports],
  ['core reads JSON with comments', 'src/core/q.ts', from('jsonc-parser'), imports],
  ['core looks at the clock', 'src/core/r.ts', 'export const now = Date.now();\n', globals],
  ['core fetches', 'src/core/s.ts', "export const it = fetch('http://127.0.0.1');\n", globals],
  ['core names the process', 'src/core/t.ts', 'export const it = process.env;\n', globals],
  ['a component names node', `${component}/a.ts`, from('node:path'), imports],
  ['a component names a package', `${component}/b.ts`, from('yaml'), imports],
  ['a component names another component', `${component}/c.ts`, from('../benchmark/plan.ts'), imports],
  ['a component names another category', `${component}/d.ts`, from('../../other/it/plan.ts'), imports],
  ['a component names a command', `${component}/e.ts`, from('../../../commands/talk.ts'), imports],
  [
    "a component's folder names another component",
    `${component}/engine/a.ts`,
    from('../../benchmark/plan.ts'),
    imports,
  ],
  [
    "a component's folder reads a file",
    `${component}/engine/b.ts`,
    from('../../../../files/read.ts'),
    imports,
  ],
  ['a component looks at the clock', `${component}/f.ts`, 'export const now = new Date();\n', globals],
  ['a component has a folder in a folder', `${component}/engine/deep/a.ts`, from('../../plan.ts'), imports],
  ['files prompt', 'src/files/a.ts', from('../prompts/ask.ts'), imports],
  ['files paint', 'src/files/b.ts', from('chalk'), imports],
  ['files know a command', 'src/files/c.ts', from('../commands/talk.ts'), imports],
  ['files know a component', 'src/files/d.ts', from('../components/load.ts'), imports],
  ['files name the process', 'src/files/e.ts', 'export const it = process.cwd();\n', globals],
  [
    'files import the process',
    'src/files/f.ts',
    "import { cwd } from 'node:process';\nexport const it = cwd();\n",
    imports,
  ],
  ['output reads a file', 'src/output/a.ts', from('node:fs'), imports],
  ['output names files', 'src/output/b.ts', from('../files/read.ts'), imports],
  ['prompts name output', 'src/prompts/a.ts', from('../output/paint.ts'), imports],
  ['prompts read a file', 'src/prompts/b.ts', from('node:fs'), imports],
  ['the cluster names the Hub', 'src/cluster/a.ts', from('../huggingface/token.ts'), imports],
  ['the cluster reads a file', 'src/cluster/b.ts', from('node:fs/promises'), imports],
  ['the cluster starts a process', 'src/cluster/c.ts', from('node:child_process'), imports],
  ['the Hub names the cluster', 'src/huggingface/a.ts', from('../cluster/connect.ts'), imports],
  ['a command reads a file', 'src/commands/a.ts', from('node:fs'), imports],
  ['a command reads a file with promises', 'src/commands/b.ts', from('node:fs/promises'), imports],
  ['a command starts a process', 'src/commands/c.ts', from('node:child_process'), imports],
  ['a command paints by itself', 'src/commands/d.ts', from('chalk'), imports],
  ['a command prompts by itself', 'src/commands/e.ts', from('@inquirer/prompts'), imports],
  [
    'a command names a component',
    'src/commands/f.ts',
    from('../components/nvidia-platform/dynamo-vllm/plan.ts'),
    imports,
  ],
  ['a command names the process', 'src/commands/g.ts', 'export const it = process.argv;\n', globals],
  [
    'a command goes round by globalThis',
    'src/commands/h.ts',
    'export const it = globalThis.process;\n',
    globals,
  ],
  ['a command fetches', 'src/commands/i.ts', "export const it = fetch('http://127.0.0.1');\n", globals],
  ['program.ts paints', 'src/program.ts', from('chalk'), imports],
  ['run.ts parses words by itself', 'src/run.ts', from('commander'), imports],
  ['main.ts names a command', 'src/main.ts', from('./commands/talk.ts'), imports],
  ['io.ts reads a file', 'src/io.ts', from('node:fs'), imports],
  ['a new file at the top paints', 'src/new.ts', from('chalk'), imports],
  [
    'a circle',
    'src/core/circle/a.ts',
    "import { b } from './b.ts';\nexport const a = () => b;\n",
    'lint/suspicious/noImportCycles',
  ],
  ['a barrel', 'src/core/barrel.ts', "export * from './name.ts';\n", 'lint/performance/noBarrelFile'],
  ['a default export', 'src/core/default.ts', 'export default 1;\n', 'lint/style/noDefaultExport'],
];

const allowed: readonly (readonly [file: string, text: string])[] = [
  ['src/core/circle/b.ts', "import { a } from './a.ts';\nexport const b = () => a;\n"],
  ['src/core/name.ts', 'export const it = 1;\n'],
  ['src/core/fine.ts', from('./name.ts')],
  ['src/core/render.ts', from('handlebars/runtime.js')],
  ['src/core/yaml.ts', from('js-yaml')],
  ['src/core/hash.ts', from('@noble/hashes/sha2.js')],
  ['src/core/suggest.ts', from('fastest-levenshtein')],
  ['src/components/load.ts', "export const it = () => import('./nvidia-platform/dynamo-vllm/plan.ts');\n"],
  [`${component}/plan.ts`, from('./engine/fine.ts')],
  [`${component}/rules.ts`, from('../../../core/name.ts')],
  [`${component}/engine/fine.ts`, from('../../../../core/name.ts')],
  ['src/files/read.ts', from('node:fs')],
  ['src/files/config.ts', from('jsonc-parser')],
  ['src/output/paint.ts', from('chalk')],
  ['src/prompts/ask.ts', from('@inquirer/prompts')],
  ['src/cluster/connect.ts', from('@kubernetes/client-node')],
  ['src/huggingface/token.ts', "export const it = fetch('http://127.0.0.1');\n"],
  ['src/commands/talk.ts', from('../files/read.ts')],
  ['src/commands/path.ts', from('node:path')],
];

type Found = {
  readonly category: string;
  readonly severity: string;
  readonly location: { readonly path: string | { readonly file: string } };
};

const found = new Map<string, string[]>();

const fileOf = ({ location }: Found): string =>
  typeof location.path === 'string' ? location.path : location.path.file;

beforeAll(() => {
  const root = temporaryFolder();
  const settings = JSON.parse(readFileSync(join(checkout, '.biome.json'), 'utf8')) as {
    vcs: { enabled: boolean };
  };
  settings.vcs.enabled = false;
  const texts: (readonly [string, string])[] = [
    ...allowed,
    ...forbidden.map(([, file, text]) => [file, text] as const),
  ];
  for (const [file, text] of [...texts, ['.biome.json', JSON.stringify(settings)] as const]) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  cpSync(join(checkout, 'package.json'), join(root, 'package.json'));
  cpSync(join(checkout, 'scripts', 'lint'), join(root, 'scripts', 'lint'), { recursive: true });
  const biome = join(checkout, 'node_modules', '.bin', 'biome');
  const { stdout } = spawnSync(biome, ['lint', '--reporter=json', '--max-diagnostics=none', 'src'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const one of (JSON.parse(stdout) as { diagnostics: Found[] }).diagnostics) {
    if (one.severity === 'error') found.set(fileOf(one), [...(found.get(fileOf(one)) ?? []), one.category]);
  }
});

describe('the floors', () => {
  it.each(forbidden)('%s: refused', (_, file, __, rule) => {
    expect(found.get(file)).toContain(rule);
  });

  it.each(allowed.filter(([file]) => !file.includes('circle')))('%s is left alone', file => {
    expect(found.get(file) ?? []).not.toContain(imports);
    expect(found.get(file) ?? []).not.toContain(globals);
  });
});
