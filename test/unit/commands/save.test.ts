import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { beforeEach, describe, expect, it } from 'vitest';
import { component, newFolder, type Ran, runCli, text } from '../../kit/process.ts';

let cwd = '';
beforeEach(() => {
  cwd = newFolder();
});

const cli = (...words: readonly string[]): Promise<Ran> => runCli([...component, ...words], { cwd });
const save = (...words: readonly string[]): Promise<Ran> =>
  cli('install', '--yes', '--action', 'save', ...words);
const folder = (): string => join(cwd, 'manifests', 'dynamo-system', 'qwen3-30b-a3b-instruct-25');

describe('Save only', () => {
  it('writes one file a resource, an index and the answers, and says what comes next', async () => {
    const ran = await save();
    expect(ran).toMatchObject({ code: 0, stdout: '' });
    expect(readdirSync(folder()).sort()).toEqual([
      '01-persistentvolumeclaim.yaml',
      '02-job.yaml',
      '03-dynamographdeployment.yaml',
      'answers.yaml',
      'kustomization.yaml',
    ]);
    expect(load(text(folder(), 'kustomization.yaml'))).toEqual({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['01-persistentvolumeclaim.yaml', '02-job.yaml', '03-dynamographdeployment.yaml'],
    });
    expect(ran.stderr).toContain('kubectl apply -k manifests/dynamo-system/qwen3-30b-a3b-instruct-25');
    expect(ran.stderr).toContain('./cli nvidia-platform dynamo-vllm review manifests/dynamo-system/');
    expect(readdirSync(join(cwd, 'manifests', 'dynamo-system'))).toEqual(['qwen3-30b-a3b-instruct-25']);
  });

  it('renders the same bytes from its own answers', async () => {
    await save('--mode', 'disaggregated', '--kv-router', '--release', '1.6.1', '--output-dir', 'out');
    const at = join(cwd, 'out', 'dynamo-system', 'qwen3-30b-a3b-instruct-25');
    const rendered = await cli('render', '--answers', join(at, 'answers.yaml'));
    const saved = readdirSync(at)
      .filter(file => /^\d\d-/.test(file))
      .sort()
      .map(file => text(at, file));
    expect(rendered.stdout).toBe(saved.join('---\n'));
  });

  it('numbers the namespace first and the monitor last when they are asked for', async () => {
    await save('--create-namespace', '--pod-monitor', '-n', 'mine');
    expect(
      readdirSync(join(cwd, 'manifests', 'mine', 'qwen3-30b-a3b-instruct-25')).filter(file =>
        /^\d/.test(file),
      ),
    ).toEqual([
      '01-namespace.yaml',
      '02-persistentvolumeclaim.yaml',
      '03-job.yaml',
      '04-dynamographdeployment.yaml',
      '05-podmonitor.yaml',
    ]);
  });

  it('says nothing with --quiet', async () => {
    expect(await save('--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('changes nothing when there is nothing to change', async () => {
    await save();
    expect((await save()).stderr).toContain('nothing to do');
  });

  it('replaces what it wrote itself, old files included', async () => {
    await save();
    await save('--model-cache', 'none');
    expect(readdirSync(folder()).sort()).toEqual([
      '01-dynamographdeployment.yaml',
      'answers.yaml',
      'kustomization.yaml',
    ]);
  });

  it.each([
    [
      'a manifest',
      () => writeFileSync(join(folder(), '02-job.yaml'), `${text(folder(), '02-job.yaml')}# mine\n`),
    ],
    [
      'the answers',
      () => writeFileSync(join(folder(), 'answers.yaml'), `${text(folder(), 'answers.yaml')}# mine\n`),
    ],
    [
      'the index',
      () =>
        writeFileSync(
          join(folder(), 'kustomization.yaml'),
          `${text(folder(), 'kustomization.yaml')}# mine\n`,
        ),
    ],
    ['a file more', () => writeFileSync(join(folder(), 'patch.yaml'), 'a: 1\n')],
    ['a file less', () => rmSync(join(folder(), '02-job.yaml'))],
  ])('leaves a folder alone when %s was changed by hand', async (_, change) => {
    await save();
    change();
    const before = readdirSync(folder()).map(file => text(folder(), file));
    const ran = await save('--replicas', '2');
    expect(ran.code).toBe(65);
    expect(ran.stderr).toContain('changed by hand');
    expect(ran.stderr).toContain('--overwrite');
    expect(readdirSync(folder()).map(file => text(folder(), file))).toEqual(before);
  });

  it('replaces it when told, and keeps files that are not its own', async () => {
    await save();
    writeFileSync(join(folder(), 'patch.yaml'), 'a: 1\n');
    writeFileSync(join(folder(), 'NOTES.md'), 'mine');
    expect((await save('--replicas', '2', '--overwrite')).code).toBe(0);
    expect(text(folder(), '03-dynamographdeployment.yaml')).toContain('replicas: 2');
    expect([text(folder(), 'patch.yaml'), text(folder(), 'NOTES.md')]).toEqual(['a: 1\n', 'mine']);
  });

  it('leaves a folder alone that it did not write', async () => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'x.yaml'), 'a: 1\n');
    expect(await save()).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('was not saved by this program'),
    });
  });

  it.each(['manifests', 'manifests/dynamo-system', 'manifests/dynamo-system/qwen3-30b-a3b-instruct-25'])(
    'says which file is in the way: %s',
    async path => {
      mkdirSync(join(cwd, path, '..'), { recursive: true });
      writeFileSync(join(cwd, path), 'x');
      const ran = await save();
      expect(ran.code).toBe(65);
      expect(ran.stderr.replace(/\s+/g, ' ')).toContain('is a file, not a folder');
      expect(text(cwd, path)).toBe('x');
    },
  );

  it('says when a folder cannot be written', async () => {
    const ran = await save('--output-dir', '/proc/nonsense');
    expect(ran.code).toBe(65);
    expect(ran.stderr).toContain('cannot be saved');
  });

  it('is not done with errors', async () => {
    expect((await save('--release', '0.5.0')).code).toBe(65);
    expect(existsSync(join(cwd, 'manifests'))).toBe(false);
  });

  it('prints events as JSON lines, the result last', async () => {
    const { code, stdout } = await save('-o', 'json');
    const events = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ kind: 'result', schemaVersion: 1, verdict: 'saved' });
    expect(events.map(event => event.kind)).toEqual(['finding', 'saved', 'result']);
    expect(events[1]).toMatchObject({ folder: folder(), change: 'created' });
    expect(new Date(events[0].at).toISOString()).toBe(events[0].at);
    const refused = (await save('-o', 'json', '--release', '0.5.0')).stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(refused.at(-1)).toMatchObject({ kind: 'result', verdict: 'refused' });
    expect(refused.filter(event => event.kind === 'finding').map(event => event.finding.rule)).toContain(
      'release-unsupported',
    );
  });
});

