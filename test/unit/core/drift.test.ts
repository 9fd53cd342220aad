import { describe, expect, it } from 'vitest';
import { pathText } from '../../../src/core/diff.ts';
import { driftOf, hiddenValue } from '../../../src/core/drift.ts';
import type { KubernetesObject } from '../../../src/core/manifest.ts';

const graph = (
  worker: Record<string, unknown>,
  metadata: Record<string, unknown> = {},
): KubernetesObject => ({
  apiVersion: 'nvidia.com/v1alpha1',
  kind: 'DynamoGraphDeployment',
  metadata: { name: 'chat', namespace: 'ns', ...metadata },
  spec: { services: { worker } },
});

const told = (...args: Parameters<typeof driftOf>): string[] =>
  driftOf(...args).map(
    ({ path, kind, live, here }) =>
      `${pathText(path)} ${kind} ${JSON.stringify(live)} ${JSON.stringify(here)}`,
  );

const ownedBy = (manager: string, fieldsV1: unknown): Record<string, unknown> => ({
  managedFields: [{ manager, operation: 'Apply', fieldsV1 }],
});

describe('drift', () => {
  it('names each field that would change', () => {
    const manifest = graph({ replicas: 2, envs: [{ name: 'A', value: '1' }] });
    const live = graph({ replicas: 1, envs: [{ name: 'A', value: '2' }] });
    expect(told(live, manifest, manifest)).toEqual([
      'spec.services.worker.replicas changed 1 2',
      'spec.services.worker.envs[A].value changed "2" "1"',
    ]);
  });

  it('leaves out what the API server, the operator and this program keep for themselves', () => {
    const manifest = graph(
      { replicas: 1 },
      { labels: { a: 'b' }, annotations: { 'dynamo-installer/answers-hash': 'new' } },
    );
    const live = {
      ...graph(
        { replicas: 1 },
        {
          uid: 'u',
          resourceVersion: '7',
          generation: 3,
          creationTimestamp: 't',
          labels: { a: 'b', 'added/by': 'operator' },
          annotations: { 'nvidia.com/dgd-spec': '{}', 'dynamo-installer/answers-hash': 'old' },
        },
      ),
      status: { state: 'successful' },
    };
    const would = {
      ...manifest,
      metadata: {
        ...manifest.metadata,
        uid: 'u',
        generation: 4,
        labels: { a: 'b' },
        annotations: { 'nvidia.com/dgd-spec': '{"x":1}' },
      },
    };
    expect(told(live, would, manifest)).toEqual([]);
  });

  it('leaves out a default that came later, and tells of a field that the manifest no longer sets', () => {
    const manifest = graph({});
    const live = graph({ replicas: 3 });
    const would = graph({ replicas: 1, sharedMemory: '8Gi' });
    expect(told(live, would, manifest)).toEqual([]);
    const fields = { 'f:spec': { 'f:services': { 'f:worker': { 'f:replicas': {} } } } };
    const mine = graph({ replicas: 3 }, ownedBy('dynamo-installer', fields));
    expect(told(mine, would, manifest)).toEqual(['spec.services.worker.replicas changed 3 1']);
    const theirs = graph({ replicas: 3 }, ownedBy('argocd-controller', fields));
    expect(told(theirs, would, manifest)).toEqual([]);
  });

  it('knows what it wrote inside keyed lists and in values that are owned as a whole', () => {
    const env = { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } };
    const metadata = ownedBy('dynamo-installer', {
      'f:spec': { 'f:services': { 'f:worker': { 'f:envs': env, 'f:limits': {} } } },
    });
    const live = graph(
      { envs: [{ name: 'A' }, { name: 'B' }], limits: { gpu: '1', custom: { x: '1' } } },
      metadata,
    );
    expect(told(live, graph({ envs: [], limits: {} }), graph({}))).toEqual([
      'spec.services.worker.envs[A] removed {"name":"A"} undefined',
      'spec.services.worker.limits.gpu removed "1" undefined',
      'spec.services.worker.limits.custom removed {"x":"1"} undefined',
    ]);
  });

  it('without a dry run takes the manifest for what would come, and a missing field for a default', () => {
    const metadata = ownedBy('dynamo-installer', {
      'f:spec': { 'f:services': { 'f:worker': { 'f:replicas': {}, 'f:volumeMounts': {}, 'f:envs': {} } } },
    });
    const live = graph(
      {
        replicas: 2,
        sharedMemory: '8Gi',
        cpu: '1',
        envs: [{ name: 'A', value: '1' }],
        volumeMounts: [{ name: 'cache', useAsCompilationCache: false }],
      },
      metadata,
    );
    const manifest = graph({ cpu: 1, envs: [], volumeMounts: [{ name: 'cache' }] });
    expect(told(live, null, manifest)).toEqual([
      'spec.services.worker.replicas removed 2 undefined',
      'spec.services.worker.envs[A] removed {"name":"A","value":"1"} undefined',
    ]);
  });

  it('never shows a secret value', () => {
    const secret = (data: Record<string, string>): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data,
    });
    expect(
      told(secret({ HF: 'b2xk', same: 'x' }), secret({ HF: 'bmV3', same: 'x' }), secret({ HF: 'bmV3' })),
    ).toEqual([`data.HF changed "${hiddenValue}" "${hiddenValue}"`]);
    const plain = { ...secret({}), data: undefined, stringData: { HF: 'new' } };
    expect(told(secret({ HF: 'b2xk' }), secret({ HF: 'bmV3' }), plain)).toHaveLength(1);

    const live = graph({ envs: [{ name: 'HF_TOKEN', value: 'first' }] });
    const added = graph({
      envs: [
        { name: 'HF_TOKEN', value: 'second' },
        { name: 'MY_API_KEY', value: 'third' },
      ],
    });
    const text = told(live, added, added).join('\n');
    expect(text).toContain('envs[HF_TOKEN].value changed');
    expect(text).toContain('envs[MY_API_KEY] added');
    expect(text).not.toMatch(/first|second|third/);
    const words = graph({ args: ['--token', 'hf_abcdefghijklmnopqrstuvwx'] });
    expect(told(graph({ args: [] }), words, words).join()).not.toContain('abcdefghijklmnop');
  });
});
