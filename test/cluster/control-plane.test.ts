import { existsSync, readFileSync } from 'node:fs';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { startCluster } from '../kit/cluster/cluster.ts';
import { processStamp } from '../kit/cluster/control/processStamp.ts';
import { describeWithCluster, eventually, MINOR } from './support.ts';

const NODES =
  'p5.48xlarge=2:tainted,g6e.12xlarge=1,mig-host=1,time-slicing-host=1,no-device-plugin-host=1,cpu=3';

describeWithCluster('a real control plane with fake nodes', { nodes: NODES }, cluster => {
  const clientAs = (context: string) => {
    const config = new KubeConfig();
    config.loadFromFile(cluster().kubeconfig);
    config.setCurrentContext(context);
    return config;
  };
  const read = (object: KubeObject) => cluster().objects.read(object);

  test('nodes are Ready and say what the real machines say', async () => {
    const { items } = await clientAs('admin').makeApiClient(CoreV1Api).listNode();
    const ready = items.filter(node =>
      node.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True'),
    );
    expect(ready.length).toBe(9);
    const p5 = items.find(node => node.metadata?.name === 'p5.48xlarge-1');
    expect(p5?.metadata?.labels).toMatchObject({
      'node.kubernetes.io/instance-type': 'p5.48xlarge',
      'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3',
      'nvidia.com/gpu.memory': '81559',
      'nvidia.com/gpu.count': '8',
      'topology.kubernetes.io/zone': 'us-west-2b',
    });
    expect(p5?.status?.allocatable).toMatchObject({
      'nvidia.com/gpu': '8',
      'vpc.amazonaws.com/efa': '32',
      cpu: '191450m',
    });
    expect(p5?.spec?.taints?.map(taint => taint.key)).toEqual(['nvidia.com/gpu']);
    const gpus = (name: string) =>
      items.find(n => n.metadata?.name === name)?.status?.allocatable?.['nvidia.com/gpu'];
    expect([gpus('mig-host-0'), gpus('time-slicing-host-0'), gpus('no-device-plugin-host-0')]).toEqual([
      '56',
      '16',
      undefined,
    ]);
  });

  test('the restricted user has its namespace and nothing else, and the audit log says who asked', async () => {
    const core = clientAs('restricted').makeApiClient(CoreV1Api);
    await expect(core.listNode()).rejects.toMatchObject({ code: 403 });
    expect((await core.listNamespacedPod({ namespace: 'dynamo-system' })).items.length).toBe(1);
    const calls = cluster()
      .audit()
      .filter(call => call.user === 'restricted');
    expect(calls.map(call => [call.verb, call.resource, call.code])).toEqual([
      ['list', 'nodes', 403],
      ['list', 'pods', 200],
    ]);
  });

  test('the credential plugin counts its runs', async () => {
    const before = readFileSync(cluster().plane.execRuns, 'utf8').length;
    const { items } = await clientAs('exec').makeApiClient(CoreV1Api).listNamespace();
    expect(items.map(item => item.metadata?.name)).toContain('dynamo-system');
    expect(readFileSync(cluster().plane.execRuns, 'utf8').length - before).toBe('run\n'.length);
  });

  test('claims bind where the first pod goes; a class without a driver never binds; gp3 has no shared volumes', async () => {
    for (const [name, storageClassName, mode] of [
      ['data', 'gp3', 'ReadWriteOnce'],
      ['shared', 'efs', 'ReadWriteMany'],
      ['lost', 'never', 'ReadWriteOnce'],
    ]) {
      await cluster().objects.create(claim(name ?? '', storageClassName ?? '', mode ?? ''));
    }
    await cluster().objects.create(podWithClaims('user', ['data', 'shared']));
    const volumeOf = async (name: string) =>
      (await read(claim(name, '', '')))?.spec.volumeName as string | undefined;
    const data = await eventually(() => volumeOf('data'), 'the gp3 claim is bound');
    expect(await eventually(() => volumeOf('shared'), 'the efs claim is bound')).toMatch(/^pvc-/);
    expect(await volumeOf('lost')).toBeUndefined();
    const volume = await read({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: data } });
    const nodeName = await eventually(
      async () => (await read(podWithClaims('user', [])))?.spec.nodeName,
      'the pod is bound',
    );
    const node = await read({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } });
    const zones = volume?.spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values;
    expect(zones).toEqual([node?.metadata.labels?.['topology.kubernetes.io/zone']]);
  });

  test('a Deployment runs and the scheduler refuses what does not fit', async () => {
    const apps = clientAs('admin').makeApiClient(AppsV1Api);
    const container = {
      name: 'main',
      image: 'example/image:1',
      resources: { limits: { 'nvidia.com/gpu': '99' } },
    };
    await apps.createNamespacedDeployment({
      namespace: 'default',
      body: {
        metadata: { name: 'too-big' },
        spec: {
          selector: { matchLabels: { app: 'too-big' } },
          template: { metadata: { labels: { app: 'too-big' } }, spec: { containers: [container] } },
        },
      },
    });
    const message = await eventually(async () => {
      const list = await cluster().api.send('GET', '/api/v1/namespaces/default/events');
      const events = list.items as { reason: string; message: string; involvedObject: { name: string } }[];
      return events.find(e => e.reason === 'FailedScheduling' && e.involvedObject.name.startsWith('too-big'))
        ?.message;
    }, 'the scheduler says why it cannot place the pod');
    expect(message).toMatch(/Insufficient nvidia\.com\/gpu/);
  });

  test('two clusters stand side by side, and stopping one leaves neither a process nor a folder', async () => {
    const second = await startCluster({ nodes: 'cpu=1', kubernetes: MINOR });
    const { path } = second.plane.folder;
    const owner = JSON.parse(readFileSync(`${path}/owner.json`, 'utf8')) as {
      children: { pid: number; stamp: string }[];
    };
    expect(owner.children.length).toBe(5);
    expect(second.server).not.toBe(cluster().server);
    await second.stop();
    expect(owner.children.filter(child => processStamp(child.pid) === child.stamp)).toEqual([]);
    expect(existsSync(path)).toBe(false);
    expect((await cluster().api.send('GET', '/readyz')).message).toBe('ok');
  });
});

function claim(name: string, storageClassName: string, mode: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: { storageClassName, accessModes: [mode], resources: { requests: { storage: '10Gi' } } },
  };
}

function podWithClaims(name: string, claims: readonly string[]): KubeObject {
  const volumes = claims.map(claimName => ({ name: claimName, persistentVolumeClaim: { claimName } }));
  const containers = [{ name: 'main', image: 'example/image:1' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers, volumes },
  };
}
