/** JSON values, and the two that connect the KV cache. */
import { describe, expect, it } from 'vitest';
import { configOf } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/engine/kv.ts';
import { readVllmArgs } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/engine/read.ts';
import { joinWords } from '../../../../../../src/core/words.ts';
import { across, all, from, only, rules, upTo } from './expect.ts';

const module = 'kvbm.vllm_integration.connector';
const nixl = { kv_connector: 'NixlConnector', kv_role: 'kv_both' };
const kvbm = { kv_connector: 'DynamoConnector', kv_connector_module_path: module, kv_role: 'kv_both' };
const transfer = (config: unknown): string => joinWords(['--kv-transfer-config', JSON.stringify(config)]);
const events = (config: unknown): string => joinWords(['--kv-events-config', JSON.stringify(config)]);

describe('JSON', () => {
  it.each(
    across(all, [
      [`--hf-overrides "{'a':1}"`, `Write --hf-overrides '{"a":1}'.`],
      [`--limit-mm-per-prompt "{'image':2}"`, `Write --limit-mm-per-prompt '{"image":2}'.`],
      ['--limit-mm-per-prompt {"image":2}', `Write --limit-mm-per-prompt '{"image":2}'.`],
      [
        '--kv-events-config {enable_kv_cache_events:true}',
        `Write --kv-events-config '{"enable_kv_cache_events":true}'.`,
      ],
      [
        `--kv-events-config '{"enable_kv_cache_events":True}'`,
        `Write --kv-events-config '{"enable_kv_cache_events":true}'.`,
      ],
      ['--limit-mm-per-prompt image=2', 'Write JSON in single quotes'],
      [`--speculative-config '{"method":"ngram"'`, 'Write JSON in single quotes'],
      ['--kv-events-config 5', 'it takes a JSON object'],
      [`--kv-transfer-config '[]'`, 'it takes a JSON object'],
    ] as const),
  )('%s refuses %s', (release, text, words) => {
    expect(rules(text, release)).toEqual(['args-wrong-value']);
    expect(only(text, release)).toContain(words);
  });

  it.each(
    across(all, [
      ['--kv-transfer-config None'],
      [`--kv-events-config ''`],
      ['--limit-mm-per-prompt.image 2'],
      ['--limit-mm-per-prompt.image=2'],
    ] as const),
  )('%s takes %s', (release, text) => {
    expect(rules(text, release)).toEqual([]);
  });

  it('takes dotted keys for vLLM’s flags only, from 1.0', () => {
    expect(only('--router-conditional-disagg-config.x 1', '1.6.1')).toContain('takes its keys as one JSON');
  });

  it('takes a bare structural tag, true, and JSON', () => {
    expect(
      rules(`--dyn-structural-tag --dyn-structural-tag true --dyn-structural-tag '{"a":1}'`, '1.6.1'),
    ).toEqual([]);
    expect(rules('--dyn-structural-tag maybe', '1.6.1')).toEqual(['args-wrong-value']);
  });
});

describe('--kv-events-config', () => {
  const misspelt = events({ enable_kv_cache_event: true });

  it.each(upTo('0.9.1'))('%s ignores keys that it does not know', release => {
    expect(rules(misspelt, release)).toEqual([]);
  });

  it.each(from('1.0.2'))('%s refuses keys that it does not know', release => {
    expect(only(misspelt, release)).toContain(
      'Write "enable_kv_cache_events" instead of "enable_kv_cache_event".',
    );
    expect(rules('--kv-events-config.topics x', release)).toEqual(['args-wrong-value']);
    expect(rules('--kv-events-config.topic x', release)).toEqual([]);
  });

  it.each(all)('%s takes the full form', release => {
    expect(
      rules(
        events({
          publisher: 'zmq',
          topic: 'kv-events',
          endpoint: 'tcp://*:20080',
          enable_kv_cache_events: true,
        }),
        release,
      ),
    ).toEqual([]);
  });
});

describe('--kv-transfer-config', () => {
  it.each(
    across(all, [
      [transfer(nixl)],
      [transfer(kvbm)],
      [
        transfer({
          kv_connector: 'PdConnector',
          kv_role: 'kv_both',
          kv_connector_extra_config: { connectors: [kvbm, nixl] },
          kv_connector_module_path: module,
        }),
      ],
      [
        transfer({
          kv_connector: 'OffloadingConnector',
          kv_role: 'kv_both',
          kv_connector_extra_config: { cpu_bytes_to_use: 1 },
        }),
      ],
      ['--kv-transfer-config.kv_connector NixlConnector --kv-transfer-config.kv_role kv_both'],
      [`${transfer({ kv_connector: 'Nope', kv_role: 'kv_both' })} ${transfer(nixl)}`],
    ] as const),
  )('%s takes %s', (release, text) => {
    expect(rules(text, release)).toEqual([]);
  });

  it.each(
    across(all, [
      [transfer({ ...nixl, kv_rank_size: 2 }), '"kv_rank_size" is not one of its keys'],
      [transfer({ kv_connector: 'NixlConnector' }), 'Add "kv_role":"kv_both" to it.'],
      ['--kv-transfer-config.kv_connector NixlConnector', 'Add "kv_role":"kv_both" to it.'],
      [transfer({ ...nixl, kv_role: 'both' }), '"both" is not a kv_role'],
      [transfer({ ...nixl, kv_connector: 'NixlConector' }), 'Write "NixlConnector"'],
      [transfer({ ...nixl, kv_connector: 'Mine' }), 'kv_connector_module_path'],
      [
        transfer({ kv_connector: 'DynamoConnector', kv_role: 'kv_both' }),
        `Add "kv_connector_module_path":"${module}" to it.`,
      ],
      [
        transfer({ ...kvbm, kv_connector_extra_config: { connectors: [{ kv_connector: 'NixlConnector' }] } }),
        'Add "kv_role":"kv_both" to it.',
      ],
    ] as const),
  )('%s refuses %s', (release, text, words) => {
    expect(rules(text, release)).toEqual(['args-wrong-value']);
    expect(only(text, release)).toContain(words);
    expect(only(text, release)).toContain(`(Dynamo ${release})`);
  });

  it.each([
    ['SharedStorageConnector', ['0.8.1']],
    ['ExampleConnector', from('0.9.1')],
    ['FlexKVConnectorV1', from('1.1.1')],
    ['P2pNcclConnector', upTo('1.3.1')],
    ['NixlPullConnector', from('1.4.2')],
  ])('knows %s in its releases', (name, releases) => {
    const text = transfer({ kv_connector: name, kv_role: 'kv_both' });
    expect(all.filter(release => rules(text, release).length === 0)).toEqual(releases);
    for (const release of all.filter(one => !releases.includes(one)))
      expect(only(text, release)).toContain('it is in Dynamo');
  });
});

describe('configOf', () => {
  const config = (text: string) => configOf(readVllmArgs(text, '1.6.1').words, '--kv-events-config');

  it.each<[string, unknown]>([
    ['', undefined],
    ['--kv-events-config nope', undefined],
    [`--kv-events-config '{"a":1}' --kv-events-config '{"b":2}'`, { b: 2 }],
    [
      '--kv-events-config.a.b 1 --kv-events-config.a.c x --kv-events-config.d true',
      { a: { b: 1, c: 'x' }, d: true },
    ],
    ['--kv-events-config.a+ x,y', { a: ['x', 'y'] }],
  ])('%s', (text, expected) => {
    expect(config(text)).toEqual(expected);
  });
});
