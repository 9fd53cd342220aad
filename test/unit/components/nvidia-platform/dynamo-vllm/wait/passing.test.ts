/** What passes by itself and must not end a wait, and what looks like it and does. */

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
  readyStatus,
  seen,
  textOf,
  time,
  unschedulable,
  waiting,
} from './scenery.ts';

const awaited = deployed({ name: 'qwen3-30b' });
const graph = liveGraph(awaited);
const rules = (outlook: Outlook): string[] => outlook.hopeless.map(one => one.rule);

describe('a volume that is still being made', () => {
  const message = '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.';
  const pod = podOf(awaited, 'worker', { node: null, status: unschedulable(message, 1) });
  const said = "pod didn't trigger scale-up: 1 pod has unbound immediate PersistentVolumeClaims";
  const events = [event(pod, 3, 'NotTriggerScaleUp', said, { type: 'Normal' })];

  it('is no refusal of the autoscaler, and has its minute', () => {
    expect(rules(look(awaited, seen(40, { graph, pods: [pod], events })))).toEqual([]);
    expect(rules(look(awaited, seen(62, { graph, pods: [pod], events })))).toEqual(['schedule-volume']);
  });
});

describe('a node that is there and not ready for pods yet', () => {
  const at = (seconds: number, taint: string): string[] => {
    const message = `0/3 nodes are available: 1 node(s) had untolerated taint {${taint}}, 2 Insufficient nvidia.com/gpu.`;
    const pod = podOf(awaited, 'worker', { node: null, status: unschedulable(message, 1) });
    return rules(look(awaited, seen(seconds, { graph, pods: [pod] })));
  };

  it.each(['node.kubernetes.io/not-ready: ', 'node.cilium.io/agent-not-ready: true'])(
    'by %s has a minute',
    taint => {
      expect(at(55, taint)).toEqual([]);
      expect(at(62, taint)).toEqual(['schedule-gpu']);
    },
  );

  it('is not one that goes', () => {
    expect(at(10, 'node.kubernetes.io/unreachable: ')).toEqual(['schedule-gpu']);
  });
});

describe('an autoscaler that pauses after a failure', () => {
  const pod = podOf(awaited, 'worker', {
    node: null,
    status: unschedulable('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.', 1),
  });
  const at = (seconds: number, said: string): string[] =>
    rules(
      look(
        awaited,
        seen(seconds, { graph, pods: [pod], events: [event(pod, 4, 'NotTriggerScaleUp', said)] }),
      ),
    );

  it('is given its time, unlike one that will make none', () => {
    const paused = "pod didn't trigger scale-up: 1 in backoff after failed scale-up";
    expect(at(60, paused)).toEqual([]);
    expect(at(182, paused)).toEqual(['schedule-gpu']);
    expect(at(60, "pod didn't trigger scale-up: 1 max node group size reached")).toEqual(['schedule-gpu']);
  });
});

describe('pods that a download held on its node', () => {
  const message =
    "0/2 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) didn't match pod affinity rules. preemption: none.";
  const pod = podOf(awaited, 'worker', { node: null, status: unschedulable(message, 1) });
  const at = (seconds: number): Outlook =>
    look(awaited, seen(seconds, { graph, pods: [pod], jobs: [completeJob(awaited, 300)] }));

  it('have their time once it is over', () => {
    expect(rules(at(320))).toEqual([]);
    expect(rules(at(331))).toEqual(['schedule-together']);
  });
});

const starting = (name: string) =>
  podOf(awaited, 'worker', {
    name,
    spec: { volumes: [{ name: 'm', persistentVolumeClaim: { claimName: 'dynamo-model-cache' } }] },
    status: { phase: 'Pending', containerStatuses: [container({ state: waiting('ContainerCreating') })] },
  });

describe('a volume that another node had', () => {
  const pod = starting('new');
  const at = (seconds: number, message: string, others: readonly (typeof pod)[] = []): Outlook =>
    look(
      awaited,
      seen(seconds, {
        graph,
        pods: [pod, ...others],
        events: [event(pod, 3, 'FailedAttachVolume', `Multi-Attach error for volume "pvc-91aa" ${message}`)],
      }),
    );

  it('is given time to come when no pod has it any more', () => {
    const message = "Volume is already exclusively attached to one node and can't be attached to another";
    expect(rules(at(60, message))).toEqual([]);
    expect(rules(at(124, message))).toEqual(['mount-two-nodes']);
  });

  it('is given time to come when the pod that has it is finished or on its way out', () => {
    const done = podOf(awaited, 'worker', { name: 'old', status: { phase: 'Succeeded' } });
    const leaving = podOf(awaited, 'worker', { name: 'old', metadata: { deletionTimestamp: time(2) } });
    for (const old of [done, leaving])
      expect(rules(at(60, 'Volume is already used by pod(s) old', [old]))).toEqual([]);
    expect(rules(at(60, 'Volume is already used by pod(s) other', [done]))).toEqual(['mount-two-nodes']);
  });
});

