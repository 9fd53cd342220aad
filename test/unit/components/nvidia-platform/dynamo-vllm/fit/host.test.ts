/** What a worker needs beside GPU memory: the node's memory and disk, the cache, the time to start. */

import { describe, expect, it } from 'vitest';
import { component } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/component.ts';
import { hostOf } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/host.ts';
import { startupSeconds } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/startup.ts';
import type { Plan } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/plan.ts';
import { settingsFrom } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/settings.ts';
import { noFacts } from '../../../../../../src/core/component.ts';
import type { Value } from '../../../../../../src/core/schema.ts';
import { settle } from '../../../../../../src/core/settings.ts';
import { choice, defaultModel, model } from '../../../../../kit/asking.ts';
import { draftFrom } from '../../../../../kit/draft.ts';

const settings = (values: Readonly<Record<string, Value>> = {}) =>
  settingsFrom(settle(component.settings, [{ name: 'flag', values }]), noFacts);
const worker = (answers: Readonly<Record<string, Value>>) =>
  (draftFrom(answers).plan as unknown as Plan).roles.find(role => role.kind === 'worker');

describe('hostOf', () => {
  it('is what the manifests ask for', () => {
    const answers = { kvbm: true, kvbmCpuGb: 100, kvbmDiskGb: 200, tensorParallelSize: 2 } as const;
    const host = hostOf(model(defaultModel), choice({ tensor: 2 }), settings(answers));
    expect(worker(answers)).toMatchObject({
      requests: {
        memory: `${host.memoryGiB[0]}Gi`,
        'ephemeral-storage': `${host.ephemeralGiB}Gi`,
      },
      sharedMemory: `${host.sharedMemoryGiB}Gi`,
    });
    expect(host.pinnedGiB).toBe(100);
  });
  it('counts weights that are offloaded, on each GPU', () => {
    const plain = hostOf(model(defaultModel), choice({ tensor: 2 }), settings());
    const offloaded = hostOf(model(defaultModel), choice({ tensor: 2, cpuOffloadGib: 8 }), settings());
    expect(offloaded.memoryGiB[0] - plain.memoryGiB[0]).toBe(16);
    expect(offloaded.pinnedGiB).toBe(16);
  });
  it('asks for offloaded weights in the manifests, with KVBM and without', () => {
    const answers = { tensorParallelSize: 2, vllmArgs: '--cpu-offload-gb 7.5 --max-model-len 8192' } as const;
    const host = hostOf(model(defaultModel), choice({ tensor: 2, cpuOffloadGib: 7.5 }), settings(answers));
    expect(worker(answers)).toMatchObject({
      requests: { memory: `${host.memoryGiB[0]}Gi` },
      limits: { memory: `${Math.ceil(host.memoryGiB[0] * 1.25) + host.sharedMemoryGiB}Gi` },
    });
    const both = { ...answers, kvbm: true, kvbmCpuGb: 100 } as const;
    expect(worker(both)?.requests.memory).toBe(`${100 + 15 + 16 + 8}Gi`);
    const roles = draftFrom({ mode: 'disaggregated', vllmArgs: '--cpu-offload-gb 4' })
      .plan as unknown as Plan;
    expect(roles.roles.map(role => role.requests.memory)).toEqual([undefined, '24Gi', '24Gi']);
  });
  it('has the model in ephemeral storage where no claim keeps it', () => {
    const host = hostOf(model(defaultModel), choice(), settings({ modelCache: 'none' }));
    expect(host.modelCacheGiB).toBeNull();
    expect(host.ephemeralGiB).toBeCloseTo(2 + 29.03 * 1.05, 1);
    const asked = worker({ modelCache: 'none' })?.requests['ephemeral-storage'];
    expect(asked).toBe(`${Math.ceil(host.ephemeralGiB)}Gi`);
    expect(worker({ modelCache: 'none', model: 'a/b', release: '1.3.1' })?.requests).toEqual({
      'ephemeral-storage': '2Gi',
    });
    expect(worker({})?.requests).toEqual({});
  });
});

describe('startupSeconds', () => {
  const base = { weightsBytes: 30e9, fetches: true, experts: false, eager: false };
  it('grows with the size, the download, experts and compiling, at both ends', () => {
    const [low, high] = startupSeconds(base);
    expect(low).toBe(30 + 15 + 20 + 10);
    expect(high).toBe(750 + 600 + 150 + 60 + 300);
    for (const more of [{ weightsBytes: 300e9 }, { experts: true }]) {
      const [least, most] = startupSeconds({ ...base, ...more });
      expect([least > low, most > high]).toEqual([true, true]);
    }
    for (const less of [{ fetches: false }, { eager: true }]) {
      const [least, most] = startupSeconds({ ...base, ...less });
      expect([least < low, most < high]).toEqual([true, true]);
    }
  });
  it('holds the download of 221 GiB that took 62 minutes within its range', () => {
    const [, high] = startupSeconds({ ...base, weightsBytes: 221 * 2 ** 30, experts: true });
    expect(high).toBeGreaterThan(62 * 60);
  });
});
