/** Manifests of other versions, from elsewhere, and for several deployments: what opens, and what is refused. */

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { hashText } from '../../../../src/core/hash.ts';
import { component, newFolder, type Ran, runCli, text } from '../../../kit/process.ts';

let cwd: string;
beforeEach(() => {
  cwd = newFolder();
});

const cli = (...words: readonly string[]): Promise<Ran> => runCli([...component, ...words], { cwd });

const save = (): Promise<Ran> =>
  cli('install', '--model', 'Qwen/Qwen3-0.6B', '--name', 'small', '--yes', '--action', 'save', '--offline');

const folder = (): string => join(cwd, 'manifests', 'dynamo-system', 'small');

/** The files as another version left them, with a digest of its own. */
const resave = (change: (answers: string) => string): void => {
  const names = ['01-persistentvolumeclaim.yaml', '02-job.yaml', '03-dynamographdeployment.yaml'];
  const answers = change(text(folder(), 'answers.yaml'));
  const blank = '# Digest: sha256:';
  const index = text(folder(), 'kustomization.yaml')
    .replace(/^# Saved by .*$/m, '# Saved by dynamo-installer 0.0.1. Apply with: kubectl apply -k .')
    .replace(/^# Digest: .*$/m, blank);
  const files = [
    ...names.map(file => ({ file, text: text(folder(), file) })),
    { file: 'answers.yaml', text: answers },
    { file: 'kustomization.yaml', text: index.replace(blank, '') },
  ].sort((a, b) => (a.file < b.file ? -1 : 1));
  const digest = hashText(files.map(one => `${one.file}\n${one.text}\n`).join('\0'));
  writeFileSync(join(folder(), 'answers.yaml'), answers);
  writeFileSync(join(folder(), 'kustomization.yaml'), index.replace(blank, `${blank}${digest}`));
};

type Review = {
  readonly state: string;
  readonly namespace: string;
  readonly settings: Record<string, unknown> | null;
  readonly diff: unknown;
  readonly manifests: unknown[];
  readonly findings: readonly { rule: string; level: string; message: string }[];
};

const review = async (name: string): Promise<{ code: number; data: Review }> => {
  const { code, stdout } = await cli('review', name, '-o', 'json');
  return { code, data: JSON.parse(stdout) as Review };
};

describe('a folder of another version', () => {
  it('opens without the setting that is gone', async () => {
    await save();
    resave(answers => `${answers}goneSetting: true\n`);
    const { code, data } = await review('small');
    expect(code).toBe(0);
    expect(data).toMatchObject({ state: 'intact', settings: { model: 'Qwen/Qwen3-0.6B' }, diff: null });
    expect(data.settings).not.toHaveProperty('goneSetting');
    expect(data.findings).toContainEqual(
      expect.objectContaining({ rule: 'answers-of-other-version', level: 'warning' }),
    );
  });

  it('opens without answers when one of them cannot be read', async () => {
    await save();
    resave(answers => answers.replace(/^replicas: .*$/m, 'replicas: many'));
    const { code, data } = await review('small');
    expect(code).toBe(0);
    expect(data).toMatchObject({ state: 'intact', settings: null });
    expect(data.manifests).toHaveLength(3);
    expect(data.findings.find(({ rule }) => rule === 'answers-of-other-version')?.message).toContain('many');
  });

  it('does not depend on a cluster that was never looked at', async () => {
    await save();
    expect(text(folder(), 'kustomization.yaml')).not.toContain('Context');
  });
});

const graph = (name: string, more = ''): string => `apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeployment
metadata: {name: ${name}${more}}
spec:
  services:
    Frontend: {componentType: frontend, extraPodSpec: {mainContainer: {image: "x/vllm-runtime:0.9.1"}}}
`;

describe('manifests from elsewhere', () => {
  it('go to the namespace of the settings where they name none, and never against -n', async () => {
    writeFileSync(join(cwd, 'mine.yaml'), graph('mine'));
    expect((await review('mine.yaml')).data.namespace).toBe('dynamo-system');
    const typed = await cli('review', 'mine.yaml', '-n', 'team-a', '-o', 'json');
    expect((JSON.parse(typed.stdout) as Review).namespace).toBe('team-a');
    writeFileSync(join(cwd, 'theirs.yaml'), graph('theirs', ', namespace: team-b'));
    const refused = await cli('apply', 'theirs.yaml', '-n', 'team-a', '--yes');
    expect(refused.code).toBe(64);
    expect(refused.stderr).toMatch(/says namespace team-b, and -n says\s+team-a/);
  });

  it('hold one deployment, not several', async () => {
    writeFileSync(join(cwd, 'two.yaml'), `${graph('one')}---\n${graph('two')}`);
    const { code, stdout } = await cli('apply', 'two.yaml', '--yes', '-o', 'json');
    expect(code).toBe(65);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /"verdict":"refused".*several-deployments.*one and two/,
    );
  });

  it('are refused before anybody is asked when they cannot work', async () => {
    const bad = graph('mine').replace(
      'services:\n',
      'services:\n    worker: {componentType: worker, resources: {limits: {gpu: one}}, extraPodSpec: {mainContainer: {image: "x/vllm-runtime:0.9.1", command: [python3, -m, dynamo.vllm]}}}\n',
    );
    writeFileSync(join(cwd, 'bad.yaml'), bad);
    const refused = await cli('apply', 'bad.yaml', '--yes', '-o', 'json');
    expect(refused.code).toBe(65);
    expect(refused.stdout).toContain('quantity-unreadable');
    const skipped = await cli('apply', 'bad.yaml', '--yes', '--skip-check', 'quantity-unreadable');
    expect(skipped.code).toBe(69);
    expect(skipped.stderr).toContain('There is no kubeconfig');
  });
});

describe('a word', () => {
  it('that names nothing is refused, and apply wants one', async () => {
    mkdirSync(join(cwd, 'manifests'), { recursive: true });
    expect(await cli('apply', 'nothing')).toMatchObject({ code: 65 });
    expect(await cli('apply')).toMatchObject({ code: 64 });
    const { code, stderr } = await cli('review', 'nothing');
    expect(code).toBe(65);
    expect(stderr).toContain('neither a folder, a file nor a saved manifest.');
    expect((await cli('diff', 'nothing')).code).toBe(69);
  });

  it('that is nearly the name of something saved is told which', async () => {
    await save();
    const [name = ''] = readdirSync(join(cwd, 'manifests', 'dynamo-system'));
    const { code, stderr } = await cli('review', `${name}x`);
    expect(code).toBe(65);
    expect(stderr).toContain(`Did you mean manifests/dynamo-system/${name}?`);
  });

  it('that is missing is listed for who cannot be asked', async () => {
    await save();
    await cli(
      'install',
      '--model',
      'Qwen/Qwen3-0.6B',
      '--name',
      'other',
      '--yes',
      '--action',
      'save',
      '--offline',
    );
    const { code, stderr } = await cli('review');
    expect(code).toBe(64);
    expect(stderr).toMatch(/name +namespace +saved +release +context +live +files/);
    expect(stderr).toMatch(/other +dynamo-system +[\d-]+ [\d:]+ +0\.9\.1 +- +\? +as saved/);
  });
});
