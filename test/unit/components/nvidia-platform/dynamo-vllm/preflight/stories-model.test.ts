import { describe, expect, it } from 'vitest';
import { blameOf } from '../../../../../../src/core/check.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import { expectError, systemNodes } from './expected.ts';
import { nodes } from './machines.ts';
import { claim, cluster, defaultModel, hub, operator, read, tell, textOf } from './world.ts';

describe('what is named of model, image and name before anything is applied', () => {
  it('a gated model that the account may not read', () => {
    const model = 'meta-llama/Llama-3.3-70B-Instruct';
    const facts = cluster({ nodes: read([...systemNodes, ...nodes('p5.48xlarge', 1)]) });
    const said = hub(model, { verdict: 'gated', gated: 'manual', account: 'acme-ml' });
    expectError(tell({ model, tensorParallelSize: 4 }, facts, said), {
      mention: [/meta-llama\/Llama-3\.3-70B-Instruct/, /gated/, /403/, /acme-ml/],
      next: [/https:\/\/huggingface\.co\/meta-llama\/Llama-3\.3-70B-Instruct/],
      never: [/invalid token|no token/i],
      blame: 'forbidden',
    });
  });

  it('a model that is not on the Hub', () => {
    const model = 'Qwen/Qwen3-30B-A3B-Instruct-2507-F8';
    const said = hub(model, {
      verdict: 'missing',
      id: null,
      revision: null,
      suggestions: [defaultModel, 'Qwen/Qwen3-30B-A3B-Instruct-2507'],
    });
    expectError(tell({ model }, cluster(), said), {
      mention: [/Qwen3-30B-A3B-Instruct-2507-F8\b/, /not found/],
      next: [/Did you mean .*2507-FP8/],
      blame: 'refused',
    });
  });

  it('a claim that is smaller than the weights; one that may hold them is let through', () => {
    const model = 'Qwen/Qwen3-235B-A22B-FP8';
    const weightsBytes = 220.6 * 2 ** 30;
    const withClaim = (capacity: string) =>
      cluster({
        nodes: read([...systemNodes, ...nodes('p5.48xlarge', 1)]),
        claims: read([
          claim('dynamo-model-cache', { accessModes: ['ReadWriteOnce'], storageClass: 'gp3', capacity }),
        ]),
      });
    const answers = { model, tensorParallelSize: 4 };
    expectError(tell(answers, withClaim('200Gi'), hub(model, { weightsBytes })), {
      mention: [/dynamo-model-cache/, /too small/, /200 GiB/, /221 GiB/],
      next: [/expand/i],
      blame: 'refused',
    });
    expect(blameOf(tell(answers, withClaim('300Gi'), hub(model, { weightsBytes })).results)).toBeNull();
  });

  it('an amd64 image on arm64 nodes', () => {
    const facts = cluster({
      operators: read([operator('1.0.2')]),
      nodes: read([
        ...systemNodes,
        ...nodes('gh200-arm64', 2, {
          taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
        }),
      ]),
    });
    const answers = {
      model: 'Qwen/Qwen3-8B',
      image: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.0.2-efa-amd64',
    };
    const told = tell(answers, facts);
    expectError(told, {
      mention: [/amd64/, /arm64/, /image/],
      next: [/multi-arch/],
      blame: 'unavailable',
    });
    expect(textOf(told)).toContain('vllm-runtime:1.0.2)');
  });

  it('a model that is larger than the GPU', () => {
    const model = 'Qwen/Qwen3-32B';
    const facts = cluster({ nodes: read([...systemNodes, ...nodes('g6e.12xlarge', 1)]) });
    const told = tell({ model, tensorParallelSize: 1 }, facts, hub(model, { weightsBytes: 61 * 2 ** 30 }));
    expectError(told, {
      mention: [/\b6[0-4](\.\d+)? ?Gi?B/, /44\.4 GiB/, /L40S/, /does not fit/],
      next: [/--tensor-parallel-size [24]/],
      blame: 'refused',
    });
  });

  it('a model that brings code which nobody trusted', () => {
    const model = 'internlm/internlm3-8b-instruct';
    const config = JSON.stringify({ model_type: 'internlm3', auto_map: { AutoConfig: 'x' } });
    const said = hub(model, { remoteCode: true, config, weightsBytes: 16.4 * 2 ** 30 });
    expectError(tell({ model }, cluster(), said), {
      mention: [/internlm3-8b-instruct/, /own Python code/],
      next: [/--trust-remote-code/],
      blame: 'refused',
    });
    const vllmArgs = '--gpu-memory-utilization 0.90 --trust-remote-code';
    expect(textOf(tell({ model, vllmArgs }, cluster(), said))).not.toContain('Python code');
  });

  it('a disk cache that is larger than the disk', () => {
    const facts = cluster({ nodes: read([...systemNodes, ...nodes('p5.4xlarge', 1, { diskGi: 100 })]) });
    const told = tell({ kvbm: true, kvbmCpuGb: 20, kvbmDiskGb: 200, kvbmDiskDir: '/tmp' }, facts);
    expectError(told, {
      mention: [/KVBM disk cache of 200 GB in \/tmp/, /evict/, /ephemeral storage/],
      next: [/smaller disk cache/],
      blame: 'unavailable',
    });
    expect(told.results.filter(({ outcome }) => outcome === 'fail')).toHaveLength(1);
  });

  it("a name that is Argo CD's", () => {
    const theirs: KubernetesObject = {
      apiVersion: 'nvidia.com/v1alpha1',
      kind: 'DynamoGraphDeployment',
      metadata: {
        name: 'chat-prod',
        namespace: 'dynamo-system',
        labels: { 'app.kubernetes.io/instance': 'chat-prod', team: 'assistants' },
        annotations: { 'argocd.argoproj.io/tracking-id': 'chat-prod:nvidia.com/DynamoGraphDeployment' },
      },
      spec: {
        services: {
          worker: {
            extraPodSpec: {
              mainContainer: {
                command: ['python3', '-m', 'dynamo.vllm'],
                args: ['--model', 'meta-llama/Llama-3.1-8B-Instruct'],
              },
            },
          },
        },
      },
    };
    const told = tell({ name: 'chat-prod', model: 'Qwen/Qwen3-8B' }, cluster({ graphs: read([theirs]) }));
    expectError(told, {
      mention: [/chat-prod/, /exists already/, /Argo CD/, /Llama-3\.1-8B-Instruct/],
      next: [/--name/],
      blame: 'refused',
    });
  });

  it('a base model without a chat template, as a warning', () => {
    const model = 'mistralai/Mistral-7B-v0.1';
    const told = tell(
      { model },
      cluster(),
      hub(model, { chatTemplate: false, weightsBytes: 13.5 * 2 ** 30 }),
    );
    expect(textOf(told, 'warning')).toMatch(/Mistral-7B-v0\.1 has no chat template/);
    expect(blameOf(told.results)).toBeNull();
  });
});
