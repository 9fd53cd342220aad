import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../../../src/core/schema.ts';
import type { Awaited, Outlook, Sight } from '../../../../../../src/core/sight.ts';
import { deployed, graphIn, liveGraph, look, moment, podOf, readyStatus, seen, time } from './scenery.ts';

type Data = Readonly<Record<string, unknown>>;

const of = (replicas: number, more: Data = {}): Data => ({
  replicas,
  updatedReplicas: replicas,
  readyReplicas: replicas,
  availableReplicas: replicas,
  ...more,
});

/** A status as an operator writes it when all is well since `since` seconds. */
const successful = (since: number, parts: Data, more: Data = {}): Data => ({
  state: 'successful',
  conditions: [
    { type: 'Ready', status: 'True', reason: 'all_resources_are_ready', lastTransitionTime: time(since) },
  ],
  ...parts,
  ...more,
});

const readyPods = (awaited: Awaited, workers: number, since: number) => [
  podOf(awaited, 'Frontend', { status: readyStatus(since) }),
  ...Array.from({ length: workers }, (_, at) =>
    podOf(awaited, 'worker', { name: `${awaited.name}-worker-6c9f7d8b5-${at}`, status: readyStatus(since) }),
  ),
];

/** What is made of it `seconds` after the wait began. */
const lookAt = (
  awaited: Awaited,
  seconds: number,
  status: Data,
  metadata: Data = {},
  some: Partial<Sight> = {},
): Outlook =>
  look(
    awaited,
    seen(seconds, {
      graph: liveGraph(awaited, status, metadata),
      pods: readyPods(awaited, 1, -60),
      ...some,
    }),
  );

const inRelease = (release: string, answers: Readonly<Record<string, Value>> = {}): Awaited =>
  deployed({ name: 'qwen3-8b', model: 'Qwen/Qwen3-8B', release, ...answers });

const origin = (release: string): Data => ({
  annotations: { 'nvidia.com/dynamo-operator-origin-version': release },
});

describe('the old success after a change of replicas from 1 to 2', () => {
  const stale = successful(-60, { services: { Frontend: of(1), worker: of(1) } });

  it('is not taken for the new one on 0.9.1, where nothing but the numbers tells', () => {
    const awaited = inRelease('0.9.1', { replicas: 2 });
    expect(lookAt(awaited, 30, stale, { generation: 3 }).done).toBe(false);
  });

  it('is not taken for it on 1.0.2, neither before nor after the generation was seen', () => {
    const awaited = inRelease('1.0.2', { replicas: 2 });
    for (const observedGeneration of [1, 2])
      expect(lookAt(awaited, 30, { ...stale, observedGeneration }, { generation: 2 }).done).toBe(false);
  });

  it('ends with both pods', () => {
    const awaited = inRelease('0.9.1', { replicas: 2 });
    const status = successful(20, { services: { Frontend: of(1), worker: of(2) } });
    const pods = readyPods(awaited, 2, 18);
    expect(lookAt(awaited, 23, status, { generation: 3 }, { pods }).done).toBe(true);
  });
});

