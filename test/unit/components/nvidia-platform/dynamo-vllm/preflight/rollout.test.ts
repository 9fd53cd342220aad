/** Updates played on paper, and what the checks say about those that would wait for ever. */

import { describe, expect, it } from 'vitest';
import { preflight } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/preflight/preflight.ts';
import {
  type Moving,
  stuckRoles,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/preflight/rollout.ts';
import { stuckUpdate } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/preflight/rollout-check.ts';
import type { Amounts, ClusterFacts, NodeUse } from '../../../../../../src/core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import type { Value } from '../../../../../../src/core/schema.ts';
import { nodes } from './machines.ts';
import { cluster, codesOf, operator, read, tell, textOf } from './world.ts';

const gpus = (count: number): Amounts => ({ gpus: count, cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0 });

const moving = (change: Partial<Moving> = {}): Moving => ({
  role: 'worker',
  running: [{ node: 'a', asked: gpus(1) }],
  wanted: 1,
  asked: gpus(1),
  open: new Set(['a', 'b']),
  replaced: true,
  budget: { surge: 1, unavailable: 0 },
  ...change,
});

const free = (a: number, b = 0) =>
  new Map([
    ['a', gpus(a)],
    ['b', gpus(b)],
  ]);

const two = [
  { node: 'a', asked: gpus(1) },
  { node: 'a', asked: gpus(1) },
];

describe('an update on paper', () => {
  it.each<[string, Partial<Moving>, Map<string, Amounts>, boolean]>([
    ['needs a free GPU for the pod that starts ahead', {}, free(0), true],
    ['comes to its end with one free GPU', {}, free(0, 1), false],
    ['cannot use a GPU on a node it may not go to', { open: new Set(['a']) }, free(0, 1), true],
    ['needs none when the old pod stops first', { budget: { surge: 0, unavailable: 1 } }, free(0), false],
    [
      'moves on with one pod less, because the surplus makes room',
      { running: two, wanted: 1 },
      free(0),
      false,
    ],
    [
      'that makes pods larger waits where one old pod frees too little for the next new one',
      { running: two, wanted: 2, asked: gpus(2) },
      free(2),
      true,
    ],
    [
      'that makes pods larger ends when old pods stop first',
      { running: two, wanted: 2, asked: gpus(2), budget: { surge: 0, unavailable: 1 } },
      free(2),
      false,
    ],
    ['without a change needs nothing', { replaced: false }, free(0), false],
    ['to more pods needs room for them alone', { replaced: false, wanted: 2 }, free(0), true],
    ['to more pods ends where there is room', { replaced: false, wanted: 2 }, free(1), false],
    ['to fewer pods ends always', { replaced: false, running: two, wanted: 1 }, free(0), false],
  ])('%s', (_, change, rooms, stuck) => {
    expect(stuckRoles([moving(change)], rooms).length > 0).toBe(stuck);
  });

  it('counts what one role frees for the others', () => {
    const shrinking = moving({ role: 'prefill', replaced: false, running: two, wanted: 1 });
    expect(stuckRoles([moving({ role: 'decode' }), shrinking], free(0))).toEqual([]);
    expect(stuckRoles([moving({ role: 'decode' })], free(0)).map(one => one.moving.role)).toEqual(['decode']);
  });
});

type Answers = Readonly<Record<string, Value>>;

const graphOf = (answers: Answers): KubernetesObject => {
  const graph = tell(answers).input.objects.find(({ kind }) => kind === 'DynamoGraphDeployment');
  if (graph === undefined) throw new Error('no graph was rendered');
  return graph;
};

const running = (role: string, node: string, pods: number, each = 1): NodeUse => ({
  node,
  namespace: 'dynamo-system',
  asked: gpus(pods * each),
  made: { deployment: 'qwen3-30b', role, pods },
});

/** One node with `total` GPUs, and pods of the deployment on it. */
const full = (answers: Answers, use: readonly NodeUse[], change: Partial<ClusterFacts> = {}): ClusterFacts =>
  cluster({
    nodes: read([...nodes('m6i.2xlarge', 1), ...nodes('p5.48xlarge', 1)]),
    use: read(use),
    graphs: read([graphOf(answers)]),
    ...change,
  });

const node = 'p5.48xlarge-0';
const others = (count: number): NodeUse => ({ node, namespace: 'dynamo-system', asked: gpus(count) });
const changed = { vllmArgs: '--max-model-len 4096' };

describe('the check of an update', () => {
  it('refuses one that waits for ever, with what helps', () => {
    const told = tell(changed, full({}, [running('worker', node, 1), others(7)]));
    expect(codesOf(told, 'fail')).toEqual(['update-deadlock']);
    expect(textOf(told)).toMatch(
      /new pod of worker needs 1 GPU on one node before an old one stops while the best node has none free/,
    );
    expect(textOf(told)).toContain('--update-strategy in-place');
    expect(textOf(told)).toContain('--skip-check update-deadlock');
  });

  it('has no objection when a GPU is free, when nothing changes, and when the old pod stops first', () => {
    const tight = [running('worker', node, 1), others(7)];
    expect(textOf(tell(changed, full({}, [running('worker', node, 1), others(6)])))).toBe('');
    expect(codesOf(tell({}, full({}, tight)), 'unknown')).toEqual([]);
    expect(textOf(tell({}, full({}, tight)))).toBe('');
    expect(textOf(tell({ ...changed, updateStrategy: 'in-place' }, full({}, tight)))).toBe('');
  });

  it('tells pods of others in the same namespace apart', () => {
    const facts = full({ replicas: 1 }, [running('worker', node, 1), others(7)]);
    expect(textOf(tell({ replicas: 2 }, facts))).toMatch(/2 GPUs are needed .*1 of 8 are free/);
  });

  it('knows that from 1.0 on all workers are replaced together', () => {
    const answers = { mode: 'disaggregated', release: '1.1.1', operatorRelease: '1.1.1' };
    const pods = [running('prefill', node, 1), running('decode', node, 1), others(6)];
    const change = { prefillExpertParallel: true };
    const release = (text: string) => ({ operators: read([operator(text)]) });
    const told = tell({ ...answers, ...change }, full(answers, pods, release('1.1.1')));
    expect(textOf(told)).toMatch(/pod of prefill .* and a new pod of decode needs 1 GPU/);
    const alone = { ...answers, release: '0.9.1', operatorRelease: '0.9.1' };
    const older = tell({ ...alone, ...change }, full(alone, pods, release('0.9.1')));
    expect(textOf(older)).toContain('pod of prefill');
    expect(textOf(older)).not.toContain('pod of decode');
  });

  it('leaves it to Karpenter where that can bring a node', () => {
    const pools = read([{ name: 'gpu', labels: {}, taints: [], requirements: [], limits: {}, ready: true }]);
    const facts = full({}, [running('worker', node, 1), others(7)], { nodePools: pools });
    expect(codesOf(tell(changed, facts), 'warn')).toEqual(['update-deadlock']);
  });

  it('says nothing where Grove replaces pods, or where pods cannot be told apart', () => {
    const tight = [running('worker', node, 1), others(7)];
    const grove = {
      group: 'grove.io',
      version: 'v1alpha1',
      kind: 'PodCliqueSet',
      plural: 'podcliquesets',
      namespaced: true,
    };
    const facts = full({}, tight);
    const { served } = facts;
    const kinds = served.kind === 'read' ? served.value : [];
    expect(codesOf(tell(changed, { ...facts, served: read([...kinds, grove]) }), 'fail')).toEqual([]);
    expect(codesOf(tell(changed, full({}, [others(8)])), 'fail')).toEqual([]);
  });
});

describe('the ways out', () => {
  it('are those that work', () => {
    const one = tell(changed, full({}, [running('worker', node, 1), others(7)]));
    expect(stuckUpdate(one.input)?.ways.map(way => way.with)).toEqual([{ updateStrategy: 'in-place' }]);
    const answers = { replicas: 2 };
    const several = tell({ ...answers, ...changed }, full(answers, [running('worker', node, 2), others(6)]));
    expect(stuckUpdate(several.input)?.ways.map(way => way.with)).toEqual([
      { updateStrategy: 'in-place' },
      { replicas: 1 },
    ]);
    const grown = tell(
      { ...answers, tensorParallelSize: 2 },
      full(answers, [running('worker', node, 2), others(4)]),
    );
    expect(stuckUpdate(grown.input)?.ways.map(way => way.with)).toEqual([
      { updateStrategy: 'in-place' },
      { replicas: 1 },
    ]);
    expect(textOf(grown)).toContain('best node has 1 free');
  });

  it('are none where nothing is in the way', () => {
    const told = tell(changed, full({}, [running('worker', node, 1)]));
    expect(stuckUpdate(told.input)).toBeNull();
    expect(preflight.checks(told.input).find(({ code }) => code === 'update-deadlock')?.outcome).toBe('pass');
  });
});
