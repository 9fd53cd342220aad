import { describe, expect, it } from 'vitest';
import {
  container,
  crashed,
  deployed,
  downloadPod,
  event,
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

describe('a deployment that is well', () => {
  it('is silent while its worker is not ready yet and its log warns', () => {
    const awaited = deployed(small);
    const pod = podOf(awaited, 'worker', { status: runningStatus(20) });
    const logs = {
      [`${pod.metadata.name}/main`]: [
        'FutureWarning: The environment variable `HF_HUB_ENABLE_HF_TRANSFER` is deprecated',
        'WARNING 11-21 08:00:03 [fused_moe.py:1092] Using default MoE config. Performance might be sub-optimal!',
        '[W1121 ProcessGroupNCCL.cpp:1538] Warning: WARNING: destroy_process_group() was not called before program exit',
      ],
    };
    const outlook = look(awaited, seen(64, { graph: liveGraph(awaited), pods: [pod], logs }));
    expect([...outlook.hopeless, ...outlook.notices]).toEqual([]);
  });

  it('is silent about other people and about pods that are gone', () => {
    const awaited = deployed(small);
    const pods = [
      podOf(awaited, 'Frontend', { status: readyStatus(20) }),
      podOf(awaited, 'worker', { status: runningStatus(20) }),
      podOf(awaited, 'worker', {
        name: 'llama-test-worker-7d9c',
        labels: { 'nvidia.com/dynamo-graph-deployment-name': 'llama-test' },
        status: crashed(1, -10, 118),
      }),
    ];
    const old = { kind: 'Pod', metadata: { name: 'qwen3-30b-worker-5b7f-old' } };
    const set = { kind: 'ReplicaSet', metadata: { name: 'qwen3-30b-worker-2-frontend-6c9f7d8b5' } };
    const events = [
      event(old, -2880, 'FailedScheduling', '0/4 nodes are available: 4 Insufficient nvidia.com/gpu.', {
        count: 7,
      }),
      event(
        set,
        5,
        'FailedCreate',
        'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
      ),
    ];
    const outlook = look(awaited, seen(300, { graph: liveGraph(awaited), pods, events }));
    expect([...outlook.hopeless, ...outlook.notices]).toEqual([]);
    expect(outlook.logs.map(ask => ask.pod)).toEqual([pods[1]?.metadata.name]);
  });

  it('says that Karpenter brings a node, however long it takes', () => {
    const awaited = deployed(small);
    const message = '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.';
    const pod = podOf(awaited, 'worker', { node: null, status: unschedulable(message, 1) });
    const events = [
      event(pod, 1, 'FailedScheduling', message),
      event(pod, 6, 'Nominated', 'Pod should schedule on: nodeclaim/gpu-7xk2p', { type: 'Normal' }),
    ];
    const outlook = look(awaited, seen(130, { graph: liveGraph(awaited), pods: [pod], events }));
    expect(outlook.hopeless).toEqual([]);
    expect(outlook.notices.map(one => one.level)).toEqual(['info']);
    expect(outlook.rows.find(row => row.role === 'worker')?.note).toMatch(/Karpenter.*gpu-7xk2p/);
    expect(textOf(outlook.notices)).not.toMatch(/add (a )?gpu node|device plugin/i);
  });

  it('has a download that takes an hour, with a time-out on the way', () => {
    const awaited = deployed(
      { name: 'qwen3-235b', model: 'Qwen/Qwen3-235B-A22B-FP8', tensorParallelSize: 4 },
      220.6,
    );
    const pod = downloadPod(awaited, {
      status: { phase: 'Running', containerStatuses: [container({ name: 'download', state: running(5) })] },
    });
    const logs = {
      [`${pod.metadata.name}/download`]: [
        "WARNING: huggingface-hub 1.16.4 does not provide the extra 'hf-transfer'",
        'Fetching 24 files:  25%|██▌       | 6/24 [14:58<44:10, 147s/it]',
        "'(ReadTimeoutError(\"HTTPSConnectionPool(host='cas-bridge.xethub.hf.co', port=443): Read timed out.\")' thrown while requesting GET https://huggingface.co/x",
        'Retrying in 1s [Retry 1/5].',
      ],
    };
    const outlook = look(
      awaited,
      seen(2300, { graph: liveGraph(awaited), jobs: [liveJob(awaited)], pods: [pod], logs }),
    );
    expect([...outlook.hopeless, ...outlook.notices]).toEqual([]);
    expect(outlook.download).toMatchObject({ secondsLeft: 2650, note: '6 of 24 files fetched' });
    expect(outlook.rows[0]).toMatchObject({
      role: 'model download',
      stage: 'downloading',
      ready: 0,
      wanted: 1,
    });
  });
});
