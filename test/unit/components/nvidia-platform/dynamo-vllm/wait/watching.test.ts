import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startupSeconds } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/startup.ts';
import { watching } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/wait/watching.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import type { Sight } from '../../../../../../src/core/sight.ts';
import {
  applied,
  completeJob,
  container,
  crashed,
  deployed,
  downloadPod,
  event,
  graphIn,
  liveGraph,
  liveJob,
  look,
  podOf,
  readyStatus,
  running,
  runningStatus,
  seen,
  textOf,
  unschedulable,
} from './scenery.ts';

const small = { name: 'qwen3-30b' };
const ours = 'app.kubernetes.io/managed-by=dynamo-installer,app.kubernetes.io/instance=qwen3-30b';

describe('what is watched', () => {
  it.each([
    ['0.9.1', 'v1alpha1'],
    ['1.4.2', 'v1beta1'],
  ])('of our own deployment on %s: four kinds, each as narrow as can be', (release, version) => {
    const space = '/api/v1/namespaces/dynamo-system';
    expect(watching.watches(deployed({ ...small, release }))).toEqual([
      {
        key: 'graph',
        path: `/apis/nvidia.com/${version}/namespaces/dynamo-system/dynamographdeployments`,
        labelSelector: null,
        fieldSelector: 'metadata.name=qwen3-30b',
      },
      {
        key: 'jobs',
        path: '/apis/batch/v1/namespaces/dynamo-system/jobs',
        labelSelector: ours,
        fieldSelector: null,
      },
      { key: 'pods', path: `${space}/pods`, labelSelector: ours, fieldSelector: null },
      { key: 'events', path: `${space}/events`, labelSelector: null, fieldSelector: null },
    ]);
  });

  const foreign: KubernetesObject = {
    apiVersion: 'nvidia.com/v1alpha1',
    kind: 'DynamoGraphDeployment',
    metadata: { name: 'other', namespace: 'team-a' },
    spec: { services: { worker: { componentType: 'worker', replicas: 1 } } },
  };

  it("of somebody else's: by the operator's label, without Jobs", () => {
    const asks = watching.watches(applied(foreign));
    expect(asks.map(ask => ask.key)).toEqual(['graph', 'pods', 'events']);
    expect(asks[1]?.labelSelector).toBe('nvidia.com/dynamo-graph-deployment-name=other');
  });

  it("of somebody else's with a Job: all pods, of which only its own count", () => {
    const job: KubernetesObject = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'fetch', namespace: 'team-a' },
      spec: { template: { metadata: {}, spec: {} } },
    };
    const awaited = applied(foreign, job);
    const asks = watching.watches(awaited);
    expect(asks.find(ask => ask.key === 'pods')?.labelSelector).toBeNull();
    expect(asks.find(ask => ask.key === 'jobs')?.fieldSelector).toBe('metadata.name=fetch');
    const stranger = { ...job, kind: 'Pod', metadata: { name: 'x', labels: { 'job-name': 'another' } } };
    const own = { ...job, kind: 'Pod', metadata: { name: 'y', labels: { 'job-name': 'fetch' } } };
    const rows = look(awaited, seen(5, { graph: foreign, pods: [stranger, own] })).rows;
    expect(rows.map(row => row.role)).toEqual(['model download', 'worker']);
    expect(rows[0]?.stage).not.toBe('creating pod');
  });
});

describe('the time limit', () => {
  it('grows with the model and is never below twenty minutes', () => {
    const limits = [0, 1.4, 29, 220.6, 641].map(size => watching.limitSeconds(deployed(small, size)));
    expect(limits.every(limit => limit >= 1200 && limit % 60 === 0)).toBe(true);
    expect(limits).toEqual([...limits].sort((a, b) => a - b));
    expect(watching.limitSeconds(deployed(small, 220.6))).toBeGreaterThan(1.5 * 3720);
  });

  it('is never shorter than what fit calls the slow end of a first start, a new node included', () => {
    for (const size of [29.03, 220.6, 641]) {
      const weightsBytes = size * 2 ** 30;
      const [, slow] = startupSeconds({ weightsBytes, fetches: true, experts: true, eager: false });
      const limit = watching.limitSeconds(deployed(small, size));
      expect(limit).toBeGreaterThanOrEqual(slow + 600);
      expect(limit).toBeLessThan(slow + 660);
    }
  });

  it('is that of the known model, or of a large one, when the Hub did not tell', () => {
    const known = watching.limitSeconds(deployed(small, null));
    expect(known).toBe(watching.limitSeconds(deployed(small, 29.03)));
    const unknown = watching.limitSeconds(deployed({ ...small, model: 'acme/never-heard-of' }, null));
    expect(unknown).toBeGreaterThan(known + 1800);
  });
});

