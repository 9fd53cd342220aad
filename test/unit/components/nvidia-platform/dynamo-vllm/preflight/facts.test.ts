import { describe, expect, it } from 'vitest';
import { preflight } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/preflight/preflight.ts';
import type { ClusterFacts } from '../../../../../../src/core/cluster-facts.ts';
import { nodes } from './machines.ts';
import { cluster, forbidden, hub, read } from './world.ts';

const factsOf = (change: Partial<ClusterFacts> = {}) => preflight.facts(cluster(change), null, false);
const asked = { gpus: 3, cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0 };

describe('facts for planning', () => {
  it('say what was read', () => {
    const facts = preflight.facts(
      cluster({
        nodes: read(nodes('g6e.12xlarge', 2)),
        use: read([{ node: 'g6e.12xlarge-1', namespace: 'vision', asked }]),
      }),
      hub('qwen/qwen3-8b', { id: 'Qwen/Qwen3-8B', weightsBytes: 16 }),
      true,
    );
    expect(facts).toMatchObject({
      operatorRelease: '0.9.1',
      platform: 'eks',
      secrets: ['hf-token-secret'],
      monitoring: false,
      model: { asked: 'qwen/qwen3-8b', id: 'Qwen/Qwen3-8B', weightsBytes: 16 },
      token: true,
    });
    expect(facts.gpuNodes).toMatchObject([
      { name: 'g6e.12xlarge-0', freeGpus: 4, product: 'NVIDIA-L40S', gpus: 4, gpu: { name: 'L40S' } },
      { name: 'g6e.12xlarge-1', freeGpus: 1, product: 'NVIDIA-L40S', gpus: 4, gpu: { name: 'L40S' } },
    ]);
    expect(facts.gpuPools).toBe(false);
  });

  it('are null for what was not read', () => {
    const facts = factsOf({
      nodes: forbidden,
      claims: forbidden,
      secrets: forbidden,
      storageClasses: forbidden,
      served: forbidden,
    });
    expect(facts).toMatchObject({
      claims: null,
      secrets: null,
      storageClasses: null,
      monitoring: null,
      gpuNodes: null,
      model: null,
    });
    expect(factsOf({ use: forbidden }).gpuNodes).toBeNull();
  });

  it('leave out GPU nodes that take no pods', () => {
    const list = [
      ...nodes('p5.4xlarge', 1, { unschedulable: true }),
      ...nodes('g6.xlarge', 1, { ready: false }),
    ];
    expect(factsOf({ nodes: read(list) }).gpuNodes).toEqual([]);
  });

  it('count what running pods hold, our own too', () => {
    const use = read([{ node: 'g6e.12xlarge-0', namespace: 'dynamo-system', asked }]);
    const one = read(nodes('g6e.12xlarge', 1));
    expect(factsOf({ nodes: one, use }).gpuNodes?.[0]?.freeGpus).toBe(1);
  });

  it('tell what a deployment was held on before', () => {
    const record = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'dynamo-installer-a', labels: { 'app.kubernetes.io/instance': 'a' } },
      data: { 'answers.yaml': 'nodeSelector:\n  - nvidia.com/gpu.product=NVIDIA-L4\n' },
    };
    expect(factsOf({ answers: read([record]) }).nodeSelectors).toEqual({
      a: ['nvidia.com/gpu.product=NVIDIA-L4'],
    });
  });

  it('tell EKS by nodes, version or address, and everything else apart', () => {
    const elsewhere = nodes('p5.4xlarge', 1).map(node => ({ ...node, kubelet: 'v1.33.5' }));
    const target = { ...cluster().target, server: 'https://10.0.0.1:6443' };
    const plain = { nodes: read(elsewhere), version: read('v1.33.5'), target };
    expect(factsOf(plain).platform).toBe('k8s');
    expect(factsOf({ ...plain, version: read('v1.33.5-eks-3abbec1') }).platform).toBe('eks');
    expect(factsOf({ ...plain, target: cluster().target }).platform).toBe('eks');
    expect(factsOf({ ...plain, nodes: forbidden }).platform).toBeNull();
  });
});