describe('review --non-interactive', () => {
  const review = (...words: readonly string[]): Promise<Ran> => cli('review', '--non-interactive', ...words);

  it('explains a saved folder in the words of the summary', async () => {
    await save('--tensor-parallel-size', '2');
    const ran = await review();
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/worker\s+1 replica x 2 GPUs \(TP 2\)/);
    expect(ran.stdout.replace(/\s+/g, ' ')).toContain('as it was saved');
    writeFileSync(join(folder(), '02-job.yaml'), `${text(folder(), '02-job.yaml')}# mine\n`);
    const again = (await review('qwen3-30b-a3b-instruct-25')).stdout;
    expect(again.replace(/\s+/g, ' ')).toContain('changed by hand');
  });

  it('prints JSON', async () => {
    await save();
    const data = JSON.parse((await cli('review', folder(), '-o', 'json')).stdout);
    expect(data).toMatchObject({
      schemaVersion: 1,
      state: 'intact',
      name: 'qwen3-30b-a3b-instruct-25',
      settings: { mode: 'aggregated' },
    });
    expect(data.manifests).toHaveLength(3);
  });

  it('judges a manifest from elsewhere', async () => {
    writeFileSync(
      join(cwd, 'old.yaml'),
      [
        'apiVersion: nvidia.com/v1alpha1',
        'kind: DynamoGraphDeployment',
        'metadata: {name: mine}',
        'spec:',
        '  services:',
        '    Frontend: {componentType: frontend, extraPodSpec: {mainContainer: {image: "x/vllm-runtime:1.0.2"}}}',
        '    VllmPrefillWorker:',
        '      componentType: worker',
        '      subComponentType: prefill',
        '      resources: {limits: {gpu: one}}',
        '      livenessProbe: {failureThreshold: 3}',
        '      envs: [{name: A, value: "1"}, {name: A, value: "2"}]',
        '      extraPodSpec: {mainContainer: {image: "x/vllm-runtime:1.0.2", command: [python3, -m, dynamo.vllm], args: [--model, a/b, --connector, nixl]}}',
        '',
      ].join('\n'),
    );
    const { code, stdout } = await cli('review', 'old.yaml', '-o', 'json');
    const rules = JSON.parse(stdout)
      .findings.filter((found: { level: string }) => found.level === 'error')
      .map((found: { rule: string }) => found.rule);
    expect(code).toBe(65);
    expect(rules.sort()).toEqual(
      expect.arrayContaining([
        'connector-flag-gone',
        'env-duplicate',
        'probe-incomplete',
        'quantity-unreadable',
      ]),
    );
  });

  it.each<[string, string, RegExp]>([
    ['is not YAML', 'a: [', /is not YAML/],
    ['holds no object', 'a: 1\n', /no Kubernetes object/],
    ['holds no deployment', 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n', /no DynamoGraphDeployment/],
  ])('refuses a file that %s', async (_, content, sentence) => {
    writeFileSync(join(cwd, 'x.yaml'), content);
    const ran = await review('x.yaml');
    expect(ran.code).toBe(65);
    expect(ran.stderr.replace(/\s+/g, ' ')).toMatch(sentence);
  });

  it('says when there is nothing of that name, or nothing at all', async () => {
    expect(await review('nothing')).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('neither a folder'),
    });
    expect(await review()).toMatchObject({ code: 64, stderr: expect.stringContaining('no saved manifests') });
  });

  it('names the choice when there is nobody to choose', async () => {
    await save();
    await save('--name', 'other');
    expect(await review()).toMatchObject({ code: 64, stderr: expect.stringContaining('2 saved manifests') });
  });
});