describe('the last word', () => {
  const awaited = deployed(small);

  it('tells the last state and what usually causes it', () => {
    const pod = podOf(awaited, 'worker', { status: runningStatus(20) });
    const logs = {
      [`${pod.metadata.name}/main`]: ['Loading safetensors checkpoint shards:  45% Completed | 5/11'],
    };
    const pods = [podOf(awaited, 'Frontend', { status: readyStatus(20) }), pod];
    const said = watching.lastWord(
      awaited,
      seen(3000, { graph: liveGraph(awaited), jobs: [completeJob(awaited, 10)], pods, logs }),
    );
    expect(said.map(one => one.rule)).toEqual(['wait-timed-out']);
    expect(textOf(said)).toMatch(
      /not ready after 50 min.*worker 0\/1 loading weights 5\/11 for 49 min.*volume.*slow/,
    );
  });

  it('is the cause when there is one', () => {
    const pod = podOf(awaited, 'worker', { status: crashed(1, 20, 4) });
    const said = watching.lastWord(awaited, seen(3000, { graph: liveGraph(awaited), pods: [pod] }));
    expect(said.map(one => one.rule)).toEqual(['start-crash']);
  });

  it('is an error even when everything looks ready', () => {
    expect(watching.lastWord(awaited, seen(3000)).every(one => one.level === 'error')).toBe(true);
  });
});

describe('objects that are not whole', () => {
  const awaited = deployed({ ...small, kvbm: true, kvbmCpuGb: 20 });
  const worker = podOf(awaited, 'worker', { status: crashed(137, 20, 2) });
  const waiting = podOf(awaited, 'worker', {
    name: 'waiting',
    status: {
      phase: 'Pending',
      initContainerStatuses: [container({ name: 'wait-for-model', state: running(3) })],
    },
  });
  const whole: Sight = seen(100, {
    graph: liveGraph(awaited, { services: { worker: { replicas: 1 } }, rollingUpdate: { phase: 'Pending' } }),
    jobs: [
      liveJob(awaited, { conditions: [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }] }),
    ],
    pods: [
      worker,
      waiting,
      podOf(awaited, 'worker', {
        name: 'far',
        node: null,
        status: unschedulable('0/1 nodes are available: 1 Insufficient cpu.', 1),
      }),
      podOf(awaited, 'Frontend', {
        status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
      }),
      downloadPod(awaited, {
        status: {
          phase: 'Failed',
          containerStatuses: [container({ name: 'download', state: { terminated: { exitCode: 20 } } })],
        },
      }),
    ],
    events: [
      event(worker, 19, 'Killing', 'Container main failed liveness probe, will be restarted'),
      event(waiting, 19, 'FailedMount', 'MountVolume.SetUp failed: secret "x" not found'),
      event(
        { kind: 'ReplicaSet', metadata: { name: 'qwen3-30b-worker-6c9f7d8b5' } },
        9,
        'FailedCreate',
        'exceeded quota',
      ),
      event(
        { kind: 'PersistentVolumeClaim', metadata: { name: 'dynamo-model-cache' } },
        9,
        'ProvisioningFailed',
        'no',
      ),
    ],
    logs: {
      [`${worker.metadata.name}/main/previous`]: ['RuntimeError: x', '{"event":', '{"event":"error"}'],
    },
  });

  /** Paths of all members of a value. */
  const pathsOf = (
    value: unknown,
    path: readonly (string | number)[] = [],
  ): (readonly (string | number)[])[] => {
    if (typeof value !== 'object' || value === null) return [path];
    const inner = Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...path, key]));
    return [path, ...inner];
  };

  const changed = (value: unknown, path: readonly (string | number)[], by: unknown): unknown => {
    const [key, ...rest] = path;
    if (key === undefined) return by;
    if (Array.isArray(value))
      return value.map((one, at) => (String(at) === key ? changed(one, rest, by) : one));
    const { [key]: member, ...others } = value as Record<string, unknown>;
    const next = changed(member, rest, by);
    return next === undefined ? others : { ...others, [key]: next };
  };

  const objects = {
    graph: whole.graph,
    jobs: whole.jobs,
    pods: whole.pods,
    events: whole.events,
    logs: whole.logs,
  };
  const paths = pathsOf(objects).filter(path => path.length > 1);
  const strange = fc.constantFrom(undefined, null, 7, '', 'x', [], {}, [null], true);

  it('break nothing, whichever members are missing or strange', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), strange), { minLength: 1, maxLength: 12 }), changes => {
        let broken: unknown = objects;
        for (const [at, by] of changes) {
          const path = paths[at % paths.length] ?? [];
          try {
            broken = changed(broken, path, by);
          } catch {
            // An earlier change has taken the place of this one.
          }
        }
        const sight = { ...whole, ...(broken as Partial<Sight>) };
        const outlook = look(awaited, sight);
        expect(outlook.rows.map(row => typeof row.stage)).not.toContain('undefined');
        expect(watching.lastWord(awaited, sight).length).toBeGreaterThan(0);
      }),
      { numRuns: 600 },
    );
  });

  it('has all of it when nothing is broken', () => {
    expect(graphIn(awaited).kind).toBe('DynamoGraphDeployment');
    expect(look(awaited, whole).hopeless.length).toBeGreaterThan(2);
  });
});
