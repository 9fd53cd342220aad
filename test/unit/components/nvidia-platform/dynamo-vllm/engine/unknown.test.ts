/** Flags that the engine does not have: what they are instead. */
import { describe, expect, it } from 'vitest';
import { across, all, from, only, rules, upTo } from './expect.ts';

const ofServer = [
  ['--host 0.0.0.0', 'the frontend'],
  ['--port 8000', 'the frontend'],
  ['--api-key x', 'a gateway'],
  ['--chat-template x.jinja', '--custom-jinja-template'],
  ['--chat_template=x.jinja', '--custom-jinja-template'],
  ['--tool-call-parser hermes', '--dyn-tool-call-parser'],
  ['--enable-auto-tool-choice', '--dyn-tool-call-parser'],
  ['--lora-modules a=b', '--enable-lora'],
] as const;

const never = [
  ['--speculative-model x', '--speculative-config'],
  ['--num-speculative-tokens 5', '--speculative-config'],
  ['--guided-decoding-backend xgrammar', '--structured-outputs-config'],
  ['--num-scheduler-steps 8', 'Leave it out'],
  ['--use-v2-block-manager', 'Leave it out'],
  ['--num-lookahead-slots 4', 'Leave it out'],
  [`--rope-scaling '{"factor":2}'`, '--hf-overrides'],
  ['--rope-theta 1000', '--hf-overrides'],
  ['--max-seq-len-to-capture 8192', '--max-cudagraph-capture-size'],
  ['--enable-reasoning', '--reasoning-parser'],
  ['--lora-extra-vocab-size 256', 'Leave it out'],
  ['--long-lora-scaling-factors 4', 'Leave it out'],
] as const;

/** Flag, last release with it, what to do afterwards. */
const gone = [
  ['--task generate', '0.8.1', '--runner'],
  ['--cuda-graph-sizes 1 2', '0.8.1', '--cudagraph-capture-sizes'],
  ['--migration-limit 3', '0.9.1', 'DYN_MIGRATION_LIMIT'],
  ['--store-kv mem', '0.9.1', '--discovery-backend'],
  ['--swap-space 4', '1.0.2', 'Leave it out'],
  ['--is-prefill-worker', '1.3.1', '--disaggregation-mode prefill'],
  ['--is-decode-worker', '1.3.1', '--disaggregation-mode decode'],
  ['--multimodal-encode-worker --enable-multimodal', '1.3.1', '--disaggregation-mode encode'],
  ['--calculate-kv-scales', '1.4.2', 'Leave it out'],
] as const;

/** Flag, first release with it. */
const coming = [
  ['--attention-backend FLASH_ATTN', '0.9.1'],
  ['--allow-deprecated-quantization', '0.9.1'],
  ['-ep', '0.9.1'],
  ['--disaggregation-mode agg', '1.0.2'],
  ['--performance-mode balanced', '1.1.1'],
  [`-sc '{"method":"ngram"}'`, '1.1.1'],
  ['--numa-bind', '1.2.1'],
  ['--spec-tokens 3', '1.3.1'],
  ['--fpm-trace', '1.4.2'],
  ['--router-mode kv', '1.5.1'],
  ['--response-plane tcp', '1.6.1'],
  ['--device-memory-utilization 0.9', '1.6.1'],
] as const;

const before = (release: string): readonly string[] => upTo(release).slice(0, -1);
const after = (release: string): readonly string[] => from(release).slice(1);

