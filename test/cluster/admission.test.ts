import { expect, test } from 'vitest';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { convert, toBetaSpec } from '../kit/cluster/dynamo/conversion.ts';
import { traitsOf } from '../kit/cluster/dynamo/release.ts';
import { denial } from '../kit/cluster/dynamo/rules.ts';

const IMAGE = 'nvcr.io/nvidia/ai-dynamo/vllm-runtime';

function graph(change: object = {}, worker: object = {}, tag = '1.4.2'): KubeObject {
  const mainContainer = { image: `${IMAGE}:${tag}` };
  return {
    apiVersion: 'nvidia.com/v1alpha1',
    kind: 'DynamoGraphDeployment',
    metadata: { name: 'qwen', namespace: 'default' },
    spec: {
      backendFramework: 'vllm',
      services: {
        Frontend: { componentType: 'frontend', replicas: 1, extraPodSpec: { mainContainer } },
        worker: {
          componentType: 'worker',
          replicas: 1,
          resources: { limits: { gpu: '1' } },
          extraPodSpec: { mainContainer },
          ...worker,
        },
      },
      ...change,
    },
  };
}

const says = (object: KubeObject, release: string, old?: KubeObject) =>
  denial(object, old, traitsOf(release));

test('an ordinary graph is admitted by every release', () => {
  for (const release of ['0.8.1', '0.9.1', '1.0.2', '1.1.0', '1.2.1', '1.3.1', '1.4.2', '1.5.1']) {
    expect(says(graph(), release)).toBeUndefined();
  }
});

test.each([
  ['1.2.1', graph({ services: {} }), 'spec.services must have at least one service'],
  ['1.3.1', graph({ services: {} }), 'spec.components must have at least one component'],
  ['1.4.2', graph({ services: {} }), 'spec.components: Required value: must have at least one component'],
  [
    '0.9.1',
    graph({}, { volumeMounts: [{ name: 'x' }] }),
    'spec.services[worker].volumeMounts[0].mountPoint is required when useAsCompilationCache is false',
  ],
  [
    '0.9.1',
    graph({}, { sharedMemory: {} }),
    'spec.services[worker].sharedMemory.size is required when disabled is false',
  ],
  ['1.1.0', graph({}, { sharedMemory: { disabled: true } }), 'sharedMemory'],
  ['1.4.2', graph({}, {}, 'latest'), 'no parseable semantic-version tag'],
  ['1.3.1', graph({ restart: { id: 'x' } }), 'spec.restart must be unset on create'],
  [
    '0.9.1',
    graph({ pvcs: [{ name: 'c', create: true }] }),
    'When create is true, size, storageClass, and volumeAccessMode are required',
  ],
])('%s refuses in its own words', (release, object, words) => {
  expect(says(object, release)).toContain(words);
});

test.each(['1.3.0-cuda13', 'v1.4.0', '0.8.1', '9.9.9', `1.4.0@sha256:${'0'.repeat(64)}`])(
  '1.4 takes the tag %s',
  tag => {
    expect(says(graph({}, {}, tag), '1.4.2')).toBeUndefined();
  },
);

test.each(['latest', 'my-tag', '1.4', '0.9.0.post1'])('1.4 does not take the tag %s', tag => {
  expect(says(graph({}, {}, tag), '1.4.2')).toMatch(/runtimeVersionOverride/);
});

test('names are limited where they were: 45 characters on 1.0 and 1.1', () => {
  const long = { ...graph(), metadata: { name: 'a'.repeat(38), namespace: 'default' } };
  expect(says(long, '1.1.0')).toMatch(/exceeds 45-character limit/);
  expect(says(long, '0.9.1')).toBeUndefined();
  expect(says(long, '1.2.1')).toBeUndefined();
});

test('components cannot come or go from 0.9.1 on', () => {
  const more = graph();
  more.spec.services.extra = more.spec.services.worker;
  expect(says(more, '0.8.1', graph())).toBeUndefined();
  expect(says(more, '0.9.1', graph())).toBe(
    'service topology is immutable and cannot be modified after creation: services added: [extra]',
  );
  expect(says(more, '1.4.2', graph())).toMatch(
    /spec\.components: Forbidden: component topology is immutable/,
  );
});

test('a round trip between the versions gives back what was written', () => {
  const alpha = graph(
    { pvcs: [{ name: 'c' }] },
    { sharedMemory: { size: '16Gi' }, subComponentType: 'decode' },
  );
  const beta = convert(alpha, 'nvidia.com/v1beta1');
  expect(beta.metadata.annotations?.['nvidia.com/dgd-spec']).toBeDefined();
  expect(beta.spec.components[1]).toMatchObject({ name: 'worker', type: 'decode', sharedMemorySize: '16Gi' });
  expect(beta.spec.components[1].podTemplate.spec.containers[0].resources.limits).toEqual({
    'nvidia.com/gpu': '1',
  });
  expect(convert(beta, 'nvidia.com/v1alpha1')).toEqual(alpha);
});

test('a change made in the other version is not lost', () => {
  const beta = convert(graph(), 'nvidia.com/v1beta1');
  beta.spec.components[1].replicas = 3;
  const back = convert(beta, 'nvidia.com/v1alpha1');
  expect(back.spec.services.worker.replicas).toBe(3);
  expect(toBetaSpec(back.spec).components?.[1]?.replicas).toBe(3);
});
