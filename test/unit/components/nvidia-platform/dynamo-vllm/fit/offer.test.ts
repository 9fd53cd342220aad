/** What the prompts for mode and TP offer on a cluster, and that nothing changes without one. */

import { describe, expect, it } from 'vitest';
import { component } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/component.ts';
import { type Facts, noFacts } from '../../../../../../src/core/component.ts';
import type { Value } from '../../../../../../src/core/schema.ts';
import { type LayerName, settle } from '../../../../../../src/core/settings.ts';
import { codes, draftFrom } from '../../../../../kit/draft.ts';

type Answers = Readonly<Record<string, Value>>;

const node = (name: string, product: string, freeGpus: number) => ({ name, product, freeGpus });
const on = (...gpuNodes: ReturnType<typeof node>[]): Facts => ({ ...noFacts, gpuNodes });
const offer = (key: string, facts: Facts, answers: Answers = {}, layer: LayerName = 'prompt') =>
  component.offer(key, settle(component.settings, [{ name: layer, values: answers }]), facts);
const tp = 'tensorParallelSize';
const usual = (key: string, facts: Facts, answers: Answers = {}, layer: LayerName = 'prompt') => {
  const found = offer(key, facts, answers, layer);
  return found?.choices[found.usual];
};
const values = (key: string, facts: Facts, answers: Answers = {}): Value[] =>
  (offer(key, facts, answers)?.choices ?? []).map(choice => choice.value);

const l40s = 'NVIDIA-L40S';
const h100 = 'NVIDIA-H100-80GB-HBM3';
const dense = { model: 'Qwen/Qwen3-32B' };

describe('without knowledge', () => {
  it.each([
    ['of the cluster', noFacts, {}],
    ['of its GPUs', on(node('a', 'NVIDIA-Something-New', 8)), {}],
    ['of the model', on(node('a', h100, 8)), { model: 'someone/something' }],
    ['of the release', on(node('a', h100, 8)), { release: '9.9.0' }],
  ])('%s the question stays free', (_, facts, answers) => {
    expect(offer(tp, facts, answers)).toBeNull();
  });
  it('no other question is touched', () => {
    for (const key of ['model', 'replicas', 'vllmArgs', 'kvRouter'])
      expect(offer(key, on(node('a', h100, 8)))).toBeNull();
  });
});

describe('the action', () => {
  it('says that nothing can be deployed where no cluster is seen, and leaves the choice', () => {
    const unseen = { ...noFacts, isUnseen: true };
    const notes = offer('action', unseen)?.choices.map(({ value, description }) => [value, description]);
    expect(notes).toEqual([
      ['deploy', expect.stringMatching(/verified answer; but no cluster is seen$/)],
      ['review', expect.not.stringContaining('cluster')],
      ['save', expect.not.stringContaining('cluster')],
    ]);
    expect(usual('action', unseen, { action: 'save' }, 'config.json')?.value).toBe('save');
    expect(offer('action', noFacts)).toBeNull();
  });
});

