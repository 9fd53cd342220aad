import { describe, expect, it } from 'vitest';
import { servedModel } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/preflight/served-model.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';

const graph = (...args: string[]): KubernetesObject => ({
  apiVersion: 'nvidia.com/v1alpha1',
  kind: 'DynamoGraphDeployment',
  metadata: { name: 'chat' },
  spec: {
    services: {
      Frontend: { componentType: 'frontend' },
      worker: { extraPodSpec: { mainContainer: { command: ['python3', '-m', 'dynamo.vllm'], args } } },
    },
  },
});

describe('the model that manifests serve', () => {
  it.each<[string[], unknown]>([
    [['--model', 'Qwen/Qwen3-8B'], { model: 'Qwen/Qwen3-8B', revision: null }],
    [['--model=Qwen/Qwen3-8B', '--revision', 'v2'], { model: 'Qwen/Qwen3-8B', revision: 'v2' }],
    [
      ['--model', '/opt/models/Qwen/Qwen3-8B', '--served-model-name', 'Qwen/Qwen3-8B'],
      { model: 'Qwen/Qwen3-8B', revision: null },
    ],
    [['--model', '/opt/models/Qwen/Qwen3-8B', '--served-model-name', 'mine'], null],
    [['--model', '/opt/models/Qwen/Qwen3-8B'], null],
    [['--model', './model'], null],
    [['--model', 's3://bucket/model'], null],
    [['--model', 'folder'], null],
    [[], null],
  ])('%j', (args, model) => {
    expect(servedModel([{ ...graph(), kind: 'Job' }, graph(...args)])).toEqual(model);
  });
});
