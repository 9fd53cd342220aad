/** How words and their values are found, and what goes into the argument list. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EngineWord,
  readVllmArgs,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/engine/read.ts';
import { listedReleases } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/engine/table.ts';
import { joinWords, splitWords } from '../../../../../../src/core/words.ts';

type Short = [flag: string, values: string[], tokens: string[], negated?: true];

const short = ({ flag, values, tokens, negated }: EngineWord): Short =>
  negated ? [flag, [...values], [...tokens], true] : [flag, [...values], [...tokens]];

const tp = '--tensor-parallel-size';
const gpu = '--gpu-memory-utilization';

const everywhere: [string, Short[]][] = [
  ['', []],
  [`${gpu} 0.90`, [[gpu, ['0.90'], [gpu, '0.90']]]],
  [`${gpu}=0.90`, [[gpu, ['0.90'], [gpu, '0.90']]]],
  ['--gpu_memory_utilization=0.90', [[gpu, ['0.90'], ['--gpu_memory_utilization', '0.90']]]],
  ['-tp 2', [[tp, ['2'], ['-tp', '2']]]],
  ['-tp=2', [[tp, ['2'], ['-tp', '2']]]],
  ['--tensor-par 2', [[tp, ['2'], ['--tensor-par', '2']]]],
  ['--enforce-eager', [['--enforce-eager', [], ['--enforce-eager']]]],
  ['--no-enable-prefix-caching', [['--enable-prefix-caching', [], ['--no-enable-prefix-caching'], true]]],
  ['-O3', [['--optimization-level', ['3'], ['-O3']]]],
  ['-O 3', [['--optimization-level', ['3'], ['-O', '3']]]],
  ['-O=3', [['--optimization-level', ['3'], ['-O', '3']]]],
  ['-O.mode=3', [['--compilation-config', ['3'], ['-O.mode', '3']]]],
  ['-O.mode 3', [['--compilation-config', ['3'], ['-O.mode', '3']]]],
  ['-cc.mode 3', [['--compilation-config', ['3'], ['-cc.mode', '3']]]],
  [
    '--kv-transfer-config.kv_connector NixlConnector --kv-transfer-config.kv_role=kv_both',
    [
      ['--kv-transfer-config', ['NixlConnector'], ['--kv-transfer-config.kv_connector', 'NixlConnector']],
      ['--kv-transfer-config', ['kv_both'], ['--kv-transfer-config.kv_role', 'kv_both']],
    ],
  ],
  ['--seed -1', [['--seed', ['-1'], ['--seed', '-1']]]],
  ['--seed=-1', [['--seed', ['-1'], ['--seed=-1']]]],
  [
    `--custom-jinja-template '-a b'`,
    [['--custom-jinja-template', ['-a b'], ['--custom-jinja-template', '-a b']]],
  ],
  ['--revision=-x', [['--revision', ['-x'], ['--revision=-x']]]],
  ['--revision=', [['--revision', [''], ['--revision', '']]]],
  ['--revision=a=b', [['--revision', ['a=b'], ['--revision', 'a=b']]]],
  [
    '--allowed-media-domains a b --seed 1',
    [
      ['--allowed-media-domains', ['a', 'b'], ['--allowed-media-domains', 'a', 'b']],
      ['--seed', ['1'], ['--seed', '1']],
    ],
  ],
  [
    `--limit-mm-per-prompt '{"image": 2}' --seed 1 --seed 2`,
    [
      ['--limit-mm-per-prompt', ['{"image": 2}'], ['--limit-mm-per-prompt', '{"image": 2}']],
      ['--seed', ['1'], ['--seed', '1']],
      ['--seed', ['2'], ['--seed', '2']],
    ],
  ],
  [
    `--limit-mm-per-prompt='{"image": 2}'`,
    [['--limit-mm-per-prompt', ['{"image": 2}'], ['--limit-mm-per-prompt', '{"image": 2}']]],
  ],
  ['--config engine.yaml', [['--config', ['engine.yaml'], ['--config', 'engine.yaml']]]],
  ['-q fp8', [['--quantization', ['fp8'], ['-q', 'fp8']]]],
  ['-qfp8', [['--quantization', ['fp8'], ['-qfp8']]]],
];

describe.each(listedReleases())('words on %s', release => {
  it.each(everywhere)('%s', (text, words) => {
    const read = readVllmArgs(text, release);
    expect(read.words.map(short)).toEqual(words);
    expect(
      read.findings.filter(finding => finding.rule !== 'args-wrong-value' || !text.includes('kv_')),
    ).toEqual([]);
  });

  it('has nothing against the default text', () => {
    expect(readVllmArgs('--gpu-memory-utilization 0.90 --block-size 128', release).findings).toEqual([]);
  });
});

describe('words of a release without a list', () => {
  it.each(['0.7.0', '1.7.0', 'not-a-release'])('%s', release => {
    const text = `--brand-new value --other -tp 2 --enforce-eager --allowed-media-domains a b --last=-x`;
    const { words, findings } = readVllmArgs(text, release);
    expect(words.map(short)).toEqual([
      ['--brand-new', ['value'], ['--brand-new', 'value']],
      ['--other', [], ['--other']],
      [tp, ['2'], ['-tp', '2']],
      ['--enforce-eager', [], ['--enforce-eager']],
      ['--allowed-media-domains', ['a', 'b'], ['--allowed-media-domains', 'a', 'b']],
      ['--last', ['-x'], ['--last=-x']],
    ]);
    expect(findings).toMatchObject([{ rule: 'args-unchecked', level: 'warning', path: 'vllmArgs' }]);
    expect(findings[0]?.message).toContain(release);
  });

  it('says nothing when there is nothing to check', () => {
    expect(readVllmArgs('', '1.7.0').findings).toEqual([]);
  });
});

describe('tokens', () => {
  const parts = fc.constantFrom(
    '--seed',
    '--seed=3',
    '-tp',
    '-tp=2',
    '--x',
    '--x=y',
    '--x=-y',
    'a',
    '-1',
    '- b',
    '--',
    '-',
    '-O3',
    '-O',
    '-O.a=1',
    '--enforce-eager',
    'True',
    '--kv-transfer-config.a',
    '{"a": 1}',
    '',
    '--no-enforce-eager',
    '-q',
    '-qfp8',
    '--allowed-media-domains',
  );

  it('read again they are the same words with the same tokens', () => {
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 8 }),
        fc.constantFrom(...listedReleases()),
        (tokens, release) => {
          const once = readVllmArgs(joinWords(tokens), release).words;
          const again = readVllmArgs(joinWords(once.flatMap(word => word.tokens)), release).words;
          expect(again.map(word => word.tokens)).toEqual(once.map(word => word.tokens));
          expect(again.map(word => word.values)).toEqual(once.map(word => word.values));
        },
      ),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(...listedReleases(), '9.9.9'),
        (text, release) => {
          const { words, findings } = readVllmArgs(text, release);
          expect('words' in splitWords(text) || (words.length === 0 && findings.length === 1)).toBe(true);
        },
      ),
    );
  });
});
