/** Engine arguments become a choice; drafts of speculative decoding become part of the sum. */

import { describe, expect, it } from 'vitest';
import { takeOver } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/args.ts';
import { readVllmArgs } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/engine/read.ts';
import { choiceFrom } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/asked.ts';
import { draftOf } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/draft.ts';
import { estimate } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/estimate.ts';
import type { Choice } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/facts.ts';
import { checkLegality } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/legality.ts';
import { asking, choice, gpu, model } from '../../../../../kit/asking.ts';

const release = '1.6.1';
const read = (text: string, env: readonly string[] = []): Choice => {
  const { words } = readVllmArgs(text, release);
  const { owned } = takeOver(words);
  const parallelism = {
    tensor: owned.tensor ?? 1,
    pipeline: 1,
    data: owned.data ?? 1,
    expert: owned.expert ?? false,
  };
  const { maxModelLen } = owned;
  return choiceFrom({
    release,
    engineVersion: '0.31.0',
    parallelism,
    maxModelLen,
    words,
    connector: false,
    env,
  });
};

describe('engine arguments', () => {
  it.each<[string, Partial<Choice>]>([
    ['', { utilization: 0.92, maxModelLen: null, kvCacheDtype: 'auto', eager: false, engine: 31 }],
    ['--gpu-memory-utilization 0.85', { utilization: 0.85 }],
    ['--gpu-memory-utilization 0.85 --gpu-memory-utilization=0.8', { utilization: 0.8 }],
    ['--device-memory-utilization 0.7', { utilization: 0.7 }],
    ['--max-model-len 32K', { maxModelLen: 32_768 }],
    ['--max-model-len auto', { maxModelLen: 'auto' }],
    ['--max-model-len -1', { maxModelLen: 'auto' }],
    ['--kv_cache_dtype fp8_e4m3', { kvCacheDtype: 'fp8_e4m3' }],
    ['--max-num-seqs 64 --max-num-batched-tokens 16k', { maxNumSeqs: 64, maxNumBatchedTokens: 16_000 }],
    ['--cpu-offload-gb 12.5', { cpuOffloadGib: 12.5 }],
    ['--enforce-eager', { eager: true }],
    ['--enforce-eager --no-enforce-eager', { eager: false }],
    ['-q FP8', { quantization: 'fp8' }],
    ['-tp 4 --data-parallel-size 2 --enable-expert-parallel', { tensor: 4, data: 2, expert: true }],
    [`--kv-transfer-config '{"kv_connector":"LMCacheConnectorV1","kv_role":"kv_both"}'`, { connector: true }],
  ])('%s', (text, expected) => {
    expect(read(text)).toMatchObject(expected);
  });
  it('has the default of each release', () => {
    const at = (version: string): number =>
      choiceFrom({
        release: version,
        engineVersion: '0.0.0',
        parallelism: { tensor: 1, pipeline: 1, data: 1, expert: false },
        maxModelLen: null,
        words: [],
        connector: false,
        env: [],
      }).utilization;
    expect(['0.8.1', '1.1.1', '1.2.1', '1.6.1'].map(at)).toEqual([0.9, 0.9, 0.92, 0.92]);
  });
  it.each<[string, readonly string[]]>([
    ['--max-model-len 131072', ['VLLM_ALLOW_LONG_MAX_MODEL_LEN=1']],
    [`--max-model-len 131072 --hf-overrides '{"rope_scaling":{"rope_type":"yarn","factor":4.0}}'`, []],
  ])('lets a longer context through with %s and %j', (text, env) => {
    const question = { ...asking('Qwen/Qwen3-8B'), choice: read(text, env) };
    expect(checkLegality(question)).toEqual([]);
    const without = { ...asking('Qwen/Qwen3-8B'), choice: read('--max-model-len 131072') };
    expect(checkLegality(without).map(({ rule }) => rule)).toEqual(['fit-illegal-context']);
  });
});

describe('a draft model in any form that the engine takes', () => {
  it.each([
    `--speculative-config '{"model":"Qwen/Qwen3-0.6B","num_speculative_tokens":3}'`,
    `-sc '{"model":"Qwen/Qwen3-0.6B"}'`,
    '--speculative-config.model Qwen/Qwen3-0.6B --speculative-config.num_speculative_tokens 3',
    '--spec-model Qwen/Qwen3-0.6B --spec-method draft_model --spec-tokens 3',
  ])('%s', text => {
    expect(draftOf(model('Qwen/Qwen3-32B'), read(text))).toMatchObject({ kvBytesPerToken: 114_688 });
  });
  it('is none where only a method that guesses from the text is named, or nothing', () => {
    for (const text of [
      '--spec-method ngram',
      '--speculative-config.method ngram',
      '--speculative-config None',
      '',
    ])
      expect(draftOf(model('Qwen/Qwen3-32B'), read(text))).toBe('none');
    expect(draftOf(model('Qwen/Qwen3-32B'), read('--spec-model a/b'))).toBe('unknown');
  });
});

describe('speculative decoding', () => {
  const target = 'Qwen/Qwen3-32B';
  const sum = (speculative: string | null) =>
    estimate(model(target), choice({ speculative, tensor: 2 }), gpu('A100-80GB'));
  it('counts a draft model of the catalogue, weights and cache', () => {
    const [plain, drafted] = [sum(null), sum('{"model":"Qwen/Qwen3-0.6B","num_speculative_tokens":4}')];
    expect((drafted.weightsGib?.[0] ?? 0) - (plain.weightsGib?.[0] ?? 0)).toBeCloseTo(0.56);
    expect((drafted.kvBytesPerToken ?? 0) - (plain.kvBytesPerToken ?? 0)).toBe(57_344);
  });
  it('counts one more layer for multi-token prediction', () => {
    const some = choice({ speculative: '{"method":"mtp","num_speculative_tokens":1}', tensor: 8 });
    expect(draftOf(model('deepseek-ai/DeepSeek-R1'), some)).toMatchObject({ kvBytesPerToken: 1152 });
  });
  it('counts nothing for guesses from the text, and says what it does not know', () => {
    expect(sum('{"method":"ngram","num_speculative_tokens":4}')).toEqual(sum(null));
    expect(draftOf(model(target), choice({ speculative: '{"method":"eagle3","model":"a/b"}' }))).toBe(
      'unknown',
    );
    expect(draftOf(model(target), choice({ speculative: 'no JSON' }))).toBe('unknown');
  });
});
