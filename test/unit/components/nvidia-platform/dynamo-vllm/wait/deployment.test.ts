import { describe, expect, it } from 'vitest';
import type { Outlook } from '../../../../../../src/core/sight.ts';
import {
  completeJob,
  container,
  deployed,
  event,
  liveGraph,
  look,
  podOf,
  running,
  seen,
  textOf,
  time,
} from './scenery.ts';

const awaited = deployed({ name: 'qwen3-30b' });
const failedWith = (message: string, since = -60) => ({
  state: 'failed',
  conditions: [
    {
      type: 'Ready',
      status: 'False',
      reason: 'failed_to_reconcile_the_resources',
      message,
      lastTransitionTime: time(since),
    },
  ],
});

const withGraph = (
  seconds: number,
  status: Readonly<Record<string, unknown>>,
  events = seen(0).events,
): Outlook => look(awaited, seen(seconds, { graph: liveGraph(awaited, status), events }));

describe('a deployment that failed', () => {
  const real = 'failed to reconcile Dynamo components deployments: no multinode orchestrator available';

  it('is named once it stays so, whatever an earlier wait saw', () => {
    expect(withGraph(1, failedWith(real)).hopeless).toEqual([]);
    expect(textOf(withGraph(3, failedWith(real)).hopeless)).toMatch(/no multinode orchestrator[\s\S]*Grove/);
  });

  it('is given time when the error passes', () => {
    const conflict =
      'failed to reconcile: the object has been modified; please apply your changes to the latest version';
    expect(withGraph(10, failedWith(conflict, 2)).hopeless).toEqual([]);
    expect(withGraph(33, failedWith(conflict, 2)).hopeless.map(one => one.rule)).toEqual(['graph-failed']);
  });
});

describe('events of what the operator makes', () => {
  const child = { kind: 'DynamoComponentDeployment', metadata: { name: 'qwen3-30b-worker-0a1b2c3d' } };

  it('name a component that Kubernetes refuses', () => {
    const message =
      'Deployment.apps "qwen3-30b-worker" is invalid: spec.template.spec.containers[0].livenessProbe: Required value: must specify a handler type';
    const outlook = withGraph(6, {}, [event(child, 2, 'ReconcileError', message)]);
    expect(outlook.hopeless.map(one => one.rule)).toEqual(['graph-not-built']);
    expect(textOf(outlook.hopeless)).toMatch(/the worker of qwen3-30b: .*must specify a handler type/);
  });

  it('are nothing when the object was modified meanwhile', () => {
    const message =
      'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again';
    const outlook = withGraph(60, {}, [event(child, 2, 'ReconcileError', message, { count: 9 })]);
    expect([...outlook.hopeless, ...outlook.notices]).toEqual([]);
  });

  it('name a quota that refuses the pods, until there are pods', () => {
    const set = { kind: 'ReplicaSet', metadata: { name: 'qwen3-30b-worker-6c9f7d8b5' } };
    const message =
      'Error creating: pods "qwen3-30b-worker-6c9f7d8b5-x" is forbidden: exceeded quota: team, requested: requests.nvidia.com/gpu=4, used: requests.nvidia.com/gpu=6, limited: requests.nvidia.com/gpu=8';
    const events = [event(set, 2, 'FailedCreate', message)];
    expect(textOf(withGraph(7, {}, events).hopeless)).toMatch(/quota team allows .*=8, .*=6 is in use, .*=4/);
    const pods = [podOf(awaited, 'worker', { status: { phase: 'Pending' } })];
    expect(look(awaited, seen(7, { graph: liveGraph(awaited), pods, events })).hopeless).toEqual([]);
  });

  it('are not those of another deployment whose name begins like ours', () => {
    const set = { kind: 'ReplicaSet', metadata: { name: 'qwen3-30b-worker-2-frontend-6c9f7d8b5' } };
    const outlook = withGraph(60, {}, [event(set, 2, 'FailedCreate', 'exceeded quota')]);
    expect([...outlook.hopeless, ...outlook.notices]).toEqual([]);
  });

  it('name a claim that no driver can make', () => {
    const pod = podOf(awaited, 'worker', {
      node: null,
      spec: { volumes: [{ name: 'm', persistentVolumeClaim: { claimName: 'dynamo-model-cache' } }] },
    });
    const claim = { kind: 'PersistentVolumeClaim', metadata: { name: 'dynamo-model-cache' } };
    const message =
      'failed to provision volume with StorageClass "gp3": rpc error: code = InvalidArgument desc = Volume capabilities not supported';
    const events = [event(claim, 2, 'ProvisioningFailed', message)];
    const outlook = look(awaited, seen(8, { graph: liveGraph(awaited), pods: [pod], events }));
    expect(textOf(outlook.hopeless)).toMatch(/claim dynamo-model-cache.*not supported[\s\S]*--storage-class/);
  });
});

