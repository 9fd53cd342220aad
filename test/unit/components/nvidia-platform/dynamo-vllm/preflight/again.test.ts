import { describe, expect, it } from 'vitest';
import { preflight } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/preflight/preflight.ts';
import { blameOf } from '../../../../../../src/core/check.ts';
import type { ClusterFacts, NodeUse } from '../../../../../../src/core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import type { Value } from '../../../../../../src/core/schema.ts';
import { nodes } from './machines.ts';
import { claim, cluster, codesOf, gp3, hub, object, read, tell, textOf } from './world.ts';

type Answers = Readonly<Record<string, Value>>;

/** The deployment that these answers made, as it is there afterwards. */
const deployed = (answers: Answers, facts: ClusterFacts = cluster()): KubernetesObject => {
  const graph = tell(answers, facts).input.objects.find(({ kind }) => kind === 'DynamoGraphDeployment');
  if (graph === undefined) throw new Error('no graph was rendered');
  return graph;
};

const held = (node: string, gpus: number, namespace = 'dynamo-system'): NodeUse => ({
  node,
  namespace,
  asked: { gpus, cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0 },
});

const service = object('qwen3-30b-frontend', {
  labels: { 'nvidia.com/dynamo-graph-deployment-name': 'qwen3-30b' },
});

describe('the same deployment again', () => {
  const running = (answers: Answers, change: Partial<ClusterFacts> = {}) =>
    cluster({
      nodes: read([...nodes('m6i.2xlarge', 1), ...nodes('p5.4xlarge', 1)]),
      use: read([held('p5.4xlarge-0', 1)]),
      graphs: read([deployed(answers)]),
      services: read([service]),
      ...change,
    });

  it('is not refused because its own pods hold the GPUs', () => {
    const told = tell({}, running({}));
    expect(textOf(told)).toBe('');
    expect(codesOf(told, 'unknown')).toEqual(['gpu-placement']);
    expect(told.results.find(({ code }) => code === 'name-taken')?.message).toMatch(/will be updated/);
  });

  it('is refused when others hold them, or when it asks for more than all its own would free', () => {
    expect(textOf(tell({}, running({}, { use: read([held('p5.4xlarge-0', 1, 'vision')]) })))).toMatch(
      /best node has 0 free \(1 in use by namespace vision\)/,
    );
    expect(textOf(tell({ replicas: 2 }, running({})))).toMatch(/2 GPUs are needed .*1 of 1 are free/);
  });

  it('on a disk for one node is not refused either', () => {
    const disks = { storageClasses: read([gp3]) };
    const there = claim('dynamo-model-cache', {
      accessModes: ['ReadWriteOnce'],
      storageClass: 'gp3',
      labels: { 'app.kubernetes.io/managed-by': 'dynamo-installer' },
    });
    const facts = running({}, { ...disks, claims: read([there]) });
    expect(textOf(tell({}, facts))).toBe('');
  });

  it('is not stopped by a quota that its own pods use up', () => {
    const hard = { 'requests.nvidia.com/gpu': '1' };
    const quotas = read([{ name: 'gpus', hard, used: hard, scoped: false }]);
    const told = tell({}, running({}, { quotas }));
    expect(textOf(told)).toBe('');
    expect(codesOf(told, 'unknown')).toContain('quota');
    expect(textOf(tell({ replicas: 2 }, running({}, { quotas })))).toMatch(/ResourceQuota gpus allows 1 GPU/);
  });

  it('is not stopped by the Hub, because it has its model', () => {
    const model = 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8';
    const said = hub(model, { verdict: 'missing', id: null });
    expect(blameOf(tell({}, running({}), said).results)).toBeNull();
    expect(blameOf(tell({}, cluster(), said).results)).toBe('refused');
  });

  it('with another model needs a yes', () => {
    const model = 'Qwen/Qwen3-8B';
    expect(textOf(tell({ model }, running({})))).toMatch(
      /serves Qwen\/Qwen3-30B.*replaced by Qwen\/Qwen3-8B/,
    );
    const attended = tell({ model }, running({}), hub(model), { unattended: false });
    expect(textOf(attended)).toBe('');
    expect(codesOf(attended, 'warn')).toEqual(['other-model']);
  });

  it('that is being deleted is waited for by the person', () => {
    const graph = deployed({});
    const going = { ...graph, metadata: { ...graph.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(textOf(tell({}, cluster({ graphs: read([going]) })))).toMatch(/is being deleted/);
  });
});

describe('what cannot be changed in place', () => {
  const change = (before: Answers, after: Answers) =>
    preflight.replacement(tell(after, cluster({ graphs: read([deployed(before)]) })).input)?.reason ?? null;

  it('is the mode, not the number of replicas', () => {
    expect(change({}, { replicas: 2 })).toBeNull();
    expect(change({}, { mode: 'disaggregated' })).toMatch(
      /worker would go and prefill and decode would come/,
    );
    expect(change({ mode: 'disaggregated' }, {})).toMatch(/qwen3-30b cannot be changed in place/);
  });

  it('is the number of nodes of a worker, and the framework', () => {
    const graph = deployed({});
    const spec = graph['spec'] as { services: Record<string, object> };
    const services = {
      ...spec.services,
      worker: { ...spec.services['worker'], multinode: { nodeCount: 2 } },
    };
    const with2 = { ...graph, spec: { ...spec, services } };
    const reasonFor = (there: KubernetesObject) =>
      preflight.replacement(tell({}, cluster({ graphs: read([there]) })).input)?.reason;
    expect(reasonFor(with2)).toMatch(/worker cannot change between one node and several/);
    expect(reasonFor({ ...graph, spec: { ...spec, backendFramework: 'sglang' } })).toMatch(/sglang to vllm/);
  });

  it('says nothing of a deployment that is not ours, or not there', () => {
    const graph = deployed({ mode: 'disaggregated' });
    const theirs = { ...graph, metadata: { ...graph.metadata, labels: {} } };
    expect(preflight.replacement(tell({}, cluster({ graphs: read([theirs]) })).input)).toBeNull();
    expect(preflight.replacement(tell({}).input)).toBeNull();
  });

  it('reads one version against the other', () => {
    const beta = deployed({ release: '1.4.2', operatorRelease: '1.4.2' });
    expect(beta.apiVersion).toBe('nvidia.com/v1beta1');
    const input = tell(
      { release: '1.3.1', operatorRelease: '1.3.1' },
      cluster({ graphs: read([beta]) }),
    ).input;
    expect(preflight.replacement(input)).toBeNull();
  });
});

describe('names of others', () => {
  it('are not overwritten: a Service of that name', () => {
    const told = tell(
      {},
      cluster({ services: read([object('qwen3-30b-frontend', { managers: ['helm'] })]) }),
    );
    expect(textOf(told)).toMatch(/A Service qwen3-30b-frontend exists already .*managed by Helm/);
    expect(blameOf(told.results)).toBe('refused');
    expect(textOf(tell({}, cluster({ services: read([service]) })))).toBe('');
  });

  it('are not overwritten: a Job', () => {
    const job = tell({}).input.objects.find(({ kind }) => kind === 'Job')?.metadata.name ?? '';
    expect(textOf(tell({}, cluster({ jobs: read([object(job)]) })))).toContain(`A Job ${job} exists already`);
    const labels = { 'app.kubernetes.io/managed-by': 'dynamo-installer' };
    expect(textOf(tell({}, cluster({ jobs: read([object(job, { labels })]) })))).toBe('');
  });

  it('do not run into each other through the names of components', () => {
    const theirs: KubernetesObject = {
      apiVersion: 'nvidia.com/v1alpha1',
      kind: 'DynamoGraphDeployment',
      metadata: { name: 'qwen3', namespace: 'dynamo-system' },
      spec: { services: { '30b-worker': { componentType: 'worker' } } },
    };
    expect(textOf(tell({}, cluster({ graphs: read([theirs]) })))).toMatch(
      /qwen3-30b and qwen3 would both have a component qwen3-30b-worker/,
    );
  });
});
