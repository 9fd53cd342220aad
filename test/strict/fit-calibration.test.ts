/** The measured starts that the estimate is held against are those that were measured, all of them, with the same figures. */

import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { engineMinor } from '../../src/components/nvidia-platform/dynamo-vllm/fit/engine.ts';
import { misses, type Point } from '../kit/calibration.ts';
import { measuredStarts } from '../kit/measured-starts.ts';
import { describeUnless } from '../kit/skip.ts';

const file = new URL('../../../shared/facts/fit-calibration.json', import.meta.url);
const missing = existsSync(file)
  ? undefined
  : 'the measurements do not stand beside the checkout (../shared/facts)';

type Source = {
  readonly id: string;
  readonly vllm_version: string;
  readonly model: { readonly hf_id: string };
  readonly gpu: { readonly name: string; readonly cuda_total_gib: number | null };
  readonly parallel: { readonly tp: number; readonly dp: number; readonly ep: boolean };
  readonly flags: {
    readonly gpu_memory_utilization: number | null;
    readonly max_model_len: number | null;
    readonly kv_cache_dtype?: string;
    readonly enforce_eager?: boolean;
  };
  readonly observed: {
    readonly weights_gib_per_gpu?: number;
    readonly needed_kv_gib?: number;
    readonly available_kv_gib?: number;
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

/** The figures that a point of ours must share with its source. */
const figures = (point: Point) => {
  const { source: _source, card: _card, engineVersion, ...rest } = point;
  return { ...rest, engineVersion: engineMinor(engineVersion) };
};

const pointOf = (source: Source): Omit<Point, 'source' | 'card'> => ({
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
  maxNumBatchedTokens: source.unknowns.some(text => text.includes('8192 suspected')) ? 8192 : null,
  kvCacheDtype: source.flags.kv_cache_dtype ?? 'auto',
  eager: source.flags.enforce_eager ?? false,
  weightsGib: source.observed.weights_gib_per_gpu ?? null,
  neededGib: source.observed.needed_kv_gib ?? null,
  availableGib: source.observed.available_kv_gib ?? null,
  bytesPerToken: source.derived.kv_bytes_per_token_per_gpu,
  starts: source.observed.outcome === 'starts',
});

const sources: readonly Source[] =
  missing === undefined
    ? (JSON.parse(readFileSync(file, 'utf8')) as { points: readonly Source[] }).points
    : [];

describeUnless(missing, 'the measured starts', () => {
  it('are all among those that the estimate is held against', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(measuredStarts.map(({ id }) => id)).toEqual(sources.map(({ id }) => id));
  });

  it.each(sources.map(source => [source.id, source] as const))('%s', (id, source) => {
    const ours = measuredStarts.find(one => one.id === id);
    expect(ours && figures(ours)).toEqual(figures({ ...pointOf(source), source: '', card: '' }));
    expect(misses({ ...pointOf(source), source: '', card: '' })).toEqual([]);
  });
});