describe('unknown flags', () => {
  it('names the flag and the nearest one with its value', () => {
    expect(
      only('--max-model-length 32768 --gpu-memory-utilization 0.90 --tensor-parallel-size=2', '0.9.1'),
    ).toBe(
      '--max-model-length is not an argument of vLLM 0.14.1 (Dynamo 0.9.1). | Write --max-model-len 32768.',
    );
  });

  it.each(
    across(all, [
      ['--max-model-length 1', '--max-model-len 1'],
      ['--max_modl_len=1', '--max-model-len 1'],
      ['--no-enforce-eagr', '--no-enforce-eager'],
      [`--quantisation 'a b'`, `--quantization 'a b'`],
    ] as const),
  )('%s: %s', (release, text, right) => {
    expect(rules(text, release)).toEqual(['args-unknown-flag']);
    expect(only(text, release)).toContain(`| Write ${right}.`);
  });

  it.each(across(all, [...ofServer]))('%s: %s belongs to vllm serve', (release, text, hint) => {
    expect(rules(text, release)).toEqual(['args-unknown-flag']);
    expect(only(text, release)).toContain('"vllm serve"');
    expect(only(text, release)).toContain(hint);
  });

  it.each(across(all, [...never]))('%s: %s is no longer', (release, text, hint) => {
    expect(rules(text, release)).toEqual(['args-unknown-flag']);
    expect(only(text, release)).toContain('no longer');
    expect(only(text, release)).toContain(hint);
  });

  it.each(
    gone.flatMap(([text, last, hint]) => after(last).map(release => [release, text, last, hint] as const)),
  )('%s: %s went after %s', (release, text, last, hint) => {
    expect(rules(text, release)).toEqual(['args-unknown-flag']);
    expect(only(text, release)).toContain(`is no longer an argument of vLLM`);
    expect(only(text, release)).toContain(last);
    expect(only(text, release)).toContain(hint);
  });

  it.each(gone.flatMap(([text, last]) => upTo(last).map(release => [release, text] as const)))(
    '%s has %s',
    (release, text) => {
      expect(rules(text, release)).not.toContain('args-unknown-flag');
    },
  );

  it.each(coming.flatMap(([text, first]) => before(first).map(release => [release, text, first] as const)))(
    '%s: %s comes with %s',
    (release, text, first) => {
      expect(rules(text, release)).toEqual(['args-unknown-flag']);
      expect(only(text, release)).toMatch(/is not (yet )?an argument of vLLM/);
      expect(only(text, release)).toContain(`Dynamo ${first}`);
    },
  );

  it.each(coming.flatMap(([text, first]) => from(first).map(release => [release, text] as const)))(
    '%s has %s',
    (release, text) => {
      expect(rules(text, release)).not.toContain('args-unknown-flag');
    },
  );

  it('knows a flag that came and went, from both sides', () => {
    expect(only('--enable-bf16x3-router-gemm', '1.3.1')).toContain('is not yet an argument');
    expect(rules('--enable-bf16x3-router-gemm', '1.5.1')).toEqual([]);
    expect(only('--enable-bf16x3-router-gemm', '1.6.1')).toContain('it is in Dynamo 1.4.2 to 1.5.1');
  });

  it('says that a flag has no --no- form', () => {
    expect(only('--no-aggregate-engine-logging', '1.6.1')).toContain(
      '--aggregate-engine-logging has no --no- form',
    );
  });

  it('names the list that served for a release without one of its own', () => {
    expect(only('--x', '0.9.0')).toContain('vLLM 0.14.1 (the list of Dynamo 0.9.1, used for 0.9.0)');
    expect(only('--x', '0.9.1-post1')).toContain('vLLM 0.14.1 (Dynamo 0.9.1)');
    expect(only('--x', '0.9.10')).toContain('used for 0.9.10');
  });
});

describe('arguments that every release takes', () => {
  it.each(
    across(all, [
      ['--enable-prompt-embeds'],
      ['--reasoning-parser qwen3'],
      ['--no-enable-prefix-caching'],
      [
        '--enable-lora --max-loras 2 --max-lora-rank 64 --max-cpu-loras 2 --lora-dtype auto --fully-sharded-loras',
      ],
      [`--speculative-config '{"method":"ngram","num_speculative_tokens":3}'`],
      ['--enable-multimodal'],
      [`--kv-events-config '{"enable_kv_cache_events":true}'`],
    ] as const),
  )('%s: %s', (release, text) => {
    expect(rules(text, release)).toEqual([]);
  });
});

describe('deprecated flags', () => {
  it.each([
    ['0.8.1', '--cuda-graph-sizes 1', 'and goes in v0.13.0. | Use --cudagraph-capture-sizes instead.'],
    ['1.0.2', '--disable-log-requests', 'is deprecated in vLLM 0.16.0'],
    ['1.0.2', '--is-prefill-worker', 'Use --disaggregation-mode instead.'],
    ['1.3.1', '--is-decode-worker', 'Use --disaggregation-mode instead.'],
    ['1.4.2', '--benchmark-prefill-granularity 2', 'Use --prefill-max-new-token-samples instead.'],
    ['1.6.1', '--router-temperature 0.5', 'and goes in v1.7.'],
    ['1.6.1', '--kv-overlap-score-weight 1', 'prefill_load_scale'],
    ['1.1.1', '--connector', 'Use --kv-transfer-config instead.'],
  ])('%s: %s', (release, text, words) => {
    expect(rules(text, release)).toEqual(['args-deprecated']);
    expect(only(text, release)).toContain(words);
  });
});
