/** `apply`, `diff` and `review` as typed, against a real control plane. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { component, newFolder, type Ran, runCli, text } from '../kit/process.ts';
import { keys, openTerminal as openProgram, type Screen } from '../kit/terminal.ts';
import { describeWithFrontend } from './support.ts';

const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');
const RELEASE = '1.5.1';
const NAMESPACE = 'dynamo-system';
const PATIENCE = { timeout: 120_000 };
const SECRET = 'plain-text-of-a-secret';

/** Written by hand in the older version, without labels and without a namespace. */
const foreign = (replicas: number, token: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: chat-notes}
data: {motto: hello}
---
apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeployment
metadata: {name: chat}
spec:
  services:
    Frontend:
      componentType: frontend
      replicas: 1
      extraPodSpec: {mainContainer: {image: "nvcr.io/nvidia/ai-dynamo/vllm-runtime:${RELEASE}"}}
    worker:
      componentType: worker
      replicas: ${replicas}
      resources: {limits: {gpu: "1"}}
      envs: [{name: HF_TOKEN, value: ${token}}]
      extraPodSpec:
        mainContainer:
          image: "nvcr.io/nvidia/ai-dynamo/vllm-runtime:${RELEASE}"
          command: [python3, -m, dynamo.vllm]
          args: [--model, Qwen/Qwen3-0.6B]
