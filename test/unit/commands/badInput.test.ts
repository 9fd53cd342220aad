/** Wrong input, each with its own clear sentence and exit code; nothing is written outside the output folder, and never a stack. */

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { component, newFolder, type Ran, runCli } from '../../kit/process.ts';

let cwd = '';
beforeEach(() => {
  cwd = newFolder();
});

const render = (...words: readonly string[]): Promise<Ran> =>
  runCli([...component, 'render', ...words], { cwd });
const save = (...words: readonly string[]): Promise<Ran> =>
  runCli([...component, 'install', '--yes', '--action', 'save', ...words], { cwd });

const calm = (ran: Ran): void => {
  expect(ran.stderr).not.toMatch(/\n\s+at .*\(|\[object Object\]|undefined/);
  expect(ran.stdout).toBe('');
  expect(readdirSync(cwd).filter(name => name.startsWith('manifests'))).toEqual([]);
};

describe('settings on the command line', () => {
  it.each<[string, string[], RegExp]>([
    ['an empty model', ['--model', ''], /The model name is empty/],
    ['a model with two slashes', ['--model', 'a/b/c'], /has 2 slashes/],
    ['a model with a blank', ['--model', 'a b/c'], /is not a Hugging Face id/],
    ['a model that climbs', ['--model', '../../etc'], /is not a Hugging Face id|has 2 slashes/],
    [
      'a model of 10,000 characters',
      ['--model', 'a'.repeat(10_000)],
      /has 10000 characters; the Hub allows 96/,
    ],
    ['TP 0', ['--tensor-parallel-size', '0'], /0 is not a whole number from 1 to 16/],
    ['TP -1', ['--tensor-parallel-size', '-1'], /-1 is not a whole number from 1 to 16/],
    ['TP 1.5', ['--tensor-parallel-size', '1.5'], /"1.5" is not a whole number/],
    ['TP two', ['--tensor-parallel-size', 'two'], /"two" is not a whole number/],
    ['TP 1000', ['--tensor-parallel-size', '1000'], /1000 is not a whole number from 1 to 16/],
    ['replicas 0', ['--replicas', '0'], /0 is not a whole number from 1/],
    ['a name with capitals', ['--name', 'Qwen'], /write "qwen"/],
    ['a name with a dash at its end', ['--name', 'a-'], /begins or ends with a dash/],
    ['a name that is too long', ['--name', 'a'.repeat(60)], /at most \d+ are possible|at most 63/],
    ['a name with a slash', ['--name', '../x'], /the character "\."/],
    ['a namespace that climbs', ['--namespace', '../../x'], /The namespace/],
    ['unbalanced quotes', ['--vllm-args', '--x "a'], /double quote|quote/],
    ['an unknown mode', ['--mode', 'both'], /"both" is not one of aggregated or disaggregated/],
    ['a size without a unit that exists', ['--model-cache-size', '10 GB'], /no Kubernetes quantity/],
    ['a variable without a value', ['--env', 'ABC'], /is not NAME=value/],
    ['a toleration of nonsense', ['--toleration', 'a:b:c'], /is not key/],
    ['a directory of the image', ['--kvbm', '--kvbm-disk-dir', '/usr'], /is a directory of the image/],
    ['an image with a blank', ['--image', 'a b'], /is not an image reference/],
    ['a release of two numbers', ['--release', '1.4'], /is not a Dynamo release/],
  ])('%s: exit 65', async (_, words, sentence) => {
    const ran = await save(...words);
    expect(ran.stderr.replace(/\s+/g, ' ')).toMatch(sentence);
    expect(ran.code).toBe(65);
    calm(ran);
  });

  it.each<[string, string[], RegExp]>([
    ['an unknown flag', ['--tensor-paralel-size', '1'], /Did you mean --tensor-parallel-size/],
    ['a flag without its value', ['--model'], /argument missing/],
    ['a word too many', ['extra'], /too many arguments/i],
    ['an unknown format', ['-o', 'xml'], /Allowed choices/],
  ])('%s: exit 64', async (_, words, sentence) => {
    const ran = await render(...words);
    expect(ran.stderr.replace(/\s+/g, ' ')).toMatch(sentence);
    expect(ran.code).toBe(64);
    calm(ran);
  });
});

describe('words', () => {
  it.each<[string[], RegExp]>([
    [['nvidia-platfrom'], /Did you mean .\/cli nvidia-platform/],
    [['nvidia-platform', 'dynamo-vlm'], /Did you mean .* dynamo-vllm/],
    [['nvidia-platform', 'dynamo-vllm', 'instal'], /Did you mean .* install/],
    [['--nonsense'], /There is no flag --nonsense/],
    [['explain', 'name-to-long'], /Did you mean .\/cli explain name-too-long/],
  ])('%j: exit 64 and a guess', async (words, sentence) => {
    const ran = await runCli(words, { cwd });
    expect(ran.code).toBe(64);
    expect(ran.stderr.replace(/\s+/g, ' ')).toMatch(sentence);
    calm(ran);
  });
});

describe('an answers file', () => {
  const answers = async (content: string): Promise<Ran> => {
    writeFileSync(join(cwd, 'a.yaml'), content);
    return save('--answers', 'a.yaml');
  };
  it.each<[string, string, RegExp]>([
    ['that is not YAML', 'model: [a\nb: c', /neither YAML nor JSON.*line 2/],
    [
      'with an unknown key',
      'model: a/b\ntensorParalelSize: 2\n',
      /Did you mean "tensorParallelSize".*a\.yaml:2/,
    ],
    ['with a digit string', 'replicas: "2"\n', /replicas: "2" is not a whole number/],
    ['with the same key twice', 'model: a/b\nmodel: c/d\n', /line 2/],
    ['that is a list', '- a\n', /not keys and values/],
    ['with an alias bomb', 'a: &a [x]\nb: *a\n', /is not a setting|alias/i],
  ])('%s: exit 65', async (_, content, sentence) => {
    const ran = await answers(content);
    expect(ran.stderr.replace(/\s+/g, ' ')).toMatch(sentence);
    expect(ran.code).toBe(65);
    calm(ran);
  });
  it('that does not exist: exit 65', async () => {
    const ran = await save('--answers', 'none.yaml');
    expect(ran.stderr.replace(/\s+/g, ' ')).toContain('does not exist');
    expect(ran.code).toBe(65);
  });
  it('that is a folder: exit 65', async () => {
    mkdirSync(join(cwd, 'folder'));
    const ran = await save('--answers', 'folder');
    expect(ran.stderr).toContain('is a folder');
    expect(ran.code).toBe(65);
  });
});

describe('config.json', () => {
  const withConfig = async (content: string): Promise<Ran> => {
    writeFileSync(join(cwd, 'c.json'), content);
    return save('--config', 'c.json');
  };
  it.each<[string, string, RegExp]>([
    [
      'with a syntax error',
      '{\n  "platform": {\n    "eks" {}\n  }\n}\n',
      /is not JSON: .* at line 3, column \d+/,
    ],
    ['with a comma too many', '{\n  "platform": {},\n}\n', /line 3, column 1/],
    ['cut off', '{"platform": {', /line 1, column 15/],
    [
      'with an unknown key',
      '{\n "platform": {\n  "eks": { "dynamoPlatfrom": {} } } }',
      /Did you mean "dynamoPlatform".*c\.json:3/,
    ],
    [
      'with a wrong value',
      '{"platform": {"eks": {"dynamoVllm": {"replicas": "2"}}}}',
      /platform\.eks\.dynamoVllm\.replicas: "2" is not a whole number/,
    ],
    ['that is a list', '[]', /The file is \[\], not an object/],
  ])('%s: exit 65', async (_, content, sentence) => {
    const ran = await withConfig(content);
    expect(ran.stderr.replace(/\s+/g, ' ')).toMatch(sentence);
    expect(ran.code).toBe(65);
    calm(ran);
  });
  it('named and not there: exit 65', async () => {
    expect(await save('--config', 'none.json')).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('does not exist'),
    });
  });
});