describe('a mount that failed at first', () => {
  const pod = starting('new');
  const failed = event(pod, 3, 'FailedMount', 'MountVolume.SetUp failed: secret "hf-token" not found');
  const pulling = event(pod, 8, 'Pulling', 'Pulling image "x"', { type: 'Normal' });

  it('is over once the image is pulled, however long that takes', () => {
    expect(rules(look(awaited, seen(240, { graph, pods: [pod], events: [failed] })))).toEqual([
      'mount-missing',
    ]);
    expect(rules(look(awaited, seen(240, { graph, pods: [pod], events: [failed, pulling] })))).toEqual([]);
  });
});

describe('a kubelet that is behind', () => {
  const failing = (reason: string, message: string) =>
    podOf(awaited, 'worker', {
      created: 100,
      status: { phase: 'Pending', containerStatuses: [container({ state: waiting(reason, message) })] },
    });
  const at = (seconds: number, reason: string, message: string): string[] => {
    const pod = failing(reason, message);
    const events = [event(pod, 105, 'Failed', `Error: ${message}`)];
    return rules(look(awaited, seen(seconds, { graph, pods: [pod], events })));
  };

  it('has not got a Secret yet: it gets a minute, a Secret that is not there none', () => {
    const late = 'failed to sync secret cache: timed out waiting for the condition';
    expect(at(120, 'CreateContainerConfigError', late)).toEqual([]);
    expect(at(166, 'CreateContainerConfigError', late)).toEqual(['pod-configuration']);
    expect(at(106, 'CreateContainerConfigError', 'secret "x" not found')).toEqual(['pod-configuration']);
  });

  it('could not make a container in time: it gets half a minute from then', () => {
    expect(at(120, 'CreateContainerError', 'context deadline exceeded')).toEqual([]);
    expect(at(136, 'CreateContainerError', 'context deadline exceeded')).toEqual(['pod-runtime']);
  });

  it('waits in a new namespace for what Kubernetes makes there', () => {
    const pod = starting('new');
    const message =
      'MountVolume.SetUp failed for volume "kube-api-access-x": configmap "kube-root-ca.crt" not found';
    const sights = [20, 64].map(seconds =>
      look(awaited, seen(seconds, { graph, pods: [pod], events: [event(pod, 3, 'FailedMount', message)] })),
    );
    expect(sights.map(rules)).toEqual([[], ['mount-missing']]);
  });
});

describe('a volume that was made at a later try', () => {
  const pod = podOf(awaited, 'worker', {
    node: null,
    spec: { volumes: [{ name: 'm', persistentVolumeClaim: { claimName: 'cache' } }] },
    status: { phase: 'Pending' },
  });
  const claim = { kind: 'PersistentVolumeClaim', metadata: { name: 'cache' } };
  const failed = event(claim, 2, 'ProvisioningFailed', 'rpc error: code = Unavailable desc = try later');
  const made = event(claim, 9, 'ProvisioningSucceeded', 'Successfully provisioned volume pvc-1', {
    type: 'Normal',
  });
  const at = (...events: readonly (typeof failed)[]): string[] =>
    rules(look(awaited, seen(240, { graph, pods: [pod], events })));

  it('is not missed, however long its pod waits for a node', () => {
    expect(at(failed)).toEqual(['claim-not-provisioned']);
    expect(at(failed, made)).toEqual([]);
  });
});

describe('an image that is pulled again after the connection broke', () => {
  const message = 'read tcp 10.0.4.7:40456->34.120.1.9:443: read: connection reset by peer';
  const pod = podOf(awaited, 'worker', {
    status: {
      phase: 'Pending',
      containerStatuses: [container({ state: waiting('ImagePullBackOff', message) })],
    },
  });
  const failed = event(pod, 6, 'Failed', `Failed to pull image "x": ${message}`, { first: 4 });
  const pulling = (seconds: number) =>
    event(pod, seconds, 'Pulling', 'Pulling image "x"', { type: 'Normal', first: 2 });
  const at = (...events: readonly (typeof failed)[]): string[] =>
    rules(look(awaited, seen(240, { graph, pods: [pod], events })));

  it('is given the time that takes', () => {
    expect(at(failed, pulling(5))).toEqual(['pull-unreachable']);
    expect(at(failed, pulling(20))).toEqual([]);
  });
});

