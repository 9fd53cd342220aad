/** What the metrics of a deployment that serves say about its health: failing requests, a full KV cache, requests that wait. */

import type { Finding } from '../../../../core/finding.ts';
import type { MetricsWord } from '../../../../core/inventory.ts';
import { finding } from '../rule.ts';
import { parseMetrics, type Sample, sumOf } from './metrics.ts';

/** Share of requests from which on failures are no single mishaps, and how many there have to be. */
const badShare = 0.05;
const fewest = 5;
/** Share of the KV cache in use from which on the next request waits for another to end. */
const fullShare = 0.95;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

type Figures = {
  readonly requests: number | null;
  readonly failed: number | null;
  /** Of the fullest page, 0 to 1. */
  readonly cacheUse: number | null;
  readonly waiting: number | null;
  readonly preempted: number | null;
};

const total = (pages: readonly (readonly Sample[])[], name: string): number | null => {
  const found = pages.map(samples => sumOf(samples, name)).filter(value => value !== null);
  return found.length === 0 ? null : found.reduce((sum, value) => sum + value, 0);
};

const most = (pages: readonly (readonly Sample[])[], names: readonly string[]): number | null => {
  const found = pages
    .flatMap(samples => samples.filter(({ name }) => names.includes(name)))
    .map(({ value }) => value)
    .filter(Number.isFinite);
  return found.length === 0 ? null : Math.max(...found);
};

const figuresIn = (pages: readonly (readonly Sample[])[]): Figures => ({
  requests: total(pages, 'dynamo_frontend_requests_total'),
  failed: pages
    .map(samples => sumOf(samples, 'dynamo_frontend_requests_total', { status: 'error' }))
    .reduce<number | null>((sum, value) => (value === null ? sum : (sum ?? 0) + value), null),
  // Renamed in vLLM 0.11.
  cacheUse: most(pages, ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc']),
  waiting: total(pages, 'vllm:num_requests_waiting'),
  preempted: total(pages, 'vllm:num_preemptions_total'),
});

const shownFigures = ({ requests, failed, cacheUse, waiting, preempted }: Figures): string[] => [
  ...(requests === null ? [] : [`${requests} requests so far, ${failed ?? 0} of them failed`]),
  ...(cacheUse === null ? [] : [`KV cache ${percent(cacheUse)} in use`]),
  ...(waiting === null ? [] : [`${waiting} requests wait`]),
  ...(preempted === null || preempted === 0 ? [] : [`${preempted} requests were preempted`]),
];

const failing = (name: string, { requests, failed }: Figures): Finding[] => {
  if (requests === null || failed === null || failed < fewest || failed < requests * badShare) return [];
  return [
    finding(
      'requests-fail',
      'warning',
      '',
      `${failed} of the ${requests} requests that the frontend of ${name} has had so far failed (${percent(failed / requests)}).`,
      'Read what it says about them in its log.',
    ),
  ];
};

const crowded = (name: string, { cacheUse, waiting }: Figures): Finding[] =>
  cacheUse === null || cacheUse < fullShare || waiting === null || waiting === 0
    ? []
    : [
        finding(
          'kv-cache-full',
          'warning',
          '',
          `The KV cache of ${name} is ${percent(cacheUse)} in use and ${waiting} requests wait for room in it.`,
          'Add replicas, or leave more memory to the cache with a shorter --max-model-len.',
        ),
      ];

export const wordOnMetrics = (name: string, pages: readonly (string | null)[]): MetricsWord => {
  const figures = figuresIn(pages.flatMap(text => (text === null ? [] : [parseMetrics(text)])));
  return {
    figures: shownFigures(figures),
    findings: [...failing(name, figures), ...crowded(name, figures)],
  };
};