describe('workers that wait for a model', () => {
  const waiter = podOf(awaited, 'worker', {
    status: {
      phase: 'Pending',
      initContainerStatuses: [container({ name: 'wait-for-model', state: running(5) })],
    },
  });
  const line = (seconds: number): string =>
    JSON.stringify({
      at: time(seconds),
      event: 'waiting',
      reason: '/opt/models/x holds another revision, abc.',
    });
  const at = (seconds: number, told: number): Outlook =>
    look(
      awaited,
      seen(seconds, {
        graph: liveGraph(awaited),
        jobs: [completeJob(awaited, 20)],
        pods: [waiter],
        logs: { [`${waiter.metadata.name}/wait-for-model`]: [line(told)] },
      }),
    );

  it('are asked for their reason once the download is complete', () => {
    expect(at(22, 10).logs).toEqual([
      { pod: waiter.metadata.name, container: 'wait-for-model', previous: false },
    ]);
  });

  it('are believed only when they looked after it', () => {
    expect(at(22, 10).hopeless).toEqual([]);
    expect(textOf(at(41, 40).hopeless)).toMatch(/another revision/);
  });
});

describe('workers that miss a model that is there', () => {
  const waiter = podOf(awaited, 'worker', {
    status: {
      phase: 'Pending',
      initContainerStatuses: [container({ name: 'wait-for-model', state: running(5) })],
    },
  });
  const told = (seconds: number): readonly string[] => {
    const reason = 'The download has not completed yet.';
    const line = JSON.stringify({ at: time(seconds), event: 'waiting', reason });
    const logs = { [`${waiter.metadata.name}/wait-for-model`]: [line] };
    const jobs = [completeJob(awaited, 20)];
    const sight = seen(seconds + 1, { graph: liveGraph(awaited), jobs, pods: [waiter], logs });
    return look(awaited, sight).hopeless.map(({ rule }) => rule);
  };

  it('are given the time for which NFS may show an old folder', () => {
    expect(told(70)).toEqual([]);
    expect(told(115)).toEqual(['model-not-coming']);
  });
});

describe('a node that goes away', () => {
  it('is told, and named when it does not come back', () => {
    const pod = podOf(awaited, 'worker', { status: { phase: 'Unknown', reason: 'NodeLost' } });
    const events = [event(pod, 30, 'NodeNotReady', 'Node is not ready')];
    const lookAt = (seconds: number): Outlook =>
      look(awaited, seen(seconds, { graph: liveGraph(awaited), pods: [pod], events }));
    expect(lookAt(31).hopeless).toEqual([]);
    expect(lookAt(31).notices.map(one => one.rule)).toEqual(['pod-node-lost']);
    expect(textOf(lookAt(151).hopeless)).toMatch(/node-0/);
  });
});

describe('a change that the operator has not taken up', () => {
  const told = (seconds: number, managedFields: readonly object[] = []): string => {
    const status = { observedGeneration: 1 };
    const graph = liveGraph(awaited, status, { generation: 2, managedFields });
    return textOf(look(awaited, seen(seconds, { graph })).notices);
  };

  it('is said a minute after it was made, however long somebody has been looking', () => {
    const changed = [
      { manager: 'dynamo-installer', operation: 'Apply', time: time(3000) },
      { manager: 'manager', operation: 'Update', subresource: 'status', time: time(3055) },
    ];
    expect(told(3050, changed)).not.toMatch(/not taken up the last change/);
    expect(told(3062, changed)).toMatch(/not taken up the last change/);
    expect(told(62)).toMatch(/not taken up the last change/);
  });
});
