/** Values: type, choices, JSON, names and ranges. */
import { describe, expect, it } from 'vitest';
import { readVllmArgs } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/engine/read.ts';
import { across, all, from, only, rules, upTo } from './expect.ts';

const fine = [
  ['--max-model-len 32768'],
  ['--max-model-len 32k'],
  ['--max-model-len 32K'],
  ['--max-model-len 1.5k'],
  ['--max-model-len 1M'],
  ['--max-model-len 1T'],
  ['--max-num-seqs 1_000'],
  ['--max-model-len -1'],
  ['--cpu-offload-gb 0'],
  ['--seed +3'],
  ['--cpu-offload-gb 1e1'],
  ['--cpu-offload-gb .5'],
  ['--gpu-memory-utilization 1'],
  ['--gpu-memory-utilization 1.0'],
  ['--block-size 16'],
  ['--block-size 256'],
  ['--dtype bfloat16'],
  ['--quantization FP8'],
  ['--load-format SafeTensors'],
  ['--quantization None'],
  [`--tokenizer-revision ''`],
  [`--hf-overrides some.module.function`],
  [`--hf-overrides '{"a":1}'`],
  ['--hf-token'],
  ['--hf-token --seed 1'],
  ['--seed 1 --seed 2'],
] as const;

const wrong = [
  ['--max-num-seqs many', 'a whole number'],
  ['--max-num-seqs 1.5', 'a whole number'],
  ['--max-num-seqs 2k', 'a whole number'],
  ['--cpu-offload-gb much', 'a number'],
  ['--max-model-len 1.5K', 'Write --max-model-len 1.5k.'],
  ['--max-model-len 32kb', '32K (32,768)'],
  ['--max-model-len 32.5', '32K (32,768)'],
  ['--tensor-parallel-size', 'its value is missing'],
  ['-tp --seed 1', 'its value is missing'],
  ['--allowed-media-domains --seed 1', 'its value is missing'],
  ['--revision -x', 'join them: --revision=-x.'],
  ['--enable-chunked-prefill True', 'Write --enable-chunked-prefill alone.'],
  ['--enable-chunked-prefill=True', 'Write --enable-chunked-prefill alone.'],
  ['--enable-chunked-prefill False', 'Write --no-enable-chunked-prefill alone.'],
  ['--no-enable-chunked-prefill true', 'Write --no-enable-chunked-prefill alone.'],
  ['--no-enable-chunked-prefill=false', 'Write --enable-chunked-prefill alone.'],
  ['--disable-log-stats=false', 'Leave --disable-log-stats out.'],
  ['--enforce-eager=maybe', 'it takes no value'],
  ['--max-lora-rank 10', '1, 8, 16, 32, 64, 128, 256, 320 or 512'],
  ['--dtype fp16', 'bfloat16'],
  ['--dtype float15', 'Write --dtype float16.'],
  ['--gpu-memory-utilization 0', 'more than 0 and at most 1'],
  ['--gpu-memory-utilization 1.5', 'Write --gpu-memory-utilization'],
  ['--gpu-memory-utilization 90', 'Write --gpu-memory-utilization 0.9.'],
  ['--gpu-memory-utilization=-0.5', 'more than 0 and at most 1'],
  ['--gpu-memory-utilization nan', 'more than 0 and at most 1'],
  ['--tensor-parallel-size 0', 'it must be 1 or more'],
  ['-tp=-2', 'it must be 1 or more'],
  ['--pipeline-parallel-size -1', 'Write --pipeline-parallel-size 2, for instance.'],
  ['--max-num-seqs 0', 'Write --max-num-seqs 256, for instance.'],
  ['--max-num-batched-tokens=-8_192', 'it must be 1 or more'],
  ['--max-model-len -7', 'it must be 1 or more'],
  ['--cpu-offload-gb -3', 'it must be 0 or more'],
  ['-O 5', '0 to 3'],
  ['--load-format safetensor', 'Write --load-format safetensors.'],
  ['--quantization compressed_tensors', 'Write --quantization compressed-tensors.'],
  ['--dyn-tool-call-parser hermess', 'Write --dyn-tool-call-parser hermes.'],
  ['--seed.x 1', '--seed takes no keys'],
] as const;

describe('values', () => {
  it.each(across(all, fine))('%s takes %s', (release, text) => {
    expect(rules(text, release)).toEqual([]);
  });

  it.each(across(all, wrong))('%s refuses %s', (release, text, words) => {
    const [first] = readVllmArgs(text, release).findings;
    expect(first).toMatchObject({ rule: 'args-wrong-value', level: 'error', path: 'vllmArgs' });
    expect(`${first?.message} | ${first?.hint}`).toContain(words);
    expect(first?.message).toContain(`(Dynamo ${release})`);
    expect(first?.hint).not.toBe('');
  });

  it('names flag, value and engine', () => {
    expect(only('--gpu-memory-utilization 1.5', '0.9.1')).toContain(
      '--gpu-memory-utilization 1.5 does not work with vLLM 0.14.1 (Dynamo 0.9.1): it is a share of the GPU memory, more than 0 and at most 1.',
    );
  });
});

