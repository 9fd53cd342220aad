import { describe, expect, it } from 'vitest';
import { wordOnMetrics } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/probe/health.ts';

const frontend = (ok: number, failed: number): string =>
  [
    `dynamo_frontend_requests_total{model="m",status="success"} ${ok}`,
    `dynamo_frontend_requests_total{model="m",status="error",error_type="x"} ${failed}`,
  ].join('\n');

const worker = (use: number, waiting: number, name = 'kv_cache_usage_perc'): string =>
  [
    `vllm:${name}{engine="0"} ${use}`,
    `vllm:num_requests_waiting{engine="0"} ${waiting}`,
    'vllm:num_preemptions_total 0',
  ].join('\n');

const rules = (...pages: (string | null)[]): string[] =>
  wordOnMetrics('chat', pages).findings.map(({ rule }) => rule);

describe('what metrics say', () => {
  it('is figures alone while all is well, whatever could not be read', () => {
    expect(
      wordOnMetrics('chat', [frontend(98, 2), worker(0.5, 1), null, worker(0.2, 3, 'gpu_cache_usage_perc')]),
    ).toEqual({
      figures: ['100 requests so far, 2 of them failed', 'KV cache 50 % in use', '4 requests wait'],
      findings: [],
    });
    expect(wordOnMetrics('chat', [null])).toEqual({ figures: [], findings: [] });
  });
  it('is a finding when many requests fail', () => {
    expect(rules(frontend(80, 20))).toEqual(['requests-fail']);
    expect(rules(frontend(1, 4))).toEqual([]);
  });
  it('is a finding when requests wait for a full cache', () => {
    expect(rules(worker(0.99, 4))).toEqual(['kv-cache-full']);
    expect(rules(worker(0.99, 0))).toEqual([]);
  });
});
