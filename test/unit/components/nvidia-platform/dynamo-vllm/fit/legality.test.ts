import { describe, expect, it } from 'vitest';
import type { Choice } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/facts.ts';
import {
  checkLegality,
  legalTensorSizes,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/legality.ts';
import { readConfig } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/read-config.ts';
import { asking, choice, defaultModel, gpu } from '../../../../../kit/asking.ts';
import { blockCases, headCases, statementCases } from '../../../../../kit/legality-cases.ts';

const usual = (sizes: readonly number[]): number[] => sizes.filter(size => [1, 2, 4, 8, 16].includes(size));

const vllm = (minor: number): Partial<Choice> => ({ engine: minor });
const errors = (id: string, some: Partial<Choice>, gpu: string | null = null): string[] =>
  checkLegality(asking(id, some, gpu))
    .filter(({ level }) => level === 'error')
    .map(({ rule }) => rule);

describe('the method of a checkpoint', () => {
  const said = (quant_method: string, release: string, some: Partial<Choice> = {}): string[] =>
    checkLegality({
      modelId: 'a/model',
      model: readConfig({ quantization_config: { quant_method } }, null),
      choice: choice({ release, ...some }),
      gpu: null,
      gpuCount: null,
    }).flatMap(({ rule, level, hint }) => (rule === 'fit-illegal-method' ? [`${level}: ${hint}`] : []));
  it('that was taken out is refused, with the releases that have it', () => {
    expect(said('bitsandbytes', '1.4.2')).toEqual([]);
    expect(said('bitsandbytes', '1.5.1')).toEqual([
      expect.stringMatching(/^error: Releases that have it: .*--release 1\.4\.2/),
    ]);
    expect(said('hqq', '1.0.2')).toHaveLength(1);
  });
  it('that is deprecated is warned of, until it is allowed', () => {
    expect(said('fbgemm_fp8', '0.8.1')).toEqual([]);
    expect(said('fbgemm_fp8', '1.3.1')).toEqual([
      expect.stringMatching(/^warning: .*--allow-deprecated-quantization/),
    ]);
    expect(said('fbgemm_fp8', '1.3.1', { allowsDeprecated: true })).toEqual([]);
  });
  it('that no list has, or that vLLM hands on, is not held against a model', () => {
    for (const method of ['mine', 'auto-round', 'fp8', 'awq', 'gptq', 'mxfp4', 'compressed-tensors'])
      expect(said(method, '1.6.1')).toEqual([]);
  });
});

describe('methods of modelopt', () => {
  const refused = (
    quant_algo: string,
    engine: number,
    on: string,
    quantization: string | null = null,
  ): boolean =>
    checkLegality({
      modelId: 'a/model',
      model: readConfig({ quantization_config: { quant_method: 'modelopt', quant_algo } }, null),
      choice: choice({ engine, quantization }),
      gpu: gpu(on),
      gpuCount: null,
    }).some(({ rule }) => rule === 'fit-illegal-quantization');
  it.each<[string, string, number]>([
    ['FP8', 'A100-80GB', 28],
    ['MIXED_PRECISION', 'A100-80GB', 26],
    ['MIXED_PRECISION', 'T4', 26],
    ['MXFP8', 'A100-80GB', 20],
  ])('%s runs on %s from vLLM 0.%i on', (algorithm, on, first) => {
    const before = [16, 19, 20, 23, 26, 28].filter(engine => engine < first).at(-1) ?? 0;
    expect([before, first, 31].map(engine => refused(algorithm, engine, on))).toEqual([true, false, false]);
  });
  it('are what the checkpoint says, whichever of them is asked for', () => {
    expect([null, 'modelopt'].map(asked => refused('NVFP4', 23, 'A100-80GB', asked))).toEqual([false, false]);
  });
});

describe('block-quantised FP8 without expert parallelism, up to vLLM 0.28', () => {
  it.each(blockCases.map(one => [one.model, one.sizes] as const))('%s may be cut into %j', (id, sizes) => {
    for (const minor of [14, 23, 28]) expect(usual(legalTensorSizes(asking(id, vllm(minor))))).toEqual(sizes);
  });
  it.each([4, 8])('lets the default model be cut into %i with expert parallelism', tensor => {
    expect(errors(defaultModel, { tensor, expert: true })).toEqual([]);
  });
  it.each(['Qwen/Qwen3-Next-80B-A3B-Instruct-FP8', 'Qwen/Qwen3.5-35B-A3B-FP8'])(
    'refuses TP 8 of %s even so, for its shared expert',
    id => {
      expect(errors(id, { tensor: 8, expert: true, release: '1.6.1' })).toEqual(['fit-illegal-fp8-block']);
    },
  );
  it('counts data parallelism among the cuts of experts', () => {
    expect(errors(defaultModel, { data: 2 })).toEqual([]);
    expect(errors(defaultModel, { data: 4 })).toEqual(['fit-illegal-fp8-block']);
    expect(errors(defaultModel, { tensor: 2, data: 2 })).toEqual(['fit-illegal-fp8-block']);
    expect(errors(defaultModel, { pipeline: 4 })).toEqual([]);
  });
});

describe('block-quantised FP8 from vLLM 0.29 on', () => {
  const newest: Partial<Choice> = { engine: 31, release: '1.6.1' };
  it.each([4, 8])('warns of TP %i for the default model and refuses nothing', tensor => {
    const problems = checkLegality(asking(defaultModel, { ...newest, tensor }, 'H100-80GB'));
    expect(problems.map(({ rule, level }) => [rule, level])).toEqual([['fit-fp8-block-refined', 'warning']]);
  });
  it('still refuses it where Triton lacks the 8-bit float', () => {
    expect(errors(defaultModel, { ...newest, tensor: 4 }, 'A100-80GB')).toEqual(['fit-illegal-fp8-block']);
  });
  it('still refuses pieces that are too small', () => {
    expect(errors('Qwen/Qwen3.8-Flash-Next-FP8', { ...newest, tensor: 4 })).toEqual([]);
    expect(errors('Qwen/Qwen3.8-Flash-Next-FP8', { ...newest, tensor: 8 })).toEqual([
      'fit-illegal-fp8-block',
    ]);
  });
  it('still refuses a dense cut', () => {
    expect(errors('Qwen/Qwen3-4B-FP8', { ...newest, tensor: 8 })).toEqual(['fit-illegal-fp8-block']);
  });
});

describe('heads, experts, layers', () => {
  it.each(headCases.map(one => [one.model, one.sizes] as const))('%s may be cut into %j', (id, sizes) => {
    expect(usual(legalTensorSizes(asking(id)))).toEqual(sizes);
  });
  it('knows sizes that are no power of two', () => {
    expect(legalTensorSizes(asking('Qwen/Qwen3.5-27B', { release: '1.6.1', engine: 31 }))).toEqual([
      1, 2, 4, 8, 12,
    ]);
  });
  it('lists what is legal, with experts dealt out whole too', () => {
    const [problem] = checkLegality(asking(defaultModel, { tensor: 4 }));
    expect(problem?.hint).toBe(
      'Legal is --tensor-parallel-size 1 or 2, and --tensor-parallel-size 4, 8 or 16 with --expert-parallel.',
    );
  });
  it('says one reason for a size that cuts neither kind of head, and a rounded width of pieces', () => {
    const found = checkLegality(asking('Qwen/Qwen3-30B-A3B-Instruct-2507', { tensor: 3 }));
    expect(found.filter(({ rule }) => rule === 'fit-illegal-heads')).toHaveLength(1);
    const [block] = checkLegality(asking('Qwen/Qwen3-4B-FP8', { tensor: 3 })).filter(
      ({ rule }) => rule === 'fit-illegal-fp8-block',
    );
    expect(block?.message).toContain('into pieces of 3242.7, which');
  });
});

describe('what is refused and what starts', () => {
  it.each(statementCases.map(one => [one.what, one.model, one] as const))('%s: %s', (_, id, one) => {
    const problems = checkLegality(asking(id, one.some, one.gpu)).filter(({ level }) => level === 'error');
    const rules = problems.map(({ rule }) => rule);
    if (one.refusedBy === null) expect(rules).toEqual([]);
    else expect(rules).toContain(one.refusedBy);
    for (const { hint } of problems) expect(hint).toMatch(/[Ll]egal|Releases|only without/);
  });
});
