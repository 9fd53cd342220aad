/** What a list tells of a deployment, from the object of either API version. */

import { describe, expect, it } from 'vitest';
import { describe as describeGraph } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/deployed/describe.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import { goldenManifests } from '../../../../../cluster/golden.ts';

const live = (release: string, name: string, status: object): KubernetesObject => ({
  ...(goldenManifests(release, name).at(-1) as KubernetesObject),
  status,
});

const ready = { readyReplicas: 1, replicas: 1, updatedReplicas: 1 };

describe('a described deployment', () => {
  it('reads v1alpha1', () => {
    const status = { state: 'successful', services: { Frontend: ready, worker: ready }, conditions: [] };
    expect(describeGraph(live('0.9.1', 'aggregated', status), null)).toMatchObject({
      model: 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8',
      mode: 'aggregated',
      release: '0.9.1',
      gpus: 1,
      state: 'ready',
      roles: [
        { name: 'Frontend', ready: 1, wanted: 1, gpus: 0 },
        { name: 'worker', ready: 1, wanted: 1, gpus: 1 },
      ],
      address: 'http://qwen3-30b-a3b-instruct-25-frontend.dynamo-system.svc.cluster.local:8000/v1',
    });
  });

  it('names the API version that it was written in, not the one it was read in', () => {
    const graph = live('1.5.1', 'aggregated', {});
    const applied = { manager: 'dynamo-installer', operation: 'Apply', apiVersion: 'nvidia.com/v1beta1' };
    const other = { manager: 'manager', operation: 'Update', apiVersion: 'nvidia.com/v1alpha1' };
    const metadata = { ...graph.metadata, managedFields: [applied, other] };
    const read = { ...graph, apiVersion: 'nvidia.com/v1alpha1' };
    expect(describeGraph({ ...read, metadata }, null).apiVersion).toBe('nvidia.com/v1beta1');
    expect(describeGraph(read, null).apiVersion).toBe('nvidia.com/v1alpha1');
  });

  it('reads v1beta1 with prefill and decode', () => {
    const status = { state: 'pending', components: {}, conditions: [{ type: 'Ready', status: 'False' }] };
    const described = describeGraph(live('1.5.1', 'disaggregated', status), null);
    expect(described).toMatchObject({ mode: 'disaggregated', gpus: 2, state: 'not ready' });
    expect(described.roles.map(({ ready: now, wanted }) => `${now}/${wanted}`)).toEqual([
      '0/1',
      '0/1',
      '0/1',
    ]);
    expect(described.conditions).toEqual([{ type: 'Ready', status: 'False', reason: '', message: '' }]);
  });

  it('believes the kept answers before the manifest', () => {
    const graph = live('0.9.1', 'aggregated', {});
    const answers = { model: 'org/fine-tuned', mode: 'disaggregated' };
    expect(describeGraph(graph, answers)).toMatchObject({
      model: 'org/fine-tuned',
      mode: 'disaggregated',
      state: 'not taken up',
    });
  });

  it('tells one that failed and one that goes', () => {
    const graph = live('0.9.1', 'aggregated', { state: 'failed' });
    expect(describeGraph(graph, null).state).toBe('failed');
    const metadata = { ...graph.metadata, deletionTimestamp: '2026-11-21T10:00:00Z' };
    expect(describeGraph({ ...graph, metadata }, null).state).toBe('being removed');
  });
});
