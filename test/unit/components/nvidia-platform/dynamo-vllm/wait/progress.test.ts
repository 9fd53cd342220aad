import { describe, expect, it } from 'vitest';
import type { Outlook, RoleRow } from '../../../../../../src/core/sight.ts';
import {
  completeJob,
  container,
  deployed,
  downloadPod,
  event,
  liveGraph,
  liveJob,
  look,
  moment,
  podOf,
  readyStatus,
  running,
  runningStatus,
  seen,
  time,
  waiting,
} from './scenery.ts';

const awaited = deployed({ name: 'qwen3-30b' });
const graph = liveGraph(awaited);

const workerRow = (outlook: Outlook): RoleRow | undefined => outlook.rows.find(row => row.role === 'worker');

const engine = (lines: readonly string[]): RoleRow | undefined => {
  const pod = podOf(awaited, 'worker', { status: runningStatus(20) });
  return workerRow(
    look(awaited, seen(600, { graph, pods: [pod], logs: { [`${pod.metadata.name}/main`]: lines } })),
  );
};

describe('stages of an engine', () => {
  it.each([
    ['starting', ['nothing known']],
    ['loading weights', ['INFO [gpu_model_runner.py:3808] Starting to load model /opt/models/x...']],
    [
      'loading weights 5/11',
      ['Loading safetensors checkpoint shards:  45% Completed | 5/11 [00:20<00:24,  4.1s/it]'],
    ],
    [
      'loading weights 100%',
      ['(EngineCore_DP0 pid=212) Loading safetensors checkpoint shards: 100% Completed'],
    ],
    ['compiling', ['INFO [gpu_model_runner.py:3905] Model loading took 29.0427 GiB memory and 17.3 seconds']],
    [
      'warming up kernels 3%',
      ['DeepGEMM warmup:   0%|  | 0/7864\rDeepGEMM warmup:   3%|▎  | 241/7864 [00:31<16:12]'],
    ],
    ['preparing the KV cache', ['INFO [gpu_worker.py:355] Available KV cache memory: 28.41 GiB']],
    ['capturing graphs 45%', ['Capturing CUDA graphs (mixed prefill-decode, PIECEWISE):  45%|████ | 30/67']],
    [
      'warming up',
      ['INFO [core.py:272] init engine (profile, create kv cache, warmup model) took 21.83 seconds'],
    ],
    ['registering', ['INFO main.init: VllmWorker for x has been initialized']],
  ])('%s', (stage, lines) => {
    expect(engine(['INFO [model.py:530] Resolved architecture: Qwen3', ...lines, 'INFO and on'])?.stage).toBe(
      stage,
    );
  });

  it('begin when their first line was written', () => {
    const row = engine([
      'INFO 11-21 08:00:30 [model.py:530] Resolved architecture: Qwen3',
      'INFO 11-21 08:01:00 [gpu_model_runner.py:3808] Starting to load model x...',
      'Loading safetensors checkpoint shards:  18% Completed | 2/11',
      'Loading safetensors checkpoint shards:  45% Completed | 5/11',
    ]);
    expect(row?.stageSince).toBe(moment(60));
  });

  it('begin with the container when no line tells a time', () => {
    expect(engine(['Starting to load model x...'])?.stageSince).toBe(moment(20));
  });
});

