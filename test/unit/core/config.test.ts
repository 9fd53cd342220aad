import { describe, expect, it } from 'vitest';
import { settingTable } from '../../../src/components/nvidia-platform/dynamo-vllm/answers.ts';
import { checkConfig, configValues } from '../../../src/core/config.ts';

const locate = (path: readonly string[]): string => path.join('/');
const check = (data: unknown) => checkConfig(settingTable, data, locate);

describe('configValues', () => {
  const data = {
    platform: {
      eks: { dynamoPlatform: { releaseVersion: '1.2.1', namespace: 'a' } },
      k8s: { dynamoPlatform: { namespace: 'b' } },
    },
  };
  it('reads the platform, and falls back to eks', () => {
    expect(configValues(settingTable, data, 'k8s')).toEqual({ release: '1.2.1', namespace: 'b' });
    expect(configValues(settingTable, data, 'eks')).toEqual({ release: '1.2.1', namespace: 'a' });
  });
  it.each([undefined, null, 5, 'x', [], { platform: 5 }])('reads nothing from %j', broken => {
    expect(configValues(settingTable, broken, 'k8s')).toEqual({});
  });
});

describe('checkConfig', () => {
  it('knows every key of every setting', () => {
    expect(
      check({ $schema: 'x', platform: { name: 'k8s', k8s: { dynamoVllm: { replicas: 2, env: ['A=b'] } } } }),
    ).toEqual([]);
  });
  it('proposes what an unknown key may mean', () => {
    const [finding] = check({ platform: { eks: { dynamoPlatform: { releaseVersoin: '1.0.0' } } } });
    expect(finding).toMatchObject({
      rule: 'config-unknown-key',
      path: 'platform/eks/dynamoPlatform/releaseVersoin',
      hint: 'Did you mean "releaseVersion"?',
    });
  });
  it('does not take inherited names for keys', () => {
    expect(
      check(JSON.parse('{"constructor": {}, "__proto__": 1, "platform": {"toString": 1}}')).map(
        found => found.rule,
      ),
    ).toEqual(Array(3).fill('config-unknown-key'));
  });
  it.each([
    [{ platform: { eks: { dynamoPlatform: { releaseVersion: 9 } } } }],
    [{ platform: { eks: [] } }],
    [[]],
    [{ platform: { k8s: { dynamoVllm: { replicas: '2' } } } }],
  ])('refuses wrong values in %j', data => {
    expect(check(data).map(found => found.rule)).toEqual(['config-wrong-value']);
  });
});
