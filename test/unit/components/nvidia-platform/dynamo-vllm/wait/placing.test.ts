import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import type { Awaited, Outlook } from '../../../../../../src/core/sight.ts';
import {
  completeJob,
  deployed,
  event,
  liveGraph,
  liveJob,
  look,
  moment,
  names,
  podOf,
  seen,
  textOf,
  time,
  unschedulable,
} from './scenery.ts';

const small = { name: 'qwen3-30b' };

describe('a deployment that nobody takes up', () => {
  const awaited = deployed({ ...small, namespace: 'team-a' });
  const untouched = liveGraph(awaited, {}, { finalizers: [] });
  const graph = { ...untouched, status: {} };

  it('is named half a minute after it was made', () => {
    const outlook = look(awaited, seen(31, { graph }));
    names(outlook, 'graph-unattended', [/operator/i, /team-a/, /restrict|reconcil|status/, /namespace/]);
  });

  it('is given that time, and looked at again when it is over', () => {
    const outlook = look(awaited, seen(20, { graph }));
    expect(outlook.hopeless).toEqual([]);
    expect(outlook.lookAgainAt).toBe(moment(30));
  });

  it('is not named when the operator has put its finalizer on it', () => {
    const outlook = look(awaited, seen(60, { graph: { ...liveGraph(awaited), status: {} } }));
    expect(outlook.hopeless).toEqual([]);
  });

  it('is not named when a clock that is ahead makes it look old', () => {
    const old = { ...liveGraph(awaited, {}, { finalizers: [], creationTimestamp: time(-600) }), status: {} };
    expect(look(awaited, seen(5, { graph: old })).hopeless).toEqual([]);
  });
});

describe('pods that no node takes', () => {
  const awaited = deployed(small);
  const message =
    '0/4 nodes are available: 2 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {team: research}. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.';
  const pod = podOf(awaited, 'worker', { node: null, status: unschedulable(message, 1) });
  const graph = liveGraph(awaited);

  it.each([
    [message],
    [message.replace('untolerated taint {', 'untolerated taint(s) {')],
    [
      "0/4 nodes are available: 2 Insufficient nvidia.com/gpu, 2 node(s) had taint {team: research}, that the pod didn't tolerate.",
    ],
  ])('names the taint that is in the way: %s', text => {
    const worker = podOf(awaited, 'worker', { node: null, status: unschedulable(text, 1) });
    const outlook = look(awaited, seen(9, { graph, pods: [worker] }));
    names(
      outlook,
      'schedule-taint',
      [/2 nodes carry the taint team=research/, /toleration/, /owner/],
      [/all gpus (are )?in use/i, /no gpu nodes?/i],
    );
    expect(outlook.evidence).toEqual([text]);
  });

  it('waits some seconds for somebody who makes a node', () => {
    const outlook = look(awaited, seen(5, { graph, pods: [pod] }));
    expect(outlook.hopeless).toEqual([]);
    expect(outlook.lookAgainAt).toBe(moment(9));
    expect(outlook.rows.find(row => row.role === 'worker')?.stage).toBe('scheduling');
  });

  it('names a refusal of the cluster autoscaler at once', () => {
    const refusal = event(
      pod,
      3,
      'NotTriggerScaleUp',
      "pod didn't trigger scale-up: 1 max node group size reached",
    );
    const outlook = look(awaited, seen(4, { graph, pods: [pod], events: [refusal] }));
    names(outlook, 'schedule-taint', [/max node group size reached/]);
  });

  it('names GPUs with what is asked for', () => {
    const text = '0/3 nodes are available: 1 Insufficient cpu, 3 Insufficient nvidia.com/gpu.';
    const worker = podOf(awaited, 'worker', { node: null, status: unschedulable(text, 1) });
    names(look(awaited, seen(10, { graph, pods: [worker] })), 'schedule-gpu', [
      /asks for 1 nvidia\.com\/gpu, and 3 nodes/,
      /1 node: too little cpu/,
      /check --namespace dynamo-system$/m,
    ]);
  });

  it('names a volume that holds all pods on one node, once no download does', () => {
    const text =
      "0/2 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) didn't match pod affinity rules. preemption: none.";
    const worker = podOf(awaited, 'worker', { node: null, status: unschedulable(text, 1) });
    const at = (seconds: number, jobs: readonly KubernetesObject[]): Outlook =>
      look(awaited, seen(seconds, { graph, pods: [worker], jobs }));
    expect(at(60, [liveJob(awaited)]).hopeless).toEqual([]);
    names(at(60, [completeJob(awaited, 2)]), 'schedule-together', [/share a volume/, /ReadWriteMany/]);
  });

  it('names labels that no node has', () => {
    const text = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.";
    const worker = podOf(awaited, 'worker', { node: null, status: unschedulable(text, 1) });
    names(look(awaited, seen(10, { graph, pods: [worker] })), 'schedule-labels', [
      /labels/,
      /--node-selector/,
    ]);
  });

  it('gives a known maker of nodes minutes', () => {
    const grown: Awaited = { ...awaited, nodeMaker: 'Karpenter' };
    expect(look(grown, seen(60, { graph, pods: [pod] })).hopeless).toEqual([]);
  });

  it('says that a gate holds a pod back', () => {
    const gated = podOf(awaited, 'worker', {
      node: null,
      spec: { schedulingGates: [{ name: 'kueue.x-k8s.io/admission' }] },
      status: {
        phase: 'Pending',
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', lastTransitionTime: time(1) },
        ],
      },
    });
    const outlook = look(awaited, seen(32, { graph, pods: [gated] }));
    expect(outlook.hopeless).toEqual([]);
    expect(textOf(outlook.notices)).toMatch(/kueue\.x-k8s\.io\/admission/);
  });
});