describe('values by release', () => {
  it.each(upTo('1.0.2'))('%s has fixed block sizes', release => {
    expect(only('--block-size 48', release)).toContain('1, 8, 16, 32, 64, 128 or 256');
  });

  it.each(from('1.1.1'))('%s takes any block size', release => {
    expect(rules('--block-size 48', release)).toEqual([]);
  });

  it('knows auto for the context length from 0.9', () => {
    expect(all.filter(release => rules('--max-model-len auto', release).length === 0)).toEqual(from('0.9.1'));
    expect(all.filter(release => rules('--max-model-len -1', release).length === 0)).toEqual(all);
  });

  it.each([
    ['agg', '1.0.2'],
    ['prefill', '1.0.2'],
    ['encode', '1.1.1'],
    ['pd', '1.3.1'],
  ])('knows the mode %s from %s', (mode, first) => {
    expect(all.filter(release => rules(`--disaggregation-mode ${mode}`, release).length === 0)).toEqual(
      from(first),
    );
  });

  it.each([
    ['hqq', '0.9.1'],
    ['cpu_awq', '1.2.1'],
    ['gguf', '1.3.1'],
    ['bitsandbytes', '1.4.2'],
  ])('knows the quantization %s up to %s', (name, last) => {
    const text = `--quantization ${name}`;
    const refusing = all.filter(release =>
      `${only(text, release)}`.includes(`that is in Dynamo 0.8.1 to ${last}`),
    );
    expect(refusing).toEqual(from(last).slice(1));
  });

  it('asks for the switch of a deprecated quantization, from 0.9', () => {
    expect(rules('--quantization fp_quant', '0.8.1')).toEqual([]);
    for (const release of from('0.9.1')) {
      expect(only('-q fp_quant', release)).toContain('Add --allow-deprecated-quantization');
      expect(rules('-q fp_quant --allow-deprecated-quantization', release)).toEqual([]);
      expect(rules('-q fp_quant --no-allow-deprecated-quantization', release)).toEqual(['args-wrong-value']);
      expect(rules('-q fp_quant -q fp8', release)).toEqual([]);
    }
  });

  it('reports a name that is deprecated and missing once', () => {
    expect(rules('-q tpu_int8', '1.0.2')).toEqual(['args-wrong-value']);
  });

  it.each(from('0.9.1'))('%s knows attention backends in any case', release => {
    expect(rules('--attention-backend flash_attn', release)).toEqual([]);
    expect(rules('--attention-backend auto', release)).toEqual([]);
    expect(only('--attention-backend FLASH_ATN', release)).toContain('Write --attention-backend FLASH_ATTN.');
  });

  it('says where a load format is', () => {
    expect(only('--load-format modelexpress', '1.2.1')).toContain('that is in Dynamo 1.3.1 and later');
    expect(rules('--load-format modelexpress', '1.3.1')).toEqual([]);
    expect(only('--load-format gguf', '1.4.2')).toContain('that is in Dynamo 0.8.1 to 1.3.1');
  });

  it('reads some values without regard to case and dashes', () => {
    expect(rules('--moe-backend FlashInfer-CUTLASS', '1.6.1')).toEqual([]);
    expect(rules('--moe-backend bogus', '1.6.1')).toEqual(['args-wrong-value']);
  });

  it('takes several served names from 1.4', () => {
    expect(all.filter(release => rules('--served-model-name a b', release).length === 0)).toEqual(
      from('1.4.2'),
    );
  });

  it('refuses http as request plane from 1.3', () => {
    expect(all.filter(release => rules('--request-plane http', release).length === 0)).toEqual(upTo('1.2.1'));
  });
});

describe('--connector', () => {
  it.each(across(upTo('0.9.1'), [['nixl'], ['kvbm nixl'], ['none'], ['null'], ['lmcache'], ['']] as const))(
    '%s takes %j',
    (release, value) => {
      expect(rules(`--connector ${value}`, release)).toEqual([]);
    },
  );

  it.each(upTo('0.9.1'))('%s refuses others', release => {
    expect(only('--connector nixel', release)).toContain('nixel is not a connector');
  });

  it.each(across(from('1.0.2'), [['nixl'], ['none']] as const))('%s refuses %s', (release, value) => {
    expect(rules(`--connector ${value}`, release)).toEqual(['args-wrong-value']);
    expect(only(`--connector ${value}`, release)).toContain('--kv-transfer-config');
  });

  it.each(from('1.0.2'))('%s lets it pass when bare', release => {
    expect(rules('--connector', release)).toEqual(['args-deprecated']);
  });
});

describe('multimodal role flags', () => {
  it.each(
    across(upTo('0.9.1'), [
      ['processor'],
      ['encode-worker'],
      ['worker'],
      ['decode-worker'],
      ['encode-prefill-worker'],
    ] as const),
  )('%s: %s needs --enable-multimodal', (release, role) => {
    expect(only(`--multimodal-${role}`, release)).toContain('Add --enable-multimodal.');
    expect(rules(`--multimodal-${role} --enable-multimodal`, release)).toEqual([]);
  });

  it('are on their own in 1.3', () => {
    expect(rules('--multimodal-worker', '1.3.1')).not.toContain('args-wrong-value');
  });
});