describe('stages before it', () => {
  const stageOf = (
    change: Parameters<typeof podOf>[2],
    events = (_: ReturnType<typeof podOf>) => seen(0).events,
  ) => {
    const pod = podOf(awaited, 'worker', change);
    return workerRow(look(awaited, seen(200, { graph, pods: [pod], events: events(pod) })));
  };

  it('has no pod yet', () => {
    expect(workerRow(look(awaited, seen(2, { graph })))).toMatchObject({
      stage: 'waiting for the operator',
      ready: 0,
      wanted: 1,
      node: null,
      stageSince: moment(0),
    });
  });

  it('pulls an image', () => {
    const row = stageOf(
      {
        status: { phase: 'Pending', containerStatuses: [container({ state: waiting('ContainerCreating') })] },
      },
      pod => [event(pod, 3, 'Pulling', 'Pulling image "x"', { type: 'Normal' })],
    );
    expect(row).toMatchObject({ stage: 'pulling image', stageSince: moment(3), node: 'node-0' });
    expect(row?.note).toMatch(/for 3 min/);
  });

  it('waits for the model', () => {
    const row = stageOf({
      status: {
        phase: 'Pending',
        initContainerStatuses: [container({ name: 'wait-for-model', state: running(9) })],
        containerStatuses: [container({ state: waiting('PodInitializing') })],
      },
    });
    expect(row).toMatchObject({ stage: 'waiting for the model', stageSince: moment(9) });
  });

  it('shows the pod that is furthest behind, and all restarts', () => {
    const two = deployed({ name: 'qwen3-30b', replicas: 2 });
    const ready = podOf(two, 'worker', { name: 'a', status: readyStatus(50) });
    const other = podOf(two, 'worker', {
      name: 'b',
      node: 'node-1',
      status: { phase: 'Running', containerStatuses: [container({ restarts: 1, state: running(60) })] },
    });
    const row = workerRow(look(two, seen(70, { graph: liveGraph(two), pods: [ready, other] })));
    expect(row).toMatchObject({ ready: 1, wanted: 2, stage: 'starting', node: 'node-1', restarts: 1 });
    const alone = workerRow(look(two, seen(70, { graph: liveGraph(two), pods: [ready] })));
    expect(alone).toMatchObject({ ready: 1, wanted: 2, stage: 'creating pods' });
  });

  it('counts the creating of pods from when they were missing, whatever the age of those that are there', () => {
    const two = deployed({ name: 'qwen3-30b', replicas: 2 });
    const old = podOf(two, 'worker', { name: 'a', status: readyStatus(-3_600) });
    const since = (status: object) =>
      workerRow(look(two, seen(70, { graph: liveGraph(two, { ...status }), pods: [old] })))?.stageSince;
    expect(since({})).toBe(moment(0));
    const ready = (value: string, seconds: number) => ({
      conditions: [{ type: 'Ready', status: value, lastTransitionTime: time(seconds) }],
    });
    expect(since(ready('False', 60))).toBe(moment(60));
    expect(since(ready('False', -600))).toBe(moment(0));
    expect(since(ready('True', 60))).toBe(moment(0));
  });
});

describe('a download', () => {
  const lines = (...events: readonly Readonly<Record<string, unknown>>[]): string[] =>
    events.map(one => JSON.stringify({ at: time(10), model: 'x', ...one }));
  const at = (log: readonly string[]): Outlook => {
    const pod = downloadPod(awaited, {
      status: { phase: 'Running', containerStatuses: [container({ name: 'download', state: running(5) })] },
    });
    const logs = { [`${pod.metadata.name}/download`]: log };
    return look(awaited, seen(30, { graph, jobs: [liveJob(awaited)], pods: [pod], logs }));
  };

  it('is read from the events of its own script', () => {
    const outlook = at(
      lines(
        { event: 'start', totalBytes: 100 },
        { event: 'progress', doneBytes: 40, totalBytes: 100, bytesPerSecond: 5, secondsLeft: 12 },
        { event: 'note', message: 'something' },
      ),
    );
    expect(outlook.download).toEqual({
      doneBytes: 40,
      totalBytes: 100,
      bytesPerSecond: 5,
      secondsLeft: 12,
      note: '',
    });
    expect(outlook.logs).toHaveLength(1);
  });

  it('says that it tries again, and warns at the second time', () => {
    const retry = (attempt: number) => ({
      event: 'retry',
      attempt,
      reason: 'dns',
      message: 'gaierror',
      seconds: 2,
    });
    expect(at(lines(retry(1))).notices).toEqual([]);
    const second = at(lines(retry(1), retry(2)));
    expect(second.notices.map(one => one.rule)).toEqual(['download-retrying']);
    expect(second.download?.note).toMatch(/attempt 2, dns/);
    expect(at(lines(retry(2), { event: 'progress', doneBytes: 1, totalBytes: 2 })).notices).toEqual([]);
  });

  it('is over when its Job is complete', () => {
    const outlook = look(awaited, seen(30, { graph, jobs: [completeJob(awaited, 20)] }));
    expect(outlook.download).toBeNull();
    expect(outlook.rows[0]).toMatchObject({ role: 'model download', stage: 'complete', ready: 1 });
  });
});