`;

type Event = { readonly kind: string } & Readonly<Record<string, unknown>>;

const events = ({ stdout }: Ran): Event[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Event);

const rulesOf = (ran: Ran): string[] =>
  ((events(ran).at(-1)?.['findings'] ?? []) as { rule: string }[]).map(({ rule }) => rule);

await describeWithFrontend('manifests of any origin', { release: RELEASE }, cluster => {
  const cwd = newFolder();
  const run = (verb: string, ...words: string[]): Promise<Ran> => {
    const env = { KUBECONFIG: cluster().kubeconfig, HF_HUB_OFFLINE: '1' };
    return runCli([...component, verb, ...words], { cwd, env });
  };
  /** The built program at a terminal. */
  const openTerminal = (verb: string, ...words: string[]): Screen => {
    const env = { KUBECONFIG: cluster().kubeconfig, HF_HUB_OFFLINE: '1' };
    return openProgram(process.execPath, [program, ...component, verb, ...words], { cwd, env });
  };
  const graphPath = (name: string): string =>
    `/apis/nvidia.com/v1alpha1/namespaces/${NAMESPACE}/dynamographdeployments/${name}`;
  const readGraph = (name: string): Promise<KubeObject> => cluster().api.send('GET', graphPath(name));
  /** As kubectl edit would. */
  const scaleByHand = (name: string, replicas: number): Promise<KubeObject> =>
    cluster().api.send(
      'PATCH',
      `${graphPath(name)}?fieldManager=kubectl-edit`,
      { spec: { services: { worker: { replicas } } } },
      'application/merge-patch+json',
    );

  test('a file from elsewhere is applied with labels, compared, and drifts', PATIENCE, async () => {
    const file = join(cwd, 'chat.yaml');
    writeFileSync(file, foreign(2, SECRET));

    const before = await run('diff', 'chat.yaml');
    expect(before.code).toBe(2);
    expect(before.stdout).toContain('DynamoGraphDeployment chat is not there and would be created');
    await expect(readGraph('chat')).rejects.toThrow();

    const applied = await run('apply', 'chat.yaml', '--yes', '-o', 'json');
    expect(applied.stderr).toBe('');
    expect(applied.code).toBe(0);
    expect(events(applied).at(-1)).toMatchObject({ kind: 'result', verdict: 'serving' });
    expect(rulesOf(applied)).toContain('labels-added');
    expect(text(file)).toBe(foreign(2, SECRET));
    expect((await readGraph('chat')).metadata).toMatchObject({
      namespace: NAMESPACE,
      labels: {
        'app.kubernetes.io/managed-by': 'dynamo-installer',
        'app.kubernetes.io/instance': 'chat',
        'app.kubernetes.io/component': 'deployment',
      },
    });

    const same = await run('diff', 'chat.yaml');
    expect(same.stdout).toContain('2 are the same.');
    expect(same.code).toBe(0);

    await scaleByHand('chat', 1);
    const drifted = await run('diff', 'chat.yaml');
    expect(drifted.code).toBe(2);
    expect(drifted.stdout).toContain('spec.services.worker.replicas: 1 live → 2 here');
    expect(drifted.stdout.replace(/\s+/g, ' ')).toContain('(kubectl-edit changed it');
    const reviewed = JSON.parse((await run('review', 'chat.yaml', '-o', 'json')).stdout);
    expect(reviewed.diff).toMatchObject({
      differs: true,
      objects: [
        { state: 'same' },
        { state: 'changed', changes: [{ path: 'spec.services.worker.replicas', live: 1, here: 2 }] },
      ],
    });

    const asked = openTerminal('apply', 'chat.yaml');
    await asked.until(/replicas: 1 live → 2 here[\s\S]*\? Apply chat in namespace dynamo-system\? \(Y\/n\)/);
    asked.press(`n${keys.enter}`);
    expect(await asked.ended()).toBe(130);
    expect(asked.text()).toContain('Nothing was applied.');

    const contested = await run('apply', 'chat.yaml', '--yes', '-o', 'json');
    expect(contested.code).toBe(65);
    expect(rulesOf(contested)).toEqual(['apply-conflict']);
    expect((await run('apply', 'chat.yaml', '--yes', '--take-over')).code).toBe(0);
    expect((await run('diff', 'chat.yaml', '-o', 'json')).code).toBe(0);

    writeFileSync(file, foreign(2, 'another-secret'));
    const secret = await run('diff', 'chat.yaml', '-o', 'json');
    expect(JSON.parse(secret.stdout).objects[1].changes).toMatchObject([
      { path: 'spec.services.worker.envs[HF_TOKEN].value', live: '(hidden)', here: '(hidden)' },
    ]);
    for (const { stdout, stderr } of [before, drifted, secret])
      expect(stdout + stderr).not.toMatch(/plain-text-of-a-secret|another-secret/);
    await cluster().api.send('DELETE', graphPath('chat'));
  });

  test('a saved folder is applied; later its recorded answers tell the drift', PATIENCE, async () => {
    const words = ['--model', 'Qwen/Qwen3-0.6B', '--name', 'saved', '--storage-class', 'efs'];
    const save = await run('install', ...words, '--yes', '--action', 'save', '-q');
    expect(save.code).toBe(0);
    const folder = join(cwd, 'manifests', NAMESPACE, 'saved');
    expect(text(folder, 'kustomization.yaml')).toContain('# Context: admin\n');

    const applied = await run('apply', folder, '--yes');
    expect(applied.code).toBe(0);
    expect(applied.stderr).toContain('Cluster: context admin');
    expect(await run('diff', 'saved')).toMatchObject({ code: 0 });
    const listed = await run('review');
    expect(listed.stdout).toContain('as it was saved');

    const screen = openTerminal('review', 'saved');
    await screen.until(/Compared with context admin:[\s\S]*3 are the same\.[\s\S]*❯ Deploy/);
    screen.press(keys.up + keys.enter);
    expect(await screen.ended()).toBe(0);

    rmSync(folder, { recursive: true });
    const recorded = await run('diff', 'saved');
    expect(recorded.stdout).toContain('3 are the same.');
    expect(recorded.stderr).toContain("the deployment's recorded answers");
    expect(recorded.code).toBe(0);
    await scaleByHand('saved', 2);
    const drifted = await run('review', 'saved', '-o', 'json');
    expect(JSON.parse(drifted.stdout)).toMatchObject({
      path: null,
      state: 'recorded',
      settings: { model: 'Qwen/Qwen3-0.6B' },
      diff: { context: 'admin', differs: true },
    });
    expect((await run('diff', 'saved')).stdout).toMatch(/replicas: 2 live → 1 here/);

    const other = await run('diff', 'nothing');
    expect(other.code).toBe(69);
    await cluster().api.send('DELETE', graphPath('saved'));
  });
});
