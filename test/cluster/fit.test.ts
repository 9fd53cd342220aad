/** `fit` with the GPUs of a real control plane's nodes: live, from a snapshot and from a file. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { yamlText } from '../../src/core/yaml.ts';
import { component, newFolder, runCli } from '../kit/process.ts';
import { describeWithCluster, eventually } from './support.ts';
import { gpuSpec, pod } from './surveyed.ts';

describeWithCluster('fit with the GPUs of a cluster', { nodes: 'g6e.12xlarge=2,cpu=1' }, cluster => {
  const cwd = newFolder();
  const fitOn = async (...words: readonly string[]) => {
    const argv = [...component, 'fit', ...words, '--model', 'Qwen/Qwen3-32B', '-o', 'json'];
    const { code, stdout } = await runCli(argv, { cwd, env: {} });
    return { code, data: JSON.parse(stdout) };
  };

  test('counts what is there and what pods hold, live and from a snapshot', async () => {
    const live = ['cluster', '--kubeconfig', cluster().kubeconfig, '--tensor-parallel-size', '2'];
    const before = await fitOn(...live);
    expect(before.data.found).toEqual([
      { gpu: 'L40S', nodes: 2, gpus: 8, freeGpus: 8, mostOnOneNode: 4, sharedBy: 1 },
    ]);
    expect([before.code, before.data.verdict]).toEqual([0, 'fits']);
    await cluster().objects.create(pod('holder', 'default', gpuSpec('3')));
    const after = await eventually(async () => {
      const { data } = await fitOn(...live);
      return data.found[0]?.freeGpus === 5 ? data : undefined;
    }, 'three GPUs are held');
    expect(after.table.map((cell: { free: boolean }) => cell.free)).toEqual([true, true, true]);
    const snapshot = join(cwd, 'snapshot.json');
    await runCli([...component, 'check', '--kubeconfig', cluster().kubeconfig, '--save-snapshot', snapshot], {
      cwd,
      env: { HF_HUB_OFFLINE: '1' },
    });
    const saved = await fitOn('--snapshot', snapshot, '--tensor-parallel-size', '2');
    expect(saved.data.found).toEqual(after.found);
    expect(saved.data.table).toEqual(after.table);
  });

  test('plans an install from a snapshot alone: it saves what fits and refuses what does not', async () => {
    const snapshot = join(cwd, 'plan.json');
    await runCli([...component, 'check', '--kubeconfig', cluster().kubeconfig, '--save-snapshot', snapshot], {
      cwd,
      env: { HF_HUB_OFFLINE: '1' },
    });
    const planned = (...words: readonly string[]) =>
      runCli(
        [
          ...[...component, 'install', '--snapshot', snapshot, '--offline', '--yes', '--action', 'save'],
          ...['--model', 'Qwen/Qwen3-32B', ...words],
        ],
        { cwd, env: { KUBECONFIG: join(cwd, 'nowhere') } },
      );
    const saved = await planned('--tensor-parallel-size', '2');
    expect(saved.code).toBe(0);
    const folder = join(cwd, 'manifests', 'dynamo-system', 'qwen3-32b');
    // What was seen of the cluster, and not config.json, decided the release.
    expect(readFileSync(join(folder, '03-dynamographdeployment.yaml'), 'utf8')).toContain(
      'vllm-runtime:1.5.1',
    );
    const misfit = await planned('--overwrite');
    expect([misfit.code, misfit.stderr]).toEqual([65, expect.stringContaining('(fit-too-large)')]);
    const wide = await planned('--tensor-parallel-size', '8', '--overwrite');
    expect([wide.code, wide.stderr]).toEqual([65, expect.stringContaining('(gpu-placement)')]);
  });

  test('says the same of the same settings in fit, check, render and the review of what was saved', async () => {
    const env = { KUBECONFIG: cluster().kubeconfig, HF_HUB_OFFLINE: '1' };
    const run = (...words: readonly string[]) => runCli([...component, ...words, '-o', 'json'], { cwd, env });
    const snapshot = join(cwd, 'same.json');
    await run('check', '--save-snapshot', snapshot);
    const about = (findings: readonly { rule: string; level: string }[]): string[] =>
      findings.flatMap(({ rule, level }) =>
        /^fit-(too-large|tight)$/.test(rule) ? [`${level} ${rule}`] : [],
      );
    const cases = [
      { words: [], verdict: 'does-not-fit', found: ['error fit-too-large'], code: 65 },
      { words: ['--tensor-parallel-size', '2'], verdict: 'fits', found: [], code: 0 },
      {
        words: ['--tensor-parallel-size', '2', '--vllm-args', '--kv-cache-memory-bytes 1G'],
        verdict: 'does-not-fit',
        found: ['error fit-too-large'],
        code: 65,
      },
    ];
    for (const [at, { words, verdict, found, code }] of cases.entries()) {
      const settings = ['--model', 'Qwen/Qwen3-32B', ...words];
      expect(JSON.parse((await run('fit', 'cluster', ...settings)).stdout).verdict).toBe(verdict);
      const checked = JSON.parse((await run('check', ...settings)).stdout).findings;
      expect(about(checked)).toEqual(found);
      // What a person did not say is no part of a change to copy.
      expect(JSON.stringify(checked)).not.toContain('--served-model-name');
      const rendered = await run('render', '--snapshot', snapshot, ...settings);
      expect([rendered.code, about(JSON.parse(rendered.stdout).findings)]).toEqual([code, found]);
      const name = `same-${at}`;
      const skip = code === 0 ? [] : ['--skip-check', 'fit-too-large'];
      const save = ['--snapshot', snapshot, '--yes', '--action', 'save', '--name', name];
      expect((await run('install', ...save, ...skip, ...settings)).code).toBe(0);
      const folder = join(cwd, 'manifests', 'dynamo-system', name);
      const letThrough = found.map(one => one.replace('error', 'warning'));
      const reviewed = await run('review', folder);
      expect([reviewed.code, about(JSON.parse(reviewed.stdout).findings)]).toEqual([0, letThrough]);
      const answers = join(folder, 'answers.yaml');
      writeFileSync(answers, readFileSync(answers, 'utf8').replace(/^skipCheck:\n( {2}- .*\n)+/m, ''));
      const insisted = await run('review', folder);
      expect([insisted.code, about(JSON.parse(insisted.stdout).findings)]).toEqual([code, found]);
    }
  });

  test('reads its nodes from a file, as a list of the API or as YAML', async () => {
    const list = await cluster().api.send('GET', '/api/v1/nodes');
    for (const [name, text] of [
      ['nodes.json', JSON.stringify(list)],
      ['nodes.yaml', yamlText(list)],
    ] as const) {
      const file = join(cwd, name);
      writeFileSync(file, text);
      const { data } = await fitOn('--nodes', file, '--tensor-parallel-size', '2');
      expect(data.found).toMatchObject([{ gpu: 'L40S', gpus: 8, freeGpus: null }]);
    }
  });
});
