import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import type { PodLife } from '../kit/cluster/pods/podLife.ts';
import { crash, evict, failToPull, loseNode, outOfMemory } from '../kit/cluster/pods/troubles.ts';
import { describeWithCluster, eventually } from './support.ts';

const held: PodLife[] = [];

// Pods run as usual, then wait for what a test does to them.
const script = () => async (life: PodLife) => {
  await life.reach('running');
  held.push(life);
};

describeWithCluster('the life of pods', { nodes: 'cpu=2', script }, cluster => {
  const core = () => {
    const config = new KubeConfig();
    config.loadFromFile(cluster().kubeconfig);
    return config.makeApiClient(CoreV1Api);
  };
  const newPod = async (name: string) => {
    await cluster().objects.create(workerPod(name));
    return eventually(async () => held.find(life => life.pod.metadata.name === name), 'the pod runs');
  };
  const mainOf = async (name: string) => {
    const pod = await core().readNamespacedPod({ name, namespace: 'default' });
    return { phase: pod.status?.phase, reason: pod.status?.reason, main: pod.status?.containerStatuses?.[0] };
  };
  const reasonsOf = async (name: string) => {
    const { items } = await core().listNamespacedEvent({
      namespace: 'default',
      fieldSelector: `involvedObject.name=${name}`,
    });
    return items.map(event => event.reason);
  };

  const refusedYet = (error: unknown): undefined => {
    if (!/no logs found/.test(String(error))) throw error;
  };

  test('logs are served while they happen, and the previous container keeps its own', async () => {
    const life = await newPod('talker');
    life.logs.add('main', ['first', 'second']);
    const read = (previous: boolean) =>
      core().readNamespacedPodLog({ name: 'talker', namespace: 'default', previous });
    // kwok learns a little later than the pod where the log lies, and refuses until then.
    const first = await eventually(() => read(false).catch(refusedYet), 'the log is served');
    expect(first).toBe('first\nsecond\n');
    await crash(life, ['RuntimeError: the last words'], 2, 3);
    life.logs.add('main', ['again']);
    expect(await read(false)).toBe('again\n');
    expect(await read(true)).toBe('first\nsecond\nRuntimeError: the last words\n');
    const { main } = await mainOf('talker');
    expect(main).toMatchObject({
      ready: false,
      restartCount: 2,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
    });
    expect(main?.lastState?.terminated?.exitCode).toBe(3);
    expect(await reasonsOf('talker')).toEqual(
      expect.arrayContaining(['Scheduled', 'Pulled', 'Started', 'BackOff']),
    );
  });

  test('an image that cannot be pulled', async () => {
    await failToPull(await newPod('puller'), 'not found');
    const { phase, main } = await mainOf('puller');
    expect([phase, main?.state?.waiting?.reason]).toEqual(['Pending', 'ImagePullBackOff']);
  });

  test('memory, eviction', async () => {
    await outOfMemory(await newPod('eater'), 1);
    expect((await mainOf('eater')).main?.lastState?.terminated).toMatchObject({
      exitCode: 137,
      reason: 'OOMKilled',
    });
    await evict(await newPod('guest'), 'ephemeral-storage');
    expect(await mainOf('guest')).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
  });

  test('a lost node is not ready and takes no more pods', async () => {
    await loseNode(cluster().api, 'cpu-1');
    const taints = await eventually(async () => {
      const node = await core().readNode({ name: 'cpu-1' });
      return node.spec?.taints?.some(taint => taint.key === 'node.kubernetes.io/unreachable')
        ? node.spec.taints
        : undefined;
    }, 'the node controller taints the lost node');
    expect(taints.map(taint => taint.effect)).toContain('NoSchedule');
  });
});

function workerPod(name: string): KubeObject {
  const labels = {
    'nvidia.com/dynamo-graph-deployment-name': 'none',
    'nvidia.com/dynamo-component-type': 'worker',
  };
  const spec = { containers: [{ name: 'main', image: 'example/image:1' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels }, spec };
}
