import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { beforeEach, describe, expect, it } from 'vitest';
import { component, newFolder, runCli, text } from '../../kit/process.ts';

let cwd = '';
beforeEach(() => {
  cwd = newFolder();
});

const cli = (...words: readonly string[]) => runCli([...component, ...words], { cwd });

describe('render', () => {
  it('prints the manifests alone on stdout, the same bytes each time', async () => {
    const [first, second] = [await cli('render'), await cli('render')];
    expect(first.code).toBe(0);
    expect(first.stdout).toBe(second.stdout);
    expect(loadAll(first.stdout).map(one => (one as { kind: string }).kind)).toEqual([
      'PersistentVolumeClaim',
      'Job',
      'DynamoGraphDeployment',
    ]);
    expect(first.stderr).toContain('cache-access-mode-assumed');
  });
  it('prints the promised JSON', async () => {
    const { code, stdout, stderr } = await cli('render', '-o', 'json', '--replicas', '2');
    const data = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(Object.keys(data)).toEqual(['schemaVersion', 'settings', 'plan', 'manifests', 'findings']);
    expect(data.settings.replicas).toBe(2);
    expect(data.plan.gpus.total).toBe(2);
    expect(data.findings[0]).toEqual({
      rule: expect.any(String),
      level: 'info',
      path: expect.any(String),
      message: expect.any(String),
      hint: expect.any(String),
    });
  });
  it('prints JSON when it refuses too, and exits 65', async () => {
    for (const words of [
      ['--release', '0.7.0'],
      ['--replicas', 'x'],
    ]) {
      const { code, stdout } = await cli('render', '-o', 'json', ...words);
      expect(code).toBe(65);
      expect(JSON.parse(stdout).findings.some((found: { level: string }) => found.level === 'error')).toBe(
        true,
      );
    }
  });
  it('gives the same bytes from the answers that it saved, whatever config.json says there', async () => {
    writeFileSync(
      join(cwd, 'c.json'),
      '{"platform":{"eks":{"dynamoPlatform":{"releaseVersion":"1.2.1","namespace":"other"}}}}',
    );
    const first = await cli(
      'render',
      '--config',
      'c.json',
      '--mode',
      'disaggregated',
      '--kv-router',
      '--save-answers',
      'a.yaml',
      '--env',
      'A=yes',
    );
    const second = await cli('render', '--answers', 'a.yaml');
    expect(first.code).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    expect(text(cwd, 'a.yaml')).toContain('namespace: other');
  });
  it('takes facts from a snapshot', async () => {
    writeFileSync(
      join(cwd, 's.json'),
      JSON.stringify({
        operatorRelease: '1.5.1',
        storageClasses: [{ name: 'gp3', provisioner: 'ebs.csi.aws.com', isDefault: true }],
        monitoring: true,
        secrets: ['hf-token-secret'],
      }),
    );
    const { stdout } = await cli('render', '--snapshot', 's.json', '-o', 'json', '--save-answers', 'a.yaml');
    const data = JSON.parse(stdout);
    expect(data.plan).toMatchObject({
      release: '1.5.1',
      apiVersion: 'nvidia.com/v1beta1',
      cache: { accessMode: 'ReadWriteOnce' },
      structuredLogging: true,
    });
    const again = JSON.parse((await cli('render', '--answers', 'a.yaml', '-o', 'json')).stdout);
    expect(again.manifests).toEqual(data.manifests);
  });
  it('reads variables below the answers file and flags above it', async () => {
    writeFileSync(join(cwd, 'a.json'), '{"replicas": 3}');
    const env = { DYNAMO_INSTALLER_REPLICAS: '2', DYNAMO_INSTALLER_ENV: `A=1 'B=two words'` };
    const run = async (...words: string[]) =>
      JSON.parse((await runCli([...component, 'render', '-o', 'json', ...words], { cwd, env })).stdout)
        .settings;
    expect((await run()).replicas).toBe(2);
    expect((await run()).env).toEqual(['A=1', 'B=two words']);
    expect((await run('--answers', 'a.json')).replicas).toBe(3);
    expect((await run('--answers', 'a.json', '--replicas', '4')).replicas).toBe(4);
  });
});

describe('config', () => {
  it('prints each value and the layer it came from', async () => {
    writeFileSync(join(cwd, 'c.json'), '{"platform":{"k8s":{"dynamoPlatform":{"namespace":"mine"}}}}');
    writeFileSync(
      join(cwd, 'c.local.json'),
      '{"platform":{"eks":{"dynamoPlatform":{"releaseVersion":"1.6.1"}}}}',
    );
    const { code, stdout } = await runCli(['config', '--config', 'c.json', '-o', 'json', '--replicas', '2'], {
      cwd,
    });
    const { settings } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(settings.namespace).toEqual({ value: 'mine', layer: 'config.json' });
    expect(settings.release).toEqual({ value: '1.6.1', layer: 'config.local.json' });
    expect(settings.replicas).toEqual({ value: 2, layer: 'flag' });
    expect(settings.name).toEqual({ value: 'qwen3-30b-a3b-instruct-25', layer: 'derived' });
    expect((await runCli(['config'], { cwd })).stdout).toMatch(/release\s+0\.9\.1\s+\(config\.json\)/);
  });
});

describe('explain', () => {
  it('knows every code, offline', async () => {
    const codes = Object.keys(JSON.parse((await runCli(['explain', '-o', 'json'], { cwd })).stdout).codes);
    expect(codes.length).toBeGreaterThan(30);
    for (const code of codes) {
      const { stdout } = await runCli(['explain', code], { cwd });
      expect(stdout).toMatch(/Meaning[\s\S]*Cause[\s\S]*Remedy/);
    }
  });
  it('knows every code that the source says', () => {
    const read = (file: string): string =>
      readFileSync(join(import.meta.dirname, '../../../src', file), 'utf8');
    const rules = ['rules.ts', 'dialect-rules.ts', 'argument-rules.ts', 'manifest-rules.ts']
      .map(file => read(`components/nvidia-platform/dynamo-vllm/${file}`))
      .join('\n');
    const said = [...rules.matchAll(/finding\(\s*'([a-z-]+)'/g)].map(match => match[1] ?? '');
    const catalogue = read('components/nvidia-platform/dynamo-vllm/catalogue.ts');
    expect(said.length).toBeGreaterThan(25);
    expect(said.filter(code => !catalogue.includes(`'${code}':`))).toEqual([]);
  });
});