describe('variables', () => {
  it.each<[Record<string, string>, RegExp]>([
    [{ DYNAMO_INSTALLER_REPLICAS: 'x' }, /DYNAMO_INSTALLER_REPLICAS: "x" is not a whole number/],
    [{ DYNAMO_INSTALLER_REPLICA: '2' }, /Did you mean DYNAMO_INSTALLER_REPLICAS/],
  ])('%j: exit 65', async (env, sentence) => {
    const ran = await runCli([...component, 'render'], { cwd, env });
    expect(ran.code).toBe(65);
    expect(ran.stderr).toMatch(sentence);
  });
});

describe('nobody to ask', () => {
  it('exit 64, with every missing flag named', async () => {
    const ran = await runCli([...component, 'install', '--model', 'a/b', '--mode', 'disaggregated'], { cwd });
    expect(ran.code).toBe(64);
    const said = ran.stderr.replace(/\s+/g, ' ');
    for (const flag of [
      '--prefill-tensor-parallel-size N',
      '--decode-replicas N',
      '--kv-router or --no-kv-router',
      '--name NAME',
      '--action ACTION',
      '--yes',
    ])
      expect(said).toContain(flag);
    expect(said).not.toContain('--model ID');
    calm(ran);
  });
  it('exit 64 without any word, after the list', async () => {
    const ran = await runCli([], { cwd });
    expect(ran.code).toBe(64);
    for (const line of ran.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(ran.stdout).toContain('./cli nvidia-platform dynamo-vllm install');
  });
  it('deploying without a cluster says why not: exit 69', async () => {
    const ran = await runCli([...component, 'install', '--yes'], { cwd });
    expect(ran.code).toBe(69);
    expect(ran.stderr).toMatch(/no kubeconfig[\s\S]*--kubeconfig/);
    calm(ran);
  });
});

describe('free text', () => {
  const values = [
    '$(id)',
    '{{x}}',
    ': ',
    '# x',
    '---',
    '😀',
    "'",
    '"',
    '\\',
    '`id`',
    '$HOME',
    '!!str x',
    'x'.repeat(10_000),
  ];
  it.each(values)('%j comes back as it was given', async value => {
    const ran = await render('--env', `X=${value}`, '-o', 'json');
    expect(ran.code).toBe(0);
    const [, , graph] = JSON.parse(ran.stdout).manifests;
    expect(graph.spec.services.Frontend.envs).toEqual([{ name: 'X', value }]);
  });
  it.each(['a\nb', 'a\u0000b', 'a\u001bb'])('%j is refused', async value => {
    const ran = await render('--env', `X=${value}`);
    expect(ran.code).toBe(65);
    expect(ran.stderr).toContain('cannot be carried');
  });
});
