import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import { systemNodes } from './expected.ts';
import { nodes } from './machines.ts';
import { cluster, efs, gp3, graphKind, hub, operator, read, type Told, tell, textOf } from './world.ts';

describe('what must not alarm', () => {
  const quiet = (told: Told): void => {
    expect(textOf(told)).toBe('');
    expect(textOf(told, 'warning')).toBe('');
    expect(told.results.length).toBeGreaterThan(10);
  };

  it('tolerated taints and a cordoned node with a GPU that is too small', () => {
    const facts = cluster({
      nodes: read([
        ...systemNodes,
        ...nodes('p5.4xlarge', 2, {
          taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
        }),
        ...nodes('g4dn.xlarge', 1, {
          unschedulable: true,
          taints: [{ key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }],
        }),
        ...nodes('c7i.4xlarge', 1, {
          taints: [
            { key: 'dedicated', value: 'monitoring', effect: 'NoSchedule' },
            { key: 'CriticalAddonsOnly', value: '', effect: 'PreferNoSchedule' },
          ],
        }),
      ]),
    });
    const told = tell({}, facts);
    quiet(told);
    const all = told.results.map(({ message }) => message).join('\n');
    expect(all).not.toMatch(/taint.{0,60}(not tolerated|untolerated|block)/i);
    expect(all).not.toMatch(/cannot run on.{0,20}T4/i);
  });

  it('a large model on large GPUs', () => {
    const model = 'Qwen/Qwen3-235B-A22B-FP8';
    const facts = cluster({ nodes: read([...systemNodes, ...nodes('p5.48xlarge', 1)]) });
    quiet(tell({ model, tensorParallelSize: 4 }, facts, hub(model, { weightsBytes: 220.6 * 2 ** 30 })));
  });

  it('Karpenter, which will bring a GPU node', () => {
    const facts = cluster({
      nodes: read(systemNodes),
      nodePools: read([
        {
          name: 'gpu',
          labels: {},
          taints: [{ key: 'nvidia.com/gpu', value: '', effect: 'NoSchedule' }],
          requirements: [
            { key: 'karpenter.k8s.aws/instance-family', operator: 'In', values: ['p5'] },
            { key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'Gt', values: ['0'] },
          ],
          limits: { 'nvidia.com/gpu': '16' },
          ready: true,
        },
      ]),
    });
    const told = tell({}, facts);
    expect(textOf(told)).toBe('');
    expect(textOf(told, 'warning')).toMatch(/Karpenter.*NodePool gpu/);
    expect(textOf(told, 'warning')).not.toMatch(/add (a )?gpu node|no gpu nodes?.{0,30}(abort|error|fail)/i);
  });

  it('an id in lower case that the Hub knows', () => {
    const facts = cluster({ nodes: read([...systemNodes, ...nodes('p5.4xlarge', 1)]) });
    quiet(
      tell(
        { model: 'qwen/qwen3-8b', name: 'qwen3-8b' },
        facts,
        hub('qwen/qwen3-8b', { id: 'Qwen/Qwen3-8B' }),
      ),
    );
  });

  it('an operator of 1.2 that serves both versions', () => {
    const facts = cluster({
      served: read([graphKind('v1alpha1'), graphKind('v1beta1')]),
      operators: read([
        operator('1.2.1', {
          args: ['--config=/etc/dynamo-operator/config.yaml', '--operator-version=1.2.1'],
        }),
      ]),
    });
    quiet(tell({}, facts));
  });

  it("other people's deployments in the same namespace", () => {
    const theirs: KubernetesObject = {
      apiVersion: 'nvidia.com/v1alpha1',
      kind: 'DynamoGraphDeployment',
      metadata: { name: 'llama-test', namespace: 'dynamo-system', labels: { owner: 'bob' } },
      spec: { services: { Frontend: { componentType: 'frontend', replicas: 1 } } },
      status: { state: 'failed' },
    };
    quiet(tell({}, cluster({ graphs: read([theirs]) })));
  });

  it('the simplest cluster, with a class for disks alone', () => {
    quiet(tell({}, cluster({ storageClasses: read([gp3]) })));
    quiet(tell({}, cluster({ storageClasses: read([gp3, efs]) })));
  });

  it.each(['0.8.1', '1.0.2', '1.1.1', '1.3.1', '1.4.2', '1.5.1', '1.6.1'])('operator %s', release => {
    const versions =
      Number(release.slice(2, 3)) >= 2 && release.startsWith('1') ? ['v1alpha1', 'v1beta1'] : ['v1alpha1'];
    quiet(tell({}, cluster({ served: read(versions.map(graphKind)), operators: read([operator(release)]) })));
  });
});