describe('the old success after a change of the template', () => {
  const services = { Frontend: of(1), worker: of(1) };

  it('is looked at twice, a second apart, on 0.9.1', () => {
    const outlook = lookAt(inRelease('0.9.1'), 0.4, successful(-60, { services }), { generation: 3 });
    expect(outlook.done).toBe(false);
    expect(outlook.lookAgainAt).toBe(moment(1));
    expect(lookAt(inRelease('0.9.1'), 1, successful(-60, { services }), { generation: 3 }).done).toBe(true);
  });

  it('is not believed while the pods are those of the old template', () => {
    const awaited = inRelease('0.9.1');
    const old = podOf(awaited, 'worker', {
      created: -600,
      spec: { containers: [{ name: 'main', image: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.8.1' }] },
      status: readyStatus(-60),
    });
    const pods = [podOf(awaited, 'Frontend', { status: readyStatus(-60) }), old];
    expect(lookAt(awaited, 5, successful(-60, { services }), {}, { pods }).done).toBe(false);
    expect(lookAt(awaited, 61, successful(-60, { services }), {}, { pods }).done).toBe(true);
  });

  it('is not believed on 1.0.2 during the rolling update', () => {
    const rolling = { rollingUpdate: { phase: 'InProgress', startTime: time(1) }, observedGeneration: 2 };
    expect(
      lookAt(inRelease('1.0.2'), 30, successful(-60, { services }, rolling), { generation: 2 }).done,
    ).toBe(false);
    const over = { rollingUpdate: { phase: 'Completed', endTime: time(20) }, observedGeneration: 2 };
    const status = successful(20, { services }, over);
    const newer = podOf(inRelease('1.0.2'), 'worker', { status: readyStatus(19) });
    const pods = [podOf(inRelease('1.0.2'), 'Frontend', { status: readyStatus(-60) }), newer];
    expect(lookAt(inRelease('1.0.2'), 22, status, { generation: 2 }, { pods }).done).toBe(true);
  });

  it('carries an old generation from 1.2 on, and a new one at once counts', () => {
    const awaited = inRelease('1.2.1');
    const metadata = { generation: 2, ...origin('1.2.1') };
    expect(
      lookAt(awaited, 0.1, successful(-60, { services }, { observedGeneration: 1 }), metadata).done,
    ).toBe(false);
    expect(lookAt(awaited, 0.1, successful(0, { services }, { observedGeneration: 2 }), metadata).done).toBe(
      true,
    );
  });
});

describe('the first success of a deployment that was never changed', () => {
  const services = { Frontend: of(1), worker: of(1) };

  it('counts at once, with the generation that the finalizer adds on 0.9.1', () => {
    expect(lookAt(inRelease('0.9.1'), 0.1, successful(0, { services }), { generation: 2 }).done).toBe(true);
    const status = successful(0, { services }, { observedGeneration: 1 });
    expect(lookAt(inRelease('1.0.2'), 0.1, status, { generation: 1 }).done).toBe(true);
  });
  it('settles where the second generation may be a change', () => {
    const status = successful(0, { services }, { observedGeneration: 2 });
    expect(lookAt(inRelease('1.0.2'), 0.1, status, { generation: 2 }).done).toBe(false);
  });
});

describe('what else keeps it from being done', () => {
  const awaited = inRelease('1.4.2');
  const components = { Frontend: of(1), worker: of(1) };
  const metadata = origin('1.4.2');
  const status = successful(20, { components }, { observedGeneration: 1 });

  it('nothing, in v1beta1 too', () => {
    expect(graphIn(awaited).apiVersion).toBe('nvidia.com/v1beta1');
    expect(lookAt(awaited, 30, status, metadata)).toMatchObject({ done: true, logs: [], lookAgainAt: null });
  });

  it.each([
    ['a component that is not in the status yet', { components: { Frontend: of(1) } }],
    ['a pod too few', { components: { Frontend: of(1), worker: of(0) } }],
    ['an old pod that is still there', { components: { Frontend: of(1), worker: of(1, { replicas: 2 }) } }],
    ['an old template', { components: { Frontend: of(1), worker: of(1, { updatedReplicas: 0 }) } }],
    ['a restart', { restart: { phase: 'Restarting' } }],
    ['a state of its own', { state: 'pending' }],
  ])('%s', (_, change) => {
    expect(lookAt(awaited, 30, { ...status, ...change }, metadata).done).toBe(false);
  });

  it('a pod that is on its way out, or not ready', () => {
    const leaving = podOf(awaited, 'worker', {
      metadata: { deletionTimestamp: time(25) },
      status: readyStatus(10),
    });
    const frontend = podOf(awaited, 'Frontend', { status: readyStatus(10) });
    expect(lookAt(awaited, 30, status, metadata, { pods: [frontend, leaving] }).done).toBe(false);
    expect(lookAt(awaited, 30, status, metadata, { pods: [frontend, podOf(awaited, 'worker')] }).done).toBe(
      false,
    );
  });

  it('the end of the deployment itself', () => {
    const outlook = lookAt(awaited, 30, status, { ...metadata, deletionTimestamp: time(29) });
    expect(outlook.done).toBe(false);
    expect(outlook.hopeless.map(one => one.rule)).toEqual(['graph-deleted']);
  });
});
