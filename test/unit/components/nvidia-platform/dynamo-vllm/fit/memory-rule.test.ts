/** Whether a plan fits on the GPUs that were seen, and what it costs there; stories of deployments that did not. */

import { describe, expect, it } from 'vitest';
import { costOfAll } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/cost.ts';
import { type Facts, noFacts } from '../../../../../../src/core/component.ts';
import { codes, draftFrom } from '../../../../../kit/draft.ts';

const node = (name: string, product: string, freeGpus: number) => ({ name, product, freeGpus });
const on = (...gpuNodes: ReturnType<typeof node>[]): Facts => ({ ...noFacts, gpuPools: false, gpuNodes });
const l40s = node('a', 'NVIDIA-L40S', 4);
const h100 = node('b', 'NVIDIA-H100-80GB-HBM3', 8);
const t4 = node('c', 'Tesla-T4', 4);
const large = { model: 'Qwen/Qwen3-32B', tensorParallelSize: 1 };
const found = (draft: ReturnType<typeof draftFrom>, rule: string) =>
  draft.findings.find(one => one.rule === rule);

describe('weights of 61 GiB on one L40S', () => {
  it('are refused with the sum and with what would fit', () => {
    const misfit = found(draftFrom(large, on(l40s)), 'fit-too-large');
    expect(misfit).toMatchObject({ level: 'error', path: '' });
    expect(misfit?.message).toMatch(/6[01]\.\d GiB .*44\.4 GiB are visible/);
    expect(misfit?.hint).toMatch(/--tensor-parallel-size [24]/);
  });
  it('only warn where a provisioner may bring other GPUs, or nobody knows whether one does', () => {
    for (const gpuPools of [true, null])
      expect(found(draftFrom(large, { ...on(l40s), gpuPools }), 'fit-too-large')?.level).toBe('warning');
  });
  it('are let through by --skip-check', () => {
    const answers = { ...large, skipCheck: ['fit-too-large'] };
    expect(codes(draftFrom(answers, on(l40s)), 'error')).toEqual([]);
  });
  it('say nothing where another kind holds them, where the TP does, and offline', () => {
    const two = { ...large, tensorParallelSize: 2 };
    for (const draft of [draftFrom(two, on(t4, h100)), draftFrom(two, on(l40s)), draftFrom(large)])
      expect(draft.findings.filter(one => one.level !== 'info').map(one => one.rule)).toEqual([]);
  });
  it('speak of the role and its own flags', () => {
    const draft = draftFrom({ model: large.model, mode: 'disaggregated' }, on(l40s));
    const misfits = draft.findings.filter(one => one.rule === 'fit-too-large');
    expect(misfits.map(one => one.message.slice(0, 7))).toEqual(['prefill', 'decode:']);
    expect(misfits[1]?.hint).toContain('--decode-tensor-parallel-size');
  });
});

describe('a worker that no GPU can hold', () => {
  const huge = { model: 'deepseek-ai/DeepSeek-R1', tensorParallelSize: 1 };
  it('is warned of when no cluster is known, with what would do', () => {
    const misfit = found(draftFrom(huge), 'fit-too-large');
    expect(misfit).toMatchObject({ level: 'warning', path: '' });
    expect(misfit?.message).toMatch(/does not fit on 1 x GB300 .* No larger GPU is known\.$/);
    const [, size] = /--tensor-parallel-size (\d+)/.exec(misfit?.hint ?? '') ?? [];
    expect(codes(draftFrom({ ...huge, tensorParallelSize: Number(size) }), 'warning')).toEqual([]);
  });
  it('is left to the nodes where they are known', () => {
    expect(found(draftFrom(huge, on(h100)), 'fit-too-large')?.message).toContain('H100-80GB');
    expect(found(draftFrom(huge, on()), 'fit-too-large')).toBeUndefined();
  });
});

describe('other findings on nodes', () => {
  it('name a format that no GPU there computes', () => {
    expect(codes(draftFrom({ model: 'Qwen/Qwen3-0.6B' }, on(t4)), 'error')).toEqual(['fit-illegal-dtype']);
  });
  it('warn of a tight fit, and never refuse it', () => {
    const gpu = { name: 'X', visibleGib: 60, capability: 9, nvlink: true };
    const facts = { ...on(), gpuNodes: [{ name: 'a', freeGpus: 8, gpu }] };
    const draft = draftFrom({ release: '1.3.1' }, facts);
    expect(codes(draft, 'warning')).toContain('fit-tight');
    expect(codes(draft, 'error')).toEqual([]);
  });
  it('judge nothing that is not known', () => {
    for (const answers of [{ model: 'a/b' }, { release: '9.9.0' }])
      expect(found(draftFrom(answers, on(t4)), 'fit-too-large')).toBeUndefined();
    expect(codes(draftFrom(large, on(node('a', 'NVIDIA-Something-New', 1))), 'error')).toEqual([]);
  });
});

