/** Pods of an update that find no node yet: the old ones make way one after the other. */

import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import { deployed, liveGraph, look, podOf, readyStatus, seen, unschedulable } from './scenery.ts';

const awaited = deployed({ name: 'qwen3-30b', replicas: 2 });
const message = '0/4 nodes are available: 4 Insufficient nvidia.com/gpu.';
const unplaced = podOf(awaited, 'worker', { node: null, status: unschedulable(message, 1) });

const first = liveGraph(awaited, { observedGeneration: 1 }, { generation: 1 });
const changed = liveGraph(awaited, { observedGeneration: 2 }, { generation: 2 });

const named = (seconds: number, graph: KubernetesObject, ...pods: readonly KubernetesObject[]): string[] =>
  look(awaited, seen(seconds, { graph, pods: [unplaced, ...pods] })).hopeless.map(({ rule }) => rule);

const leaving = (): KubernetesObject => {
  const pod = podOf(awaited, 'worker', { name: 'old' });
  const metadata = { ...pod.metadata, deletionTimestamp: '2026-11-21T08:00:05Z' };
  return { ...pod, metadata };
};

const starting = (): KubernetesObject => {
  const pod = podOf(awaited, 'worker', { name: 'starting' });
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] };
  return { ...pod, status };
};

describe('a pod without a node', () => {
  it('of a first deployment is named after some seconds', () => {
    expect(named(30, first)).toEqual(['schedule-gpu']);
  });

  it('of an update is given the time that an old pod needs to end', () => {
    expect(named(30, changed)).toEqual([]);
    expect(named(95, changed)).toEqual(['schedule-gpu']);
  });

  it('of an update is not named while an old pod ends, or another new one starts', () => {
    expect(named(300, changed, leaving())).toEqual([]);
    expect(named(300, changed, starting())).toEqual([]);
  });

  it('of an update is given its time anew when another new one is ready, whose old one makes way next', () => {
    const ready = podOf(awaited, 'worker', { name: 'ready', status: readyStatus(300) });
    expect(named(302, changed, ready)).toEqual([]);
    expect(named(395, changed, ready)).toEqual(['schedule-gpu']);
    expect(named(302, first, ready)).toEqual(['schedule-gpu']);
  });

  it('is an update too where the deployment is older than the wait, and where operators tell nothing', () => {
    expect(named(30, liveGraph(awaited, {}, { creationTimestamp: '2026-11-20T08:00:00Z' }))).toEqual([]);
    expect(named(30, liveGraph(awaited, {}, { generation: 3 }))).toEqual([]);
    expect(named(30, liveGraph(awaited, {}, { generation: 2 }))).toEqual(['schedule-gpu']);
  });
});
