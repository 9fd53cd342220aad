import { describe, expect, it } from 'vitest';
import { settingTable } from '../../../src/components/nvidia-platform/dynamo-vllm/answers.ts';
import { applies, isExplicit, type Layer, misplacedSettings, settle } from '../../../src/core/settings.ts';

const layer = (name: Layer['name'], values: Layer['values']): Layer => ({ name, values });

describe('settle', () => {
  it('lets the last layer win and remembers it', () => {
    const settled = settle(settingTable, [
      layer('config.json', { replicas: 2, namespace: 'a' }),
      layer('flag', { replicas: 3 }),
    ]);
    expect(settled.values.replicas).toBe(3);
    expect(settled.layers.replicas).toBe('flag');
    expect(settled.layers.namespace).toBe('config.json');
    expect(settled.layers.model).toBe('default');
    expect(Object.isFrozen(settled.values)).toBe(true);
  });
  it('has every key of the table', () => {
    expect(Object.keys(settle(settingTable, []).values)).toEqual(Object.keys(settingTable));
  });
});

describe('settings of another mode', () => {
  const disaggregated = layer('flag', { mode: 'disaggregated' });
  it('are refused with the twins named', () => {
    const [finding] = misplacedSettings(
      settingTable,
      settle(settingTable, [disaggregated, layer('flag', { tensorParallelSize: 2 })]),
    );
    expect(finding?.rule).toBe('setting-not-applicable');
    expect(finding?.hint).toBe(
      'Use --prefill-tensor-parallel-size and --decode-tensor-parallel-size instead.',
    );
  });
  it('are no matter in config.json, which serves both modes', () => {
    expect(
      misplacedSettings(
        settingTable,
        settle(settingTable, [layer('config.json', { tensorParallelSize: 2 }), disaggregated]),
      ),
    ).toEqual([]);
  });
  it('apply only where their mode is chosen', () => {
    expect(applies(settingTable, 'prefillReplicas', {})).toBe(false);
    expect(applies(settingTable, 'prefillReplicas', { mode: 'disaggregated' })).toBe(true);
  });
  it('want KVBM on for its sizes', () => {
    const [finding] = misplacedSettings(
      settingTable,
      settle(settingTable, [layer('answers file', { kvbmCpuGb: 5 })]),
    );
    expect(finding?.hint).toContain('Add --kvbm');
  });
});

describe('isExplicit', () => {
  it.each([
    ['prompt', true],
    ['flag', true],
    ['answers file', true],
    ['environment', true],
    ['config.json', false],
    ['default', false],
  ] as const)('%s: %s', (name, explicit) => {
    expect(isExplicit(settle(settingTable, [layer(name, { replicas: 2 })]), 'replicas')).toBe(explicit);
  });
});
