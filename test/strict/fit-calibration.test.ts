/** Every measured start against the estimate, by the acceptance rule that stands with the measurements. */

import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isNear, middleGib, type Point, predicted, tableLine } from '../kit/calibration.ts';
import { describeUnless } from '../kit/skip.ts';

const file = new URL('../../../shared/facts/fit-calibration.json', import.meta.url);
const missing = existsSync(file)
  ? undefined
  : 'the measurements do not stand beside the checkout (../shared/facts)';

type Source = {
  readonly id: string;
  readonly vllm_version: string;
  readonly model: { readonly hf_id: string; readonly layers: number };
  readonly gpu: { readonly name: string; readonly cuda_total_gib: number | null };
  readonly parallel: { readonly tp: number; readonly dp: number; readonly ep: boolean };
  readonly flags: {
    readonly gpu_memory_utilization: number | null;
    readonly max_model_len: number | null;
    readonly kv_cache_dtype?: string;
    readonly enforce_eager?: boolean;
  };
  readonly observed: {
    readonly available_kv_gib?: number;
    readonly kv_tokens?: number;
    readonly outcome: string;
  };
  readonly unknowns: readonly string[];
  readonly derived: { readonly kv_bytes_per_token_per_gpu: number };
};

const capabilities: readonly (readonly [RegExp, number])[] = [
  [/L40S|L4 /, 8.9],
  [/H200|H100/, 9],
  [/A10|A6000|3090|48 GB card/, 8.6],
];

/** `V0` of Dynamo 0.2 was 0.7 or 0.8 with the old engine; a year stands for whatever was new then. */
const versionOf = (text: string): string => {
  const [version] = /\d+\.\d+/.exec(text.replace(/dynamo \S+/, '')) ?? [];
  if (text.startsWith('2026')) return '0.20.0';
  return version ?? '0.7.0';
};

const pointOf = (source: Source): Point => ({
  id: source.id,
  engineVersion: versionOf(source.vllm_version),
  model: source.model.hf_id,
  visibleGib: source.gpu.cuda_total_gib,
  capability: capabilities.find(([pattern]) => pattern.test(source.gpu.name))?.[1] ?? 9,
  tensor: source.parallel.tp,
  data: source.parallel.dp,
  expert: source.parallel.ep,
  utilization: source.flags.gpu_memory_utilization,
  maxModelLen: source.flags.max_model_len,
  // The one point whose note suspects another value than the default.
  ...(source.unknowns.some(text => text.includes('8192 suspected')) ? { maxNumBatchedTokens: 8192 } : {}),
  kvCacheDtype: source.flags.kv_cache_dtype ?? 'auto',
  eager: source.flags.enforce_eager ?? false,
  availableGib: source.observed.available_kv_gib ?? null,
  kvTokens: source.observed.kv_tokens ?? null,
  bytesPerToken: source.derived.kv_bytes_per_token_per_gpu,
  starts: source.observed.outcome === 'starts',
});

const sources: readonly Source[] =
  missing === undefined
    ? (JSON.parse(readFileSync(file, 'utf8')) as { points: readonly Source[] }).points
    : [];

describeUnless(missing, 'the estimate against measured starts', () => {
  it('prints the table when FIT_TABLE is set', () => {
    const lines = sources.map(source => tableLine(pointOf(source)));
    if (process.env['FIT_TABLE'] !== undefined)
      process.stderr.write(
        `point                  weights kv low kv high observed inside middle ends verdict\n${lines.join('\n')}\n`,
      );
    expect(lines.length).toBeGreaterThan(20);
  });

  it.each(sources.map(source => [source.id, source] as const))('%s', (_, source) => {
    const point = pointOf(source);
    const sum = predicted(point);
    expect(Math.abs((sum.kvBytesPerToken ?? 0) / point.bytesPerToken - 1)).toBeLessThan(0.005);
    if (point.starts) expect(sum.verdict).not.toBe('does-not-fit');
    const blind = source.unknowns.some(text => /util|CUDA total|GPU/.test(text));
    if (blind) return;
    if (!point.starts) expect(sum.verdict).not.toBe('fits');
    if (point.availableGib === null) return;
    const range = sum.kvCacheGib ?? [Number.NaN, Number.NaN];
    expect(
      isNear(middleGib(range), point.availableGib),
      `${range.join(' .. ')} against ${point.availableGib}`,
    ).toBe(true);
  });
});
