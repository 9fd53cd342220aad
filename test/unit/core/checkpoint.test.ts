import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type CheckpointFile,
  downloadOf,
  needsIndex,
  needsQuantFile,
  otherFormats,
  weightsOf,
  withQuantization,
} from '../../../src/core/checkpoint.ts';

const files = (sizes: Readonly<Record<string, number | null>>): CheckpointFile[] =>
  Object.entries(sizes).map(([path, size]) => ({ path, size }));

const index = (total: number | null, ...names: string[]): string =>
  JSON.stringify({
    metadata: total === null ? {} : { total_size: total },
    weight_map: Object.fromEntries(names.map((name, at) => [`tensor.${at}`, name])),
  });

const shards = {
  'model-00001-of-00002.safetensors': 60,
  'model-00002-of-00002.safetensors': 40,
};

describe('the weights', () => {
  it.each<[string, Readonly<Record<string, number | null>>, number | null]>([
    ['are the shards of the root', { ...shards, 'config.json': 9, 'README.md': 5 }, 100],
    ['are counted once: gpt-oss', { ...shards, 'original/a.safetensors': 99, 'metal/model.bin': 98 }, 100],
    ['are counted once: Mistral', { ...shards, 'consolidated.safetensors': 100 }, 100],
    ['are counted once: PyTorch beside them', { ...shards, 'pytorch_model.bin': 100 }, 100],
    ['may be a single file', { 'model.safetensors': 7 }, 7],
    ['may be consolidated only', { 'consolidated-00001-of-00001.safetensors': 8, 'x.bin': 3 }, 8],
    ['may be PyTorch files only', { 'pytorch_model.bin': 6, 'training_args.bin': 1, 'optimizer.bin': 9 }, 6],
    ['are unknown without sizes', { ...shards, 'model-00002-of-00002.safetensors': null }, null],
    ['are unknown when there are none', { 'model.gguf': 9, 'sub/model.safetensors': 4 }, null],
  ])('%s', (_, sizes, expected) => {
    expect(weightsOf(files(sizes), null)).toBe(expected);
  });

  it.each<[string, string, number | null]>([
    ['by what the index says', index(99, 'a.safetensors', 'b.safetensors'), 99],
    ['by the files of the index', index(null, 'a.safetensors', 'b.safetensors'), 100],
    ['not by a total of other weights, larger', index(250, 'a.safetensors', 'b.safetensors'), 100],
    ['not by a total of other weights, smaller', index(10, 'a.safetensors', 'b.safetensors'), 100],
    ['not by files that are not there', index(99, 'a.safetensors', 'gone.safetensors'), 99],
    ['not by an index that tells nothing', index(null, 'gone.safetensors'), 130],
    ['not by what is no index', '<html>', 130],
    ['not by a list', '[]', 130],
  ])('%s', (_, text, expected) => {
    const sizes = { 'a.safetensors': 60, 'b.safetensors': 40, 'adapter.safetensors': 30 };
    expect(weightsOf(files(sizes), text)).toBe(expected);
  });
  it('are told by the index when files have no sizes', () => {
    const sizes = { 'model.safetensors': null };
    expect(weightsOf(files(sizes), index(99, 'model.safetensors'))).toBe(99);
  });
});

describe('the index', () => {
  const listed = { 'model.safetensors.index.json': 1 };
  it.each<[string, Readonly<Record<string, number | null>>, boolean]>([
    ['one whole series', { ...shards, ...listed }, false],
    ['one file', { 'model.safetensors': 3, ...listed }, false],
    ['a series and a copy in a folder', { ...shards, 'original/x.safetensors': 3, ...listed }, false],
    ['a series and Mistral’s copy', { ...shards, 'consolidated.safetensors': 3, ...listed }, false],
    ['a series and something else', { ...shards, 'mtp.safetensors': 3, ...listed }, true],
    ['two series', { ...shards, 'alt-00001-of-00001.safetensors': 3, ...listed }, true],
    [
      'half a series',
      { 'm-00001-of-00003.safetensors': 1, 'm-00002-of-00003.safetensors': 1, ...listed },
      true,
    ],
    ['sizes that are not told', { 'model.safetensors': null, ...listed }, true],
    ['no index at all', { ...shards, 'mtp.safetensors': 3 }, false],
  ])('is read or not for %s', (_, sizes, expected) => {
    expect(needsIndex(files(sizes))).toBe(expected);
  });
});

describe('the download', () => {
  it.each<[string, Readonly<Record<string, number | null>>, number | null]>([
    [
      'takes all but copies',
      { ...shards, 'config.json': 5, 'original/a': 9, 'metal/b': 9, 'pytorch_model.bin': 9 },
      105,
    ],
    ['takes no second layout', { ...shards, 'consolidated.safetensors': 9, 'consolidated/x.json': 1 }, 100],
    ['takes the only layout', { 'consolidated.safetensors': 9, 'params.json': 1 }, 10],
    [
      'takes no other formats, in folders neither',
      { ...shards, 'onnx/model.onnx': 9, 'a.gguf': 9, 'x/y.bin': 9 },
      100,
    ],
    ['takes PyTorch files when there are no others', { 'pytorch_model.bin': 6, 'tf_model.h5': 9 }, 6],
    ['takes the only format', { 'model.gguf': 9, 'config.json': 1 }, 10],
    ['does not know with a size missing', { ...shards, 'config.json': null }, null],
    ['does not mind the size of what is left out', { ...shards, 'model.onnx': null }, 100],
    ['is nothing for nothing', {}, null],
  ])('%s', (_, sizes, expected) => {
    expect(downloadOf(files(sizes))).toBe(expected);
  });
  it('leaves out what download.py leaves out', () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    const script = readFileSync(
      join(root, 'templates', 'nvidia-platform', 'dynamo-vllm', 'partials', 'download.py'),
      'utf8',
    );
    const patterns = otherFormats.map(ending => `"*${ending}"`).join(', ');
    expect(script).toContain(`OTHER_FORMATS = [${patterns}]`);
    expect(script).toContain('layouts = ["original/*", "metal/*"]');
    expect(script).toContain('layouts.append("consolidated*")');
  });
});

describe('a quantisation in a file of its own', () => {
  const quant = JSON.stringify({
    producer: { name: 'modelopt' },
    quantization: { quant_algo: 'FP8', exclude_modules: ['lm_head'] },
  });
  it('is put where engines look for it', () => {
    expect(JSON.parse(withQuantization('{"vocab_size":8}', quant))).toEqual({
      vocab_size: 8,
      quantization_config: { quant_method: 'modelopt', quant_algo: 'FP8', exclude_modules: ['lm_head'] },
    });
  });
  it('gives way to what config.json says, and to what cannot be read', () => {
    const own = '{"quantization_config":{"quant_method":"fp8"}}';
    expect(needsQuantFile(own)).toBe(false);
    expect(withQuantization(own, quant)).toBe(own);
    for (const text of [null, '', '[]', '{}', '{"quantization":7}'])
      expect(withQuantization('{"a":1}', text)).toBe('{"a":1}');
    expect(withQuantization('no JSON', quant)).toBe('no JSON');
    expect(needsQuantFile(null)).toBe(false);
  });
});
