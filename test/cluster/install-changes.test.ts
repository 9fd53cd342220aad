/** What is there already: taken names, fields of other managers, another model, another mode, a claim that grows. */

import { expect, test } from 'vitest';
import { temporaryFolder } from '../kit/checkout.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { MODEL, OTHER_MODEL } from '../kit/hub.ts';
import { type Ended, eventsOf, type ProgramEvent, programFile, verb } from '../kit/program.ts';
import { keys, openTerminal, type Screen } from '../kit/terminal.ts';
import { deployWords, graphOf, livesOf, NAMESPACE, PATIENCE, runIn, useHub } from './installing.ts';
import { changesOf } from './releases.ts';
import { describeWithFrontend, eventually } from './support.ts';

const RELEASE = '0.9.1';
const graphVersion = 'nvidia.com/v1alpha1';

type Found = {
  readonly rule: string;
  readonly level: string;
  readonly message: string;
  readonly hint: string;
};

const errorsOf = (events: readonly ProgramEvent[]): Found[] =>
  ((events.at(-1)?.findings ?? []) as Found[]).filter(({ level }) => level === 'error');

const claimNow = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'dynamo-model-cache', namespace: NAMESPACE },
};

await describeWithFrontend('a deployment that meets what is there', { release: RELEASE }, cluster => {
  const hub = useHub();
  const run = async (...words: readonly string[]): Promise<{ ended: Ended; events: ProgramEvent[] }> => {
    const ended = await runIn(cluster(), hub(), [...words, '-o', 'json']);
    return { ended, events: eventsOf(ended.stdout) };
  };
  const writes = (from: number): string[] =>
    cluster()
      .audit()
      .slice(from)
      .filter(({ verb, uri }) => /create|patch|update|delete/.test(verb) && !uri.includes('dryRun'))
      .filter(({ resource }) => !resource.startsWith('selfsubject'))
      .map(({ verb, resource, name }) => `${verb} ${resource} ${name}`);

  /** Refused with 65, with one error of this code, and nothing written. */
  const expectRefused = async (words: readonly string[], rule: string): Promise<Found> => {
    const from = cluster().audit().length;
    const { ended, events } = await run(...words);
    expect(ended.code).toBe(65);
    expect(events.at(-1)).toMatchObject({ kind: 'result', verdict: 'refused' });
    const [error, ...others] = errorsOf(events);
    expect(others).toEqual([]);
    expect(error?.rule).toBe(rule);
    expect(writes(from)).toEqual([]);
    return error as Found;
  };

  const made = (object: Partial<KubeObject> & { kind: string }, name: string): KubeObject => ({
    apiVersion: 'v1',
    ...object,
    metadata: { name, namespace: NAMESPACE, ...object.metadata },
  });

  test('a graph of that name that is not ours is named and left', PATIENCE, async () => {
    const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
    const services = { Frontend: { componentType: 'frontend', replicas: 0 } };
    const graph = made(
      {
        apiVersion: graphVersion,
        kind: 'DynamoGraphDeployment',
        metadata: { name: '', labels },
        spec: { services },
      },
      'theirs',
    );
    graph.metadata.name = 'theirs';
    await cluster().objects.apply(graph, 'helm');
    const error = await expectRefused(deployWords('theirs'), 'name-taken');
    expect(error.message).toMatch(/DynamoGraphDeployment theirs .*exists already .*Helm/);
    expect(error.hint).toContain('--name');
    await cluster().objects.remove(graph);
  });

  test('a Service that the operator would overwrite is named and left', PATIENCE, async () => {
    const service = made({ kind: 'Service', spec: { ports: [{ port: 80 }] } }, 'shop-frontend');
    await cluster().objects.apply(service, 'kubectl');
    const error = await expectRefused(deployWords('shop'), 'object-taken');
    expect(error.message).toContain('shop-frontend');
    await cluster().objects.remove(service);
  });

  test('a ConfigMap in the place of the answers is named and left', PATIENCE, async () => {
    const map = made({ kind: 'ConfigMap', data: { theirs: 'yes' } }, 'dynamo-installer-shop');
    await cluster().objects.apply(map, 'argocd-controller');
    const error = await expectRefused(deployWords('shop'), 'apply-foreign');
    expect(error.message).toMatch(/dynamo-installer-shop .*argocd-controller/);
    expect((await cluster().objects.read(map))?.data).toEqual({ theirs: 'yes' });
    await cluster().objects.remove(map);
  });

  const replicas = async (): Promise<unknown> =>
    (await graphOf(cluster(), 'chat'))?.spec.services.worker.replicas;
  const scaleByOthers = (): Promise<KubeObject> => {
    const spec = { services: { worker: { replicas: 2 } } };
    return cluster().objects.apply(
      made({ apiVersion: graphVersion, kind: 'DynamoGraphDeployment', spec }, 'chat'),
      'argocd-controller',
    );
  };

  test('a field of another manager is not touched by --yes, and the manager is named', PATIENCE, async () => {
    expect((await run(...deployWords('chat'))).ended.code).toBe(0);
    await scaleByOthers();
    const error = await expectRefused(deployWords('chat'), 'apply-conflict');
    expect(error.message).toMatch(/argocd-controller owns .*replicas of DynamoGraphDeployment chat/);
    expect(error.hint).toContain('--take-over');
    expect(await replicas()).toBe(2);
  });

  /** All is answered but what is asked when something is in the way. */
  const atTerminal = (): Screen => {
    const answers = [
      ...['--action', 'deploy', '--model', MODEL, '--mode', 'aggregated', '--replicas', '1'],
      ...['--tensor-parallel-size', '1', '--no-kv-router', '--no-kvbm', '--storage-class', 'efs'],
      ...['--vllm-args', '--gpu-memory-utilization 0.90 --block-size 128', '--name', 'chat'],
    ];
    const home = temporaryFolder();
    const env = { ...hub().env, KUBECONFIG: cluster().kubeconfig, HOME: home, HF_TOKEN: '' };
    const words = [programFile, ...verb('install', ...answers)];
    return openTerminal(process.execPath, words, { cwd: home, env, rows: 200 });
  };

  test('a person may keep what the other manager wrote', PATIENCE, async () => {
    const screen = atTerminal();
    await screen.until(/argocd-controller owns[\s\S]*Take it over\?[\s\S]*\(y\/N\)/);
    screen.press(keys.enter);
    await screen.until(/is left to\s+argocd-controller/);
    expect(await screen.ended()).toBe(0);
    expect(await replicas()).toBe(2);
  });

  test('a person may take it', PATIENCE, async () => {
    const screen = atTerminal();
    await screen.until(/Take it over\?[\s\S]*\(y\/N\)/);
    screen.press(`y${keys.enter}`);
    await screen.until(/taken over[\s\S]*from\s+argocd-controller/);
    expect(await screen.ended()).toBe(0);
    expect(await replicas()).toBe(1);
  });

  test('--take-over takes it, and the deployment serves', PATIENCE, async () => {
    await scaleByOthers();
    const { ended, events } = await run(...deployWords('chat', '--take-over'));
    expect(ended.code).toBe(0);
    expect(events.find(({ kind }) => kind === 'taken')).toMatchObject({ managers: ['argocd-controller'] });
    expect(events.at(-1)).toMatchObject({ verdict: 'serving' });
    expect(await replicas()).toBe(1);
  });

  test('our own deployment with another model is refused with --yes', PATIENCE, async () => {
    const lives = await livesOf(cluster(), 'chat');
    const error = await expectRefused(deployWords('chat', '--model', OTHER_MODEL), 'other-model');
    expect(error.message).toContain(MODEL);
    expect(error.message).toContain(OTHER_MODEL);
    expect(await livesOf(cluster(), 'chat')).toEqual(lives);
  });

  const sizeOf = async (): Promise<unknown> =>
    (await cluster().objects.read(claimNow))?.spec.resources.requests.storage;

  test('a claim grows', PATIENCE, async () => {
    const before = await sizeOf();
    const { ended, events } = await run(...deployWords('chat', '--model-cache-size', '750Gi'));
    expect(ended.code).toBe(0);
    expect(before).not.toBe('750Gi');
    expect(changesOf(events)).toContain('configured PersistentVolumeClaim dynamo-model-cache');
    expect(await sizeOf()).toBe('750Gi');
  });

  test('and never shrinks', PATIENCE, async () => {
    const { ended, events } = await run(...deployWords('chat', '--model-cache-size', '20Gi'));
    expect(ended.code).toBe(0);
    expect(changesOf(events)).toContain('left PersistentVolumeClaim dynamo-model-cache');
    expect(await sizeOf()).toBe('750Gi');
  });

  test('another mode needs --replace, and is explained before anything is touched', PATIENCE, async () => {
    const lives = await livesOf(cluster(), 'chat');
    const words = deployWords('chat', '--mode', 'disaggregated');
    const error = await expectRefused(words, 'needs-replacement');
    expect(error.message.match(/cannot be changed in place/g)).toHaveLength(1);
    expect(error.message).toMatch(/worker would go.*(prefill and decode|decode and prefill) would come/);
    expect(error.hint).toContain('--replace');
    expect(await livesOf(cluster(), 'chat')).toEqual(lives);
  });

  test('another mode with --replace ends serving', PATIENCE, async () => {
    const uid = (await graphOf(cluster(), 'chat'))?.metadata.uid;
    const from = cluster().audit().length;
    const { ended, events } = await run(...deployWords('chat', '--mode', 'disaggregated', '--replace'));
    expect(ended.code).toBe(0);
    const kinds = events.map(({ kind }) => kind);
    expect(kinds.indexOf('removed')).toBeGreaterThan(kinds.indexOf('removing'));
    expect(kinds.indexOf('removing')).toBeGreaterThan(-1);
    expect(events.at(-1)).toMatchObject({ verdict: 'serving' });
    const graph = await graphOf(cluster(), 'chat');
    expect(Object.keys(graph?.spec.services)).toEqual(expect.arrayContaining(['prefill', 'decode']));
    expect(graph?.metadata.uid).not.toBe(uid);
    expect(writes(from).filter(one => one.startsWith('delete') && !one.includes('leases'))).toEqual([
      'delete dynamographdeployments chat',
    ]);
    await eventually(
      async () => ((await livesOf(cluster(), 'chat')).some(one => one.includes('worker')) ? undefined : true),
      'the worker is gone',
    );
  });
});
