/** A model that no catalogue lists, by what the Hub says of it. */

import { describe, expect, it } from 'vitest';
import { knownModel } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/catalogue.ts';
import { modelFactsOf } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/model-facts.ts';
import type { Plan } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/plan.ts';
import { type Facts, noFacts } from '../../../../../../src/core/component.ts';
import { defaultModel } from '../../../../../kit/asking.ts';
import { codes, draftFrom } from '../../../../../kit/draft.ts';

const gib = 2 ** 30;
const id = 'someone/something';
const config = {
  architectures: ['Qwen3MoeForCausalLM'],
  num_hidden_layers: 48,
  hidden_size: 2048,
  num_attention_heads: 32,
  num_key_value_heads: 4,
  head_dim: 128,
  num_experts: 128,
  num_experts_per_tok: 8,
  moe_intermediate_size: 768,
  intermediate_size: 6144,
  vocab_size: 151_936,
  max_position_embeddings: 262_144,
  quantization_config: { quant_method: 'fp8', weight_block_size: [128, 128] },
};
const text = JSON.stringify(config);
const said = (some: Partial<NonNullable<Facts['model']>> = {}): Facts => ({
  ...noFacts,
  model: { asked: id, id, weightsBytes: 29 * gib, config: text, ...some },
});

describe('modelFactsOf', () => {
  it('takes the Hub over the catalogue, for dimensions and for size', () => {
    const facts = modelFactsOf(defaultModel, {
      config: JSON.stringify({ ...config, max_position_embeddings: 40_960 }),
      weightsBytes: 30 * gib,
    });
    expect(facts).toMatchObject({ contextTokens: 40_960, weightsGib: [30, 30], heads: 32 });
    expect(knownModel(defaultModel)?.contextTokens).toBe(262_144);
  });
  it('takes the exact size alone where the config is not shown, and the dimensions of the catalogue', () => {
    expect(modelFactsOf(defaultModel, { config: null, weightsBytes: 30 * gib })).toEqual({
      ...knownModel(defaultModel),
      weightsGib: [30, 30],
    });
    expect(modelFactsOf(id, { config: null, weightsBytes: gib })).toMatchObject({
      weightsGib: [1, 1],
      heads: null,
    });
  });
  it('keeps the quantisation that the catalogue knows from another file', () => {
    const { quantization_config: _, ...plain } = config;
    const facts = modelFactsOf(defaultModel, { config: JSON.stringify(plain), weightsBytes: null });
    expect(facts?.quantization?.block).toEqual([128, 128]);
  });
  it('completes what a config.json leaves to the code that reads it', () => {
    const { max_position_embeddings: _, num_key_value_heads: __, ...short } = config;
    const read = { config: JSON.stringify({ ...short, num_attention_heads: null }), weightsBytes: null };
    expect(modelFactsOf(defaultModel, read)).toMatchObject({
      contextTokens: 262_144,
      heads: 32,
      kvHeads: 4,
      kinds: [{ kind: 'full', layers: 48 }],
    });
  });
  it('knows nothing of a name alone, and takes the catalogue where the config is no configuration', () => {
    expect(modelFactsOf(id, null)).toBeUndefined();
    expect(modelFactsOf(id, { config: 'no JSON', weightsBytes: null })).toBeUndefined();
    expect(modelFactsOf(defaultModel, { config: '{}', weightsBytes: null })).toEqual(
      knownModel(defaultModel),
    );
  });
});

describe('a plan for a model that only the Hub knows', () => {
  it('is held to the rules, with what is legal', () => {
    const draft = draftFrom({ model: id, tensorParallelSize: 4 }, said());
    const found = draft.findings.find(one => one.rule === 'fit-illegal-fp8-block');
    expect(found).toMatchObject({ level: 'error', path: 'tensorParallelSize' });
    expect(found?.hint).toContain('--tensor-parallel-size 1 or 2');
    expect(codes(draftFrom({ model: id, tensorParallelSize: 2 }, said()), 'error')).toEqual([]);
  });
  it('is held to nothing without the Hub, and not by what the Hub said of another model', () => {
    expect(codes(draftFrom({ model: id, tensorParallelSize: 4 }), 'error')).toEqual([]);
    const other = said({ asked: 'a/b', id: 'a/b' });
    expect(codes(draftFrom({ model: id, tensorParallelSize: 4 }, other), 'error')).toEqual([]);
  });
  it('counts for the spelling that was asked for, too', () => {
    const facts = said({ asked: 'Someone/Something' });
    const draft = draftFrom({ model: 'Someone/Something', tensorParallelSize: 4 }, facts);
    expect(codes(draft, 'error')).toContain('fit-illegal-fp8-block');
  });
  it('names the type of GPU that runs it', () => {
    const gpuNodes = [
      { name: 'a', product: 'NVIDIA-L4', freeGpus: 4 },
      { name: 'b', product: 'NVIDIA-H100-80GB-HBM3', freeGpus: 1 },
    ];
    const draft = draftFrom({ model: id }, { ...said(), gpuNodes });
    const roles = (draft.plan as unknown as Plan).roles.map(role => role.placement.nodeSelector);
    expect(roles).toContainEqual({ 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' });
  });
});
