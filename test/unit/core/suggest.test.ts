import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/core/suggest.ts';

const flags = [
  '--max-model-len',
  '--max-num-seqs',
  '--max-num-batched-tokens',
  '--model',
  '--tensor-parallel-size',
  '--enable-prefix-caching',
  '-tp',
  '-pp',
];
const keys = ['model', 'mode', 'tensorParallelSize', 'prefillReplicas', 'kvRouter'];

describe('nearest', () => {
  it.each<[string, readonly string[], string | undefined]>([
    ['--max_model_len', flags, '--max-model-len'],
    ['--MAX-MODEL-LEN', flags, '--max-model-len'],
    ['max-model-len', flags, '--max-model-len'],
    ['-max-model-len', flags, '--max-model-len'],
    ['--max-model-length', flags, '--max-model-len'],
    ['--max-model', flags, '--max-model-len'],
    ['--tensor-parallel', flags, '--tensor-parallel-size'],
    ['--tensr-paralel-size', flags, '--tensor-parallel-size'],
    ['--enable-prefix-cache', flags, '--enable-prefix-caching'],
    ['--mdel', flags, '--model'],
    ['-tq', flags, undefined],
    ['--quantization', flags, undefined],
    ['', flags, undefined],
    ['tensor-parallel-size', keys, 'tensorParallelSize'],
    ['tensor_parallel_size', keys, 'tensorParallelSize'],
    ['kvrouter', keys, 'kvRouter'],
    ['prefilReplicas', keys, 'prefillReplicas'],
    ['modle', flags, '--model'],
    ['xyz', [], undefined],
  ])('%j', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});