describe('more GPUs than a node has', () => {
  const counted = { ...h100, gpus: 8, freeGpus: 0 };
  const wide = { ...large, tensorParallelSize: 16 };
  const mixed = { ...noFacts, gpuPools: false, gpuNodes: [{ ...l40s, gpus: 4 }, counted] };
  it('are refused where none can be made, held or free, with the sizes that a node can hold', () => {
    const finding = found(draftFrom(wide, mixed), 'gpu-placement');
    expect(finding).toMatchObject({ level: 'error', path: '' });
    expect(finding?.message).toBe('TP 16 needs 16 GPUs of one node, and a node has at most 8.');
    expect(finding?.hint).toBe('Legal is --tensor-parallel-size 1, 2, 4 or 8.');
    expect(codes(draftFrom({ ...large, tensorParallelSize: 8 }, mixed), 'error')).toEqual([]);
    const piped = { ...large, tensorParallelSize: 8, pipelineParallelSize: 2 };
    expect(found(draftFrom(piped, mixed), 'gpu-placement')?.message).toContain('TP 8 x PP 2 needs 16');
  });
  it('only warn where a provisioner may bring larger nodes, and say nothing where the number is not known', () => {
    expect(found(draftFrom(wide, { ...mixed, gpuPools: true }), 'gpu-placement')?.level).toBe('warning');
    expect(found(draftFrom(wide, on(h100)), 'gpu-placement')).toBeUndefined();
  });
  it('only warn while the checks before a deployment will look closer', () => {
    expect(found(draftFrom(wide, { ...mixed, isLive: true }), 'gpu-placement')?.level).toBe('warning');
  });
  it('are in no advice', () => {
    const one = { ...noFacts, gpuPools: false, gpuNodes: [{ ...l40s, gpus: 1 }] };
    expect(found(draftFrom(large, one), 'fit-too-large')?.hint).not.toContain('--tensor-parallel-size');
  });
});

describe('TP 4 through blocks of FP8', () => {
  it('is refused with the width of a piece, before any cluster is known', () => {
    const illegal = found(draftFrom({ tensorParallelSize: 4 }), 'fit-illegal-fp8-block');
    expect(illegal?.message).toMatch(/TP 4.*768.*192.*128/);
    expect(illegal?.hint).toMatch(/--tensor-parallel-size 1 or 2.*--expert-parallel/);
  });
});

describe('the cost of a plan', () => {
  const prices = { 'p5.48xlarge': 55.04, 'p5.4xlarge': 6.88 };
  const costs = (facts: Facts, answers = {}) =>
    draftFrom(answers, facts).summary.filter(line => line.label === 'Cost per hour');
  it('stands in the summary where the GPU is known and has a price', () => {
    expect(costs({ ...on(h100), prices }, { replicas: 2 })).toEqual([
      { label: 'Cost per hour', value: '13.76 for 2 x H100-80GB' },
    ]);
    expect(costs({ ...on(h100), prices: { L4: 1 } })).toEqual([]);
    expect(costs(on(h100))).toEqual([]);
    const both = { ...on(h100, l40s), prices };
    expect(costs(both, { model: 'Qwen/Qwen3-0.6B' })).toEqual([]);
    // The default model does not fit on the other, so the plan names this one.
    expect(costs(both)).toMatchObject([{ value: '6.88 for 1 x H100-80GB' }]);
  });
  it('lets workers share a machine where that is cheaper', () => {
    expect(costOfAll(prices, 'H100-80GB', [4, 4])).toBe(55.04);
    expect(costOfAll(prices, 'H100-80GB', [1, 1])).toBe(13.76);
    expect(costOfAll(prices, 'H100-80GB', [8, 8])).toBeCloseTo(110.08);
    expect(costOfAll({ 'H100-80GB': 4 }, 'H100-80GB', [2, 1])).toBe(12);
    expect(costOfAll(prices, 'L4', [1])).toBeNull();
  });
});
