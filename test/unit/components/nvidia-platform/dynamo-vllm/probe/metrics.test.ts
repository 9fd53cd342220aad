import { expect, test } from 'vitest';
import {
  growthOf,
  parseMetrics,
  sumOf,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/probe/metrics.ts';

const text = `# HELP a_total Things
# TYPE a_total counter
a_total{kind="x",who="a \\"b\\", {c}\\n"} 2
a_total{kind="y"} 3.5 1795248000000
vllm:cache_hits 1e3
no_labels{} 7
hist_bucket{le="+Inf"} 4
hist_sum NaN
hist_count +Inf

broken line here
`;

test('names, labels with every escape, numbers and time stamps', () => {
  const samples = parseMetrics(text);
  expect(samples.map(({ name }) => name)).toEqual([
    'a_total',
    'a_total',
    'vllm:cache_hits',
    'no_labels',
    'hist_sum',
    'hist_count',
  ]);
  expect(samples[0]?.labels).toEqual({ kind: 'x', who: 'a "b", {c}\n' });
  expect(samples[1]?.value).toBe(3.5);
  expect(samples.at(-1)?.value).toBe(Number.POSITIVE_INFINITY);
});

test('sums are over the samples with the labels; a name that is not there is not zero', () => {
  const samples = parseMetrics(text);
  expect(sumOf(samples, 'a_total')).toBe(5.5);
  expect(sumOf(samples, 'a_total', { kind: 'y' })).toBe(3.5);
  expect(sumOf(samples, 'a_total', { kind: 'z' })).toBeNull();
  expect(sumOf(samples, 'b_total')).toBeNull();
});

test('a counter that appears only later has grown from nothing', () => {
  expect(growthOf(parseMetrics(''), parseMetrics('a 3'), 'a')).toBe(3);
  expect(growthOf(parseMetrics('a 1'), parseMetrics('a 3'), 'a')).toBe(2);
  expect(growthOf(parseMetrics('a 1'), parseMetrics(''), 'a')).toBeNull();
});