describe('a registry that breaks the connection', () => {
  it('has not said that there is no such image, whatever port the node used', () => {
    const message = 'read tcp 10.0.4.7:40456->34.120.1.9:443: read: connection reset by peer';
    const pod = podOf(awaited, 'worker', {
      status: {
        phase: 'Pending',
        containerStatuses: [container({ state: waiting('ErrImagePull', message) })],
      },
    });
    const outlook = look(awaited, seen(5, { graph, pods: [pod] }));
    expect(rules(outlook)).toEqual([]);
    expect(outlook.notices.map(one => one.rule)).toEqual(['pull-unreachable']);
  });
});

describe('a pod that its node left behind when it shut down', () => {
  const well = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
  const serving = liveGraph(awaited, { state: 'successful', services: { Frontend: well, worker: well } });
  const ready = [
    podOf(awaited, 'Frontend', { status: readyStatus(20) }),
    podOf(awaited, 'worker', { name: 'new', status: readyStatus(20) }),
  ];

  it.each(['Failed', 'Succeeded'])('does not count when it is %s and another serves', phase => {
    const old = podOf(awaited, 'worker', { name: 'old', status: { phase, reason: 'Terminated' } });
    const { done, rows } = look(awaited, seen(30, { graph: serving, pods: [...ready, old] }));
    expect(done).toBe(true);
    expect(rows.map(({ role, stage }) => `${role} ${stage}`)).toContain('worker ready');
  });
});

describe('what a policy says in a paragraph', () => {
  const replicas = { kind: 'ReplicaSet', metadata: { name: 'qwen3-30b-worker-6c9f7d8b5' } };
  const refused = (message: string): string =>
    textOf(look(awaited, seen(9, { graph, events: [event(replicas, 2, 'FailedCreate', message)] })).hopeless);

  it('is told whole', () => {
    expect(
      refused(
        'Error creating: admission webhook "validate.kyverno.svc-fail" denied the request: \n\npolicy require-labels:\n  check: label team is required',
      ),
    ).toMatch(
      /webhook validate\.kyverno\.svc-fail refuses its pods: policy require-labels: check: label team is required\./,
    );
    expect(
      refused(
        'pods "x" is forbidden: failed quota: q: must specify limits.cpu for: main; limits.memory for: main',
      ),
    ).toMatch(/state limits\.cpu for: main; limits\.memory for: main\./);
    expect(
      refused('pods "x" is forbidden: [maximum memory usage per Container is 64Gi, but limit is 100Gi]'),
    ).toMatch(/but limit is 100Gi\./);
  });
});

describe('a pod that is evicted', () => {
  const low = 'The node was low on resource: memory. Container main was using';
  const at = (names: readonly string[], message: string): Outlook => {
    const status = { phase: 'Failed', reason: 'Evicted', message };
    return look(
      awaited,
      seen(30, { graph, pods: names.map(name => podOf(awaited, 'worker', { name, status })) }),
    );
  };

  it.each([
    `${low} 78541236Ki, request is 2Gi.`,
    'Container main exceeded its local ephemeral storage limit "2Gi".',
  ])('by its own fault ends the wait: %s', message =>
    expect(rules(at(['a'], message))).toEqual(['pod-evicted']),
  );

  it('because of its neighbours is made anew, once', () => {
    const message = `${low} 512Mi, request is 0.`;
    expect(rules(at(['a'], message))).toEqual([]);
    expect(at(['a'], message).notices.map(one => one.rule)).toEqual(['pod-evicted']);
    expect(rules(at(['a', 'b'], message))).toEqual(['pod-evicted']);
  });
});

describe('pods of a node that shuts down', () => {
  const left = (reason: string) =>
    ['a', 'b', 'c'].map(name =>
      podOf(awaited, 'worker', { name, created: 1, status: { phase: 'Failed', reason } }),
    );
  const at = (reason: string): Outlook => look(awaited, seen(30, { graph, pods: left(reason) }));

  it('are made anew, unlike those that a node refuses again and again', () => {
    expect(rules(at('UnexpectedAdmissionError'))).toEqual(['pod-rejected']);
    expect(rules(at('Terminated'))).toEqual([]);
    expect(textOf(at('Terminated').notices)).toMatch(/stood on node node-0, which was shut down/);
  });
});

describe('a pod that Pod Security refuses', () => {
  it.each([
    ['restricted:latest', 'baseline'],
    ['baseline:v1.30', 'privileged'],
  ])('at the level %s is let in by %s', (level, enough) => {
    const replicas = { kind: 'ReplicaSet', metadata: { name: 'qwen3-30b-worker-6c9f7d8b5' } };
    const message = `pods "x" is forbidden: violates PodSecurity "${level}": hostPath volumes (volume "v")`;
    const outlook = look(awaited, seen(9, { graph, events: [event(replicas, 2, 'FailedCreate', message)] }));
    expect(rules(outlook)).toEqual(['pod-security']);
    expect(textOf(outlook.hopeless)).toContain(`enforce=${enough} --overwrite`);
  });
});
