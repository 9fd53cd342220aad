import { describe, expect, it } from 'vitest';
import {
  engineTable,
  holdersOf,
  listedReleases,
  newestTable,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/engine/table.ts';

const kinds = ['flag', 'boolean-optional', 'value', 'list', 'json'];
const sources = ['dynamo', 'vllm', 'router', undefined];

describe('engineTable', () => {
  it.each([
    ['0.8.1', '0.12.0'],
    ['0.9.1', '0.14.1'],
    ['1.0.2', '0.16.0'],
    ['1.1.1', '0.19.0'],
    ['1.2.1', '0.20.1'],
    ['1.3.1', '0.23.0'],
    ['1.4.2', '0.26.0'],
    ['1.5.1', '0.28.0'],
    ['1.6.1', '0.31.0'],
  ])('%s pins vLLM %s', (release, vllm) => {
    expect(engineTable(release)).toMatchObject({ release, vllm });
  });

  it.each([
    ['0.9.0', '0.9.1'],
    ['1.4.0-cuda13', '1.4.2'],
    ['1.3.0.post1', '1.3.1'],
    ['1.6.99', '1.6.1'],
  ])('%s is served by the list of %s', (release, list) => {
    expect(engineTable(release)?.release).toBe(list);
  });

  it.each(['0.7.0', '1.7.0', '2.0.0', '1.4', '', 'latest'])('there is no list for %j', release => {
    expect(engineTable(release)).toBeNull();
  });

  it('has the newest list last', () => {
    expect(newestTable()).toEqual(engineTable(listedReleases().at(-1) ?? ''));
  });

  it.each(listedReleases())('%s: every record has the members that the checks rely on', release => {
    const table = engineTable(release);
    const flags = Object.entries(table?.worker ?? {});
    expect(flags.length).toBeGreaterThan(150);
    expect(flags.filter(([name]) => !/^--[a-z0-9][a-z0-9-]*$/.test(name))).toEqual([]);
    expect(flags.filter(([, flag]) => !kinds.includes(flag.kind) || !sources.includes(flag.from))).toEqual(
      [],
    );
    expect(table?.architectures).toContain('Qwen3ForCausalLM');
    expect(table?.connectors).toContain('NixlConnector');
    expect(table?.kvEventsConfig).toContain('enable_kv_cache_events');
    expect(table?.kvTransferConfig).toContain('kv_role');
    expect(table?.quantization).toContain('fp8');
    expect(table?.attentionBlockSizes).toHaveProperty('FLASH_ATTN');
    expect(table?.env).toContain('DYN_NAMESPACE');
    expect(table?.vllmEnv).toContain('CUDA_VISIBLE_DEVICES');
  });

  it('tells the releases apart', () => {
    expect(engineTable('0.9.1')?.worker['--block-size']?.choices).toEqual([1, 8, 16, 32, 64, 128, 256]);
    expect(engineTable('1.1.1')?.worker['--block-size']?.choices).toBeUndefined();
    expect(engineTable('1.1.1')?.worker['--gpu-memory-utilization']?.default).toBe(0.9);
    expect(engineTable('1.2.1')?.worker['--gpu-memory-utilization']?.default).toBe(0.92);
    expect(engineTable('1.3.1')?.quantization).toContain('gguf');
    expect(engineTable('1.4.2')?.quantization).not.toContain('gguf');
  });
});

describe('holdersOf', () => {
  it.each([
    ['--is-prefill-worker', ['0.8.1', '0.9.1', '1.0.2', '1.1.1', '1.2.1', '1.3.1']],
    ['--migration-limit', ['0.8.1', '0.9.1']],
    ['--device-memory-utilization', ['1.6.1']],
    ['--no-realtime', ['1.5.1', '1.6.1']],
    ['--never-heard-of', []],
  ])('%s', (flag, releases) => {
    expect(holdersOf(flag).map(holder => holder.release)).toEqual(releases);
  });
});
