/** uninstall, list and status against a real control plane: two deployments that share a cache, and what goes wrong. */

import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../kit/checkout.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { type FaultProxy, startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import { eventsIn, type Ran, runProgram } from '../kit/inProcess.ts';
import { programFile, verb } from '../kit/program.ts';
import { foreignWrites, MODEL as model, objectsOf, RELEASE as release, writes } from './removing.ts';
import { describeWithCluster, eventually } from './support.ts';

const resultOf = (ran: Ran): Record<string, unknown> => eventsIn(ran).at(-1) ?? {};

describeWithCluster('the days after a deployment', { nodes: 'p5.48xlarge=1,cpu=1', release }, cluster => {
  const home = 'dynamo-system';
  let proxy: FaultProxy | undefined;
  beforeAll(async () => {
    proxy = await startFaultProxy(cluster().plane);
  });
  afterAll(async () => {
    await proxy?.stop();
  });

  const cli = (...words: string[]): Promise<Ran> =>
    runProgram(words, { env: { KUBECONFIG: cluster().kubeconfig } });

  const healthy = async (name: string, namespace: string): Promise<Record<string, unknown>> =>
    eventually(async () => {
      const ran = await cli('status', name, '-n', namespace, '-o', 'json');
      return ran.code === 0 ? (JSON.parse(ran.stdout) as Record<string, unknown>) : undefined;
    }, `${name} is healthy`);

  const make = async (name: string, namespace = home): Promise<void> => {
    for (const object of objectsOf(name, namespace))
      await cluster().objects.apply(object, 'dynamo-installer');
    await healthy(name, namespace);
  };

  const space = (name: string): Promise<KubeObject> =>
    cluster().objects.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

  const find = (name: string, kind: string, namespace = home): Promise<KubeObject | undefined> => {
    const object = objectsOf(name, namespace).find(one => one.kind === kind);
    if (object === undefined) throw new Error(`There is no ${kind}.`);
    return cluster().objects.read(object);
  };

  /** Forces nothing: a person's own kubectl patch would do the same. */
  const setFinalizers = async (name: string, kind: string, finalizers: string[], namespace = home) => {
    const object = await find(name, kind, namespace);
    if (object) await cluster().objects.mergeMetadata(object, { finalizers });
  };

  test('list and status tell what is there', async () => {
    await Promise.all([make('chat'), make('other')]);
    const listed = await cli('list', '-o', 'json');
    expect(listed.code).toBe(0);
    expect(JSON.parse(listed.stdout)).toMatchObject({
      namespace: null,
      deployments: [
        { name: 'chat', namespace: home, model, gpus: 1, release, state: 'ready' },
        { name: 'other', namespace: home },
      ],
      leftOver: [],
    });
    const text = await cli('list', '-n', home);
    expect(text.stdout).toMatch(/^ {2}name +namespace .*state\n {2}chat +dynamo-system .* ready\n/);
    expect(await healthy('chat', home)).toMatchObject({
      state: 'healthy',
      gpusHeld: 1,
      roles: [{ role: 'model download' }, { role: 'Frontend', ready: 1 }, { role: 'worker', gpus: 1 }],
      findings: [],
    });
    const screen = await cli('status', 'chat');
    expect(screen.stdout).toMatch(/chat in namespace dynamo-system: healthy\n[\s\S]*worker +1\/1 +ready/);
  });

  test('without a name or a yes nothing is touched', async () => {
    const before = cluster().audit().length;
    const unnamed = await cli('uninstall', '--yes');
    expect(unnamed).toMatchObject({ code: 64, stderr: expect.stringMatching(/chat .*and other /) });
    const unconfirmed = await cli('uninstall', 'chat');
    expect(unconfirmed).toMatchObject({ code: 64, stderr: expect.stringContaining('--yes') });
    const dry = await cli('uninstall', 'chat', '--dry-run', '--delete-model-cache');
    expect(dry.code).toBe(0);
    expect(dry.stdout).toMatch(/remove {2}DynamoGraphDeployment chat\n[\s\S]*frees 1 GPU/);
    expect(dry.stdout).toMatch(/keep +PersistentVolumeClaim dynamo-model-cache: Pod\s+other-/);
    expect(writes(cluster().audit().slice(before))).toEqual([]);
  });

  test('takes one of two, and writes nothing foreign', async () => {
    const neighbour = await find('other', 'DynamoGraphDeployment');
    const before = cluster().audit().length;
    const ran = await cli('uninstall', 'chat', '--yes', '--delete-model-cache', '-o', 'json');
    expect(ran.code).toBe(0);
    expect(resultOf(ran)).toMatchObject({
      verdict: 'removed',
      gpus: 1,
      left: [],
      // There is nothing of that name to remove any more, so running again would not help.
      findings: [
        {
          rule: 'uninstall-kept',
          level: 'warning',
          hint: expect.stringMatching(
            /kubectl -n dynamo-system delete persistentvolumeclaim dynamo-model-cache$/,
          ),
        },
      ],
    });
    const written = writes(cluster().audit().slice(before)).filter(line => !line.startsWith('update leases'));
    expect(written).toEqual([
      'create leases/dynamo-installer-chat',
      'delete dynamographdeployments/chat',
      expect.stringMatching(/^delete jobs\/chat-download-/),
      'delete configmaps/dynamo-installer-chat',
      'delete leases/dynamo-installer-chat',
    ]);
    for (const kind of ['DynamoGraphDeployment', 'Job', 'ConfigMap'])
      expect(await find('chat', kind)).toBeUndefined();
    const selector = 'nvidia.com/dynamo-graph-deployment-name=chat';
    const pods = `/api/v1/namespaces/${home}/pods?labelSelector=${encodeURIComponent(selector)}`;
    expect((await cluster().api.send('GET', pods))['items']).toEqual([]);
    const after = await find('other', 'DynamoGraphDeployment');
    expect(after?.metadata).toMatchObject({
      uid: neighbour?.metadata.uid,
      generation: neighbour?.metadata.generation,
    });
    expect(await find('other', 'PersistentVolumeClaim')).toBeDefined();
    await healthy('other', home);
  });

  test('explains a finalizer that nobody clears, forces nothing, and goes on when it is cleared', async () => {
    await setFinalizers('other', 'DynamoGraphDeployment', ['nvidia.com/finalizer', 'example.com/guard']);
    const before = cluster().audit().length;
    const words = ['uninstall', 'other', '--yes', '--delete-model-cache', '-o', 'json'];
    const stuck = await cli(...words, '--timeout', '3s');
    expect(stuck.code).toBe(1);
    expect(resultOf(stuck)).toMatchObject({
      verdict: 'left-over',
      left: expect.arrayContaining([expect.objectContaining({ kind: 'DynamoGraphDeployment' })]),
    });
    expect(JSON.stringify(resultOf(stuck).findings)).toMatch(/other.*example\.com\/guard.*patch/);
    expect((await find('other', 'DynamoGraphDeployment'))?.metadata.finalizers).toContain(
      'example.com/guard',
    );
    expect(await find('other', 'PersistentVolumeClaim')).toBeDefined();
    const again = cli(...words);
    await new Promise(resolve => setTimeout(resolve, 500));
    await setFinalizers('other', 'DynamoGraphDeployment', []);
    const ended = await again;
    expect(resultOf(ended)).toMatchObject({ verdict: 'removed', left: [] });
    expect(JSON.stringify(resultOf(ended).findings)).toContain('planner-serviceaccount');
    expect(await find('other', 'PersistentVolumeClaim')).toBeUndefined();
    // Its last user gave the claim up, which was asked for.
    expect(foreignWrites(cluster().audit().slice(before), 'other')).toEqual([
      expect.stringMatching(/^delete persistentvolumeclaims\/dynamo-model-cache /),
    ]);
  });

  test('a connection that is cut in the middle leaves something to resume', async () => {
    await make('cut');
    const { kubeconfig, set } = proxy as FaultProxy;
    const words = ['uninstall', 'cut', '--yes', '-o', 'json', '--kubeconfig', kubeconfig];
    const when = ({ method, url }: { method: string; url: string }): boolean =>
      method === 'DELETE' && url.includes('/jobs/') && !url.includes('dryRun');
    set({ kind: 'cut', afterBytes: 0, when });
    const first = await runProgram(words);
    expect(first.code).toBe(69);
    expect(resultOf(first)).toMatchObject({ verdict: 'left-over' });
    expect(JSON.stringify(resultOf(first).findings)).toMatch(/run again.*uninstall cut -n dynamo-system/);
    expect(await find('cut', 'ConfigMap')).toBeDefined();
    set();
    expect(resultOf(await runProgram(words))).toMatchObject({ verdict: 'removed' });
    expect(await find('cut', 'ConfigMap')).toBeUndefined();
  });

  test('a reader that goes away after the first line leaves nothing half done', async () => {
    await make('unheard');
    const words = verb('uninstall', 'unheard', '--yes', '-o', 'json');
    const env = { PATH: process.env.PATH ?? '', HOME: temporaryFolder(), KUBECONFIG: cluster().kubeconfig };
    const child = spawn(process.execPath, [programFile, ...words], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise<number | null>(resolve => child.once('exit', resolve));
    for (const kind of ['DynamoGraphDeployment', 'Job', 'ConfigMap'])
      expect(await find('unheard', kind)).toBeUndefined();
    expect(code).toBe(0);
  });

  test('who may not delete is told before anything is', async () => {
    const team = 'team-readers';
    await space(team);
    const metadata = { name: 'readers', namespace: team };
    const rbac = 'rbac.authorization.k8s.io';
    const rules = [
      { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['nvidia.com'], resources: ['*'], verbs: ['delete'] },
    ];
    await cluster().objects.apply({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules });
    await cluster().objects.apply({
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'readers' },
      subjects: [{ apiGroup: rbac, kind: 'User', name: 'restricted' }],
    });
    await make('kept', team);
    const before = cluster().audit().length;
    const ran = await cli('uninstall', 'kept', '-n', team, '--yes', '--context', 'restricted');
    expect(ran).toMatchObject({ code: 77, stderr: expect.stringMatching(/Job kept-download-\w+\s+may not/) });
    expect(writes(cluster().audit().slice(before))).toEqual([]);
    expect(await find('kept', 'DynamoGraphDeployment', team)).toBeDefined();
  });

  test('what somebody else made is refused', async () => {
    const [graph] = objectsOf('theirs', home).filter(({ kind }) => kind === 'DynamoGraphDeployment');
    const foreign = { ...graph, metadata: { name: 'theirs', namespace: home } } as KubeObject;
    await cluster().objects.apply(foreign);
    const ran = await cli('uninstall', 'theirs', '--yes');
    expect(ran).toMatchObject({ code: 65, stderr: expect.stringMatching(/not made by\s+this program/) });
    expect(await cluster().objects.read(foreign)).toBeDefined();
    await cluster().objects.remove(foreign);
  });

  test('a namespace that is being removed is no reason to fail, and gets no lease', async () => {
    const team = 'team-going';
    await space(team);
    await make('going', team);
    await setFinalizers('going', 'ConfigMap', ['example.com/hold'], team);
    await cluster().objects.remove({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: team } });
    await eventually(
      async () => ((await find('going', 'ConfigMap', team))?.metadata.deletionTimestamp ? true : undefined),
      'the namespace is being emptied',
    );
    const before = cluster().audit().length;
    const held = await cli('uninstall', 'going', '-n', team, '--yes', '--timeout', '2s');
    expect(held).toMatchObject({ code: 1, stderr: expect.stringContaining('namespace is being removed') });
    expect(held.stdout).toContain('ConfigMap dynamo-installer-going');
    expect(writes(cluster().audit().slice(before)).filter(line => line.includes('leases'))).toEqual([]);
    expect(foreignWrites(cluster().audit().slice(before), 'going', team)).toEqual([]);
    await setFinalizers('going', 'ConfigMap', [], team);
  });

  test('the rest goes when the CRD is gone', async () => {
    await make('orphan');
    const name = 'dynamographdeployments.nvidia.com';
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name },
    };
    await cluster().objects.remove(crd);
    await eventually(
      async () => ((await cluster().objects.read(crd)) === undefined ? true : undefined),
      'the CRD is gone',
    );
    const listed = await cli('list', '-o', 'json');
    expect(JSON.parse(listed.stdout)).toMatchObject({
      deployments: [],
      leftOver: expect.arrayContaining([{ name: 'orphan', namespace: home }]),
    });
    const before = cluster().audit().length;
    const ran = await cli('uninstall', 'orphan', '--yes');
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('Removed orphan') });
    expect(await find('orphan', 'ConfigMap')).toBeUndefined();
    expect(await find('orphan', 'Job')).toBeUndefined();
    expect(foreignWrites(cluster().audit().slice(before), 'orphan')).toEqual([]);
  });
});
