import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { deployedBy } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/probe/deployed.ts';
import { probe } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/probe/probe.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import { graph, model } from './played.ts';

const cases = new URL('../../../../../golden/cases', import.meta.url).pathname;

function golden(release: string, name: string): KubernetesObject {
  const folder = join(cases, release, name, 'manifests');
  const file = readdirSync(folder).find(each => each.includes('dynamographdeployment')) ?? '';
  return parse(readFileSync(join(folder, file), 'utf8')) as KubernetesObject;
}

const read = (release: string, name: string) => deployedBy(golden(release, name), 'qwen', 'dynamo-system');

test('what this program renders, in both API versions', () => {
  for (const release of ['0.9.1', '1.5.1']) {
    const deployed = read(release, 'disaggregated-router');
    expect(deployed).toMatchObject({
      served: ['Qwen/Qwen3-30B-A3B-Instruct-2507-FP8'],
      model: '/opt/models/Qwen/Qwen3-30B-A3B-Instruct-2507-FP8',
      frontend: 'Frontend',
      release,
      dynamoNamespace: 'dynamo-system-qwen',
      frontendHasModel: true,
      router: { approximate: null, silent: null, ignoredWeight: null, temperature: 0.5 },
    });
    expect(deployed.roles.map(({ kind, component, replicas }) => `${kind} ${component} ${replicas}`)).toEqual(
      ['prefill prefill 2', 'decode decode 2'],
    );
  }
  expect(read('1.1.1', 'kvbm').kvbm).toEqual({ component: 'worker', metricsPort: null });
  expect(read('1.1.1', 'aggregated')).toMatchObject({ router: null, kvbm: null });
});

test('service, port and labels of the frontend', () => {
  const target = probe.target({ name: 'qwen.3', namespace: 'ns', graph: golden('1.5.1', 'aggregated') });
  expect(target).toMatchObject({ service: 'qwen-3-frontend', port: 8000, frontend: 'Frontend' });
  expect(target.podSelector('worker')).toBe(
    'nvidia.com/dynamo-graph-deployment-name=qwen.3,nvidia.com/dynamo-component=worker',
  );
});

const manual = (args: string, image = 'x/vllm-runtime:1.4.2', env: object[] = []): KubernetesObject => ({
  apiVersion: 'nvidia.com/v1beta1',
  kind: 'DynamoGraphDeployment',
  metadata: { name: 'm' },
  spec: {
    components: [
      { name: 'Frontend', podTemplate: { spec: { containers: [{ name: 'main', image, env }] } } },
      {
        name: 'engine',
        podTemplate: {
          spec: { containers: [{ name: 'main', image, command: ['/bin/sh', '-c'], args: [args] }] },
        },
      },
    ],
  },
});

test('a manifest of others: shell commands, no types, several served names', () => {
  const deployed = deployedBy(
    manual(
      'python3 -m dynamo.vllm --model Qwen/Q --served-model-name a b --max-model-len 4K --is-prefill-worker',
    ),
    'm',
    'ns',
  );
  expect(deployed).toMatchObject({
    served: ['a', 'b'],
    model: 'Qwen/Q',
    maxModelLen: 4096,
    release: '1.4.2',
    frontend: 'Frontend',
  });
  expect(deployed.roles).toEqual([{ kind: 'prefill', component: 'engine', replicas: 1 }]);
});

test('a manifest that tells little', () => {
  const deployed = deployedBy(manual('run-my-server', 'x@sha256:00'), 'm', 'ns');
  expect(deployed).toMatchObject({
    served: [],
    model: '',
    release: null,
    engine: null,
    router: null,
    roles: [],
  });
});

const router = (release: string, args: string[], env: Record<string, string> = {}) =>
  deployedBy(graph({ release, args, frontendEnv: { DYN_ROUTER_MODE: 'kv', ...env } }), 'x', 'ns').router;

test('who publishes KV events, by release and argument', () => {
  expect(router('1.0.2', [])?.silent).toBeNull();
  expect(router('1.1.0', [])?.silent).toContain('Dynamo 1.1 publishes only with --kv-events-config');
  expect(router('1.1.0', ['--kv-events-config', '{"enable_kv_cache_events":true}'])?.silent).toBeNull();
  expect(router('1.1.0', ['--kv-events-config', '{"publisher":"zmq"}'])?.silent).toContain('does not enable');
  expect(router('0.9.1', ['--no-enable-prefix-caching'])?.silent).toContain('prefix caching');
  expect(router('latest', [])?.silent).toBeNull();
});

test('approximate routing, and weights under names of other releases', () => {
  expect(router('1.5.1', [], { DYN_ROUTER_USE_KV_EVENTS: 'false' })?.approximate).toBe(
    'DYN_ROUTER_USE_KV_EVENTS=false',
  );
  expect(router('1.0.2', [], { DYN_KV_OVERLAP_SCORE_WEIGHT: '2' })?.ignoredWeight).toEqual({
    name: 'DYN_KV_OVERLAP_SCORE_WEIGHT',
    successor: 'DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT',
  });
  expect(router('0.9.1', [], { DYN_KV_OVERLAP_SCORE_WEIGHT: '2' })?.ignoredWeight).toBeNull();
  // From 1.2 on the name of 1.0 is still read beside its successors.
  expect(router('1.3.1', [], { DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT: '2' })?.ignoredWeight).toBeNull();
  expect(router('0.9.1', [], { DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT: '2' })?.ignoredWeight?.successor).toBe(
    'DYN_KV_OVERLAP_SCORE_WEIGHT',
  );
});

test('the model named in the manifest is the one of the tests', () => {
  expect(deployedBy(graph(), 'x', 'ns').served).toEqual([model]);
});