describe('the tensor parallel size', () => {
  it('offers only what is legal', () => {
    const all = values(tp, on(node('a', h100, 8)));
    expect(all).toEqual([1, 2]);
    for (const value of all)
      expect(codes(draftFrom({ [tp]: value }, on(node('a', h100, 8))), 'error')).toEqual([]);
    expect(values(tp, on(node('a', h100, 8)), { model: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-7B' })).toEqual([
      1, 2, 4,
    ]);
  });
  it('leaves out what no node can hold, unless one may be made', () => {
    const four = { ...noFacts, gpuNodes: [{ ...node('a', h100, 0), gpus: 4 }] };
    expect(values(tp, { ...four, gpuPools: false }, dense)).toEqual([1, 2, 4]);
    for (const gpuPools of [true, null]) expect(values(tp, { ...four, gpuPools }, dense)).toContain(16);
  });
  it('marks the smallest that fits what is free', () => {
    expect(usual(tp, on(node('a', h100, 8)))?.value).toBe(1);
    expect(usual(tp, on(node('a', l40s, 8)), dense)?.value).toBe(2);
    expect(usual(tp, on(node('a', l40s, 1), node('b', h100, 2)))?.value).toBe(1);
  });
  it('takes one that is busy where nothing is free, and changes nothing', () => {
    const found = offer(tp, on(node('a', l40s, 0)), dense);
    expect(found?.choices.every(choice => Object.keys(choice.with).length === 0)).toBe(true);
    expect(found?.choices[found.usual]?.value).toBe(2);
  });
  it('keeps what config.json says where that runs, and not where it does not', () => {
    const answers = { ...dense, [tp]: 4 };
    expect(usual(tp, on(node('a', l40s, 8)), answers, 'config.json')?.value).toBe(4);
    expect(usual(tp, on(node('a', l40s, 2)), answers, 'config.json')?.value).toBe(2);
  });
  it('says where a size would run and how much is free', () => {
    const names = offer(tp, on(node('a', l40s, 2)), dense)?.choices.map(choice => choice.name) ?? [];
    expect(names[0]).toBe('1   does not fit on 1 x L40S');
    expect(names[1]).toBe('2   fits on 2 x L40S');
    expect(names[2]).toBe('4   fits on 4 x L40S; 2 free on one node');
  });
  it('keeps to the type that was chosen', () => {
    const facts = on(node('a', l40s, 8), node('b', h100, 8));
    expect(usual(tp, facts, { ...dense, nodeSelector: [`nvidia.com/gpu.product=${l40s}`] })?.value).toBe(2);
  });
  it('takes the GPU that the survey made out where nothing labels its product', () => {
    const gpu = { name: 'L40S', visibleGib: 44.42, capability: 8.9, nvlink: false };
    expect(usual(tp, { ...noFacts, gpuNodes: [{ name: 'a', freeGpus: 8, gpu }] }, dense)?.value).toBe(2);
  });
  it('holds for a model that only the Hub knows', () => {
    const config = JSON.stringify({
      num_hidden_layers: 64,
      hidden_size: 5120,
      num_attention_heads: 64,
      num_key_value_heads: 8,
      head_dim: 128,
      intermediate_size: 25_600,
      vocab_size: 151_936,
      max_position_embeddings: 40_960,
    });
    const model = { asked: 'a/b', id: 'a/b', weightsBytes: 61 * 2 ** 30, config };
    expect(usual(tp, { ...on(node('a', l40s, 4)), model }, { model: 'a/b' })?.value).toBe(2);
  });
  it('speaks to each role of the disaggregated mode', () => {
    const answers = { ...dense, mode: 'disaggregated' };
    const facts = on(node('a', l40s, 8));
    // Sending the KV cache takes memory of its own.
    expect(usual('prefillTensorParallelSize', facts, answers)?.value).toBe(4);
    expect(usual('decodeTensorParallelSize', facts, answers)?.value).toBe(4);
  });
});

describe('where no size fits', () => {
  const facts = on(node('a', l40s, 1));
  const answers = { model: 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8', release: '1.3.1' };
  it('offers the changes that make it fit, each of them complete, and marks the first', () => {
    const found = offer(tp, facts, answers);
    const helping = found?.choices.filter(choice => Object.keys(choice.with).length > 0) ?? [];
    expect(helping.length).toBeGreaterThan(0);
    expect(found?.choices[found.usual]).toBe(helping[0]);
    expect(helping[0]?.name).toMatch(/^1 {3}fits with --max-model-len \d+$/);
    expect(String(helping[0]?.with['vllmArgs'])).toMatch(
      /^--gpu-memory-utilization 0.90 --block-size 128 --max-model-len \d+$/,
    );
  });
  it('fits once it is taken', () => {
    const taken = usual(tp, facts, answers);
    const again = offer(tp, facts, { ...answers, ...taken?.with });
    expect(again?.choices[0]?.name).toContain('fits on 1 x L40S');
    expect(again?.choices.every(choice => Object.keys(choice.with).length === 0)).toBe(true);
  });
  it('deals experts out whole where that helps', () => {
    const four = on(node('a', 'NVIDIA-L4', 4));
    const taken = usual(tp, four, answers);
    const withExperts = offer(tp, four, answers)?.choices.find(choice => choice.with['expertParallel']);
    expect(withExperts).toMatchObject({ value: 4, with: { expertParallel: true } });
    expect(taken).toBeDefined();
    expect(codes(draftFrom({ ...answers, [tp]: 4, ...withExperts?.with }), 'error')).toEqual([]);
  });
  it('leaves the answer as it was where nothing helps', () => {
    const huge = offer(tp, on(node('a', 'NVIDIA-L4', 1)), { model: 'deepseek-ai/DeepSeek-R1' });
    expect(huge?.choices[huge.usual]).toMatchObject({ value: 1, with: {} });
  });
});

describe('the mode', () => {
  it('says that one GPU is for the aggregated mode, and changes nothing else', () => {
    const found = offer('mode', on(node('a', h100, 1)));
    expect(found?.choices.map(choice => choice.short)).toEqual(['Aggregated', 'Disaggregated']);
    expect(found?.choices[0]?.description).toContain('the mode for a single GPU (1 is free)');
    expect(found?.choices[1]?.description).toContain('needs at least 2 GPUs, and 1 is free');
    expect(found?.usual).toBe(0);
  });
  it('is asked as ever where there are more, and where nothing is known', () => {
    expect(offer('mode', on(node('a', h100, 2)))).toBeNull();
    expect(offer('mode', noFacts)).toBeNull();
    expect(offer('mode', on())).toBeNull();
  });
});
