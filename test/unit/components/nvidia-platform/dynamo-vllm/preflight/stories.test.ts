import { describe, expect, it } from 'vitest';
import { blameOf } from '../../../../../../src/core/check.ts';
import type { AccessRule, NodeUse } from '../../../../../../src/core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import { nodes } from './machines.ts';
import {
  claim,
  cluster,
  defaultModel,
  efs,
  gp3,
  graphKind,
  hub,
  operator,
  read,
  type Told,
  tell,
  tellObjects,
  textOf,
} from './world.ts';

type Expected = {
  readonly mention: readonly RegExp[];
  readonly next: readonly RegExp[];
  readonly never?: readonly RegExp[];
  readonly blame: string | null;
};

/** As the failure stories are judged: every mention, at least one next step, none of the others. */
const expectError = (told: Told, { mention, next, never = [], blame }: Expected): void => {
  const text = textOf(told);
  for (const pattern of mention) expect(text).toMatch(pattern);
  expect(
    next.some(pattern => pattern.test(text)),
    `no next step in: ${text}`,
  ).toBe(true);
  for (const pattern of never) expect(text).not.toMatch(pattern);
  expect(blameOf(told.results)).toBe(blame);
};

const use = (node: string, namespace: string, gpus: number): NodeUse => ({
  node,
  namespace,
  asked: { gpus, cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0 },
});

const systemNodes = nodes('m6i.2xlarge', 2);

const rule = (group: string, resources: string[], ...verbs: string[]): AccessRule => ({
  verbs,
  groups: [group],
  resources,
  names: [],
});

describe('what is named before anything is applied', () => {
  it('permissions that lack the Job and the port-forward', () => {
    const rules = [
      rule('', ['nodes', 'namespaces', 'pods'], 'get', 'list', 'watch'),
      rule('storage.k8s.io', ['storageclasses'], 'get', 'list'),
      rule('apiextensions.k8s.io', ['customresourcedefinitions'], 'get', 'list'),
      rule('apps', ['deployments'], 'get', 'list'),
      rule('nvidia.com', ['dynamographdeployments'], '*'),
      rule('', ['pods', 'services', 'events', 'configmaps', 'secrets', 'persistentvolumeclaims'], '*'),
      rule('', ['pods/log'], 'get'),
      rule('coordination.k8s.io', ['leases'], '*'),
    ];
    const facts = cluster({ access: read({ rules, incomplete: false }) });
    const told = tell({}, { ...facts, target: { ...facts.target, user: 'ml-engineer' } });
    expectError(told, {
      mention: [/ml-engineer may not/, /jobs/i, /port-?forward/i, /dynamo-system/i],
      next: [/role|admin/i],
      never: [/not installed|unreachable/i],
      blame: 'forbidden',
    });
    expect(textOf(told)).toContain('jobs.batch');
    expect(textOf(told)).toContain('--print-rbac');
  });

  it('another context, where neither Dynamo nor a GPU is', () => {
    const laptop = cluster({
      served: read([]),
      crd: read(null),
      operators: read([]),
      graphs: { kind: 'missing', message: 'not served' },
      nodes: read(nodes('m6i.2xlarge', 1)),
      storageClasses: read([{ ...gp3, name: 'standard', provisioner: 'rancher.io/local-path' }]),
      target: {
        ...cluster().target,
        context: 'kind-dev',
        otherContexts: ['arn:aws:eks:us-west-2:111122223333:cluster/genai'],
      },
    });
    const told = tell({}, laptop);
    expectError(told, {
      mention: [/kind-dev/, /Dynamo CRD dynamographdeployments\.nvidia\.com/, /context/i, /without GPUs/],
      next: [/--context arn:aws:eks:us-west-2:111122223333:cluster\/genai/],
      blame: 'unavailable',
    });
    expect(told.results.filter(({ outcome }) => outcome === 'fail')).toHaveLength(1);
  });

  it('a saved v1alpha1 manifest where only v1beta1 is served', () => {
    const saved: KubernetesObject = {
      apiVersion: 'nvidia.com/v1alpha1',
      kind: 'DynamoGraphDeployment',
      metadata: { name: 'qwen3-30b', namespace: 'dynamo-system' },
      spec: {
        services: {
          worker: {
            componentType: 'worker',
            replicas: 1,
            resources: { limits: { gpu: '1' } },
            extraPodSpec: {
              mainContainer: {
                image: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.9.1',
                command: ['python3', '-m', 'dynamo.vllm'],
                args: ['--model', defaultModel],
              },
            },
          },
        },
      },
    };
    const facts = cluster({ served: read([graphKind('v1beta1')]), operators: read([operator('1.9.0')]) });
    expectError(tellObjects([saved], facts, 'qwen3-30b'), {
      mention: [/v1alpha1/, /v1beta1/, /qwen3-30b/],
      next: [/render/i],
      never: [/CRD (is )?(missing|not installed)/i],
      blame: 'unavailable',
    });
  });

  it('an operator that watches another namespace', () => {
    const restricted = operator('0.9.1', { args: ['--leader-elect', '--restrictedNamespace=dynamo-system'] });
    const facts = cluster({ namespace: 'team-a', operators: read([restricted]) });
    expectError(tell({ namespace: 'team-a' }, facts), {
      mention: [/operator/, /team-a/, /dynamo-system/, /restrict/],
      next: [/namespace/],
      never: [/insufficient/i, /still (loading|downloading)/i],
      blame: 'unavailable',
    });
  });

  it('a quota that leaves two GPUs where four are needed', () => {
    const facts = cluster({
      nodes: read([...systemNodes, ...nodes('g6e.12xlarge', 2)]),
      use: read([use('g6e.12xlarge-0', 'dynamo-system', 2)]),
      quotas: read([
        {
          name: 'gpu-budget',
          hard: { 'requests.nvidia.com/gpu': '4', pods: '50' },
          used: { 'requests.nvidia.com/gpu': '2', pods: '2' },
          scoped: false,
        },
      ]),
    });
    const answers = {
      tensorParallelSize: 2,
      replicas: 2,
      vllmArgs: '--gpu-memory-utilization 0.90 --max-model-len 65536',
    };
    expectError(tell(answers, facts), {
      mention: [/gpu-budget/, /\b4\b/, /\b2\b/, /quota/i],
      next: [/replica/],
      blame: 'unavailable',
    });
  });

  it('a cluster without GPU nodes whose only pool makes none', () => {
    const facts = cluster({
      nodes: read([...systemNodes, ...nodes('c7i.4xlarge', 3)]),
      nodePools: read([
        {
          name: 'general-purpose',
          labels: {},
          taints: [],
          requirements: [
            { key: 'karpenter.k8s.aws/instance-category', operator: 'In', values: ['c', 'm', 'r'] },
            { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
          ],
          limits: { cpu: '200' },
          ready: true,
        },
      ]),
    });
    expectError(tell({}, facts), {
      mention: [/(no|0|zero|none)\b.{0,60}gpu/i, /node/, /general-purpose/, /5 nodes/],
      next: [/add a node group/i],
      blame: 'unavailable',
    });
  });

  it('six GPUs where others hold four of eight', () => {
    const facts = cluster({
      nodes: read([...systemNodes, ...nodes('g6e.12xlarge', 2)]),
      use: read([use('g6e.12xlarge-0', 'vision', 3), use('g6e.12xlarge-1', 'vision', 1)]),
    });
    const answers = {
      mode: 'disaggregated',
      prefillReplicas: 2,
      prefillTensorParallelSize: 1,
      decodeReplicas: 2,
      decodeTensorParallelSize: 2,
      vllmArgs: '--gpu-memory-utilization 0.90 --max-model-len 32768',
    };
    const told = tell(answers, facts);
    expectError(told, {
      mention: [/\b6 GPUs/, /\b4 of 8 are free/, /namespace vision uses 4/],
      next: [/--decode-replicas/],
      blame: 'unavailable',
    });
    expect(textOf(told)).toContain('(1 and 3 per node)');
  });

  it('GPU nodes that a team keeps for itself', () => {
    const gpuNodes = nodes('p5.4xlarge', 2, {
      labels: { 'eks.amazonaws.com/nodegroup': 'research-h100' },
      taints: [
        { key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' },
        { key: 'team', value: 'research', effect: 'NoSchedule' },
      ],
    });
    expectError(tell({}, cluster({ nodes: read([...systemNodes, ...gpuNodes]) })), {
      mention: [/team=research/, /taint/, /research-h100/, /p5\.4xlarge/],
      next: [/--toleration team=research:NoSchedule/],
      never: [/all gpus (are )?in use/i, /no gpu nodes?/i],
      blame: 'unavailable',
    });
  });

  it('GPU instances whose GPUs nothing offers', () => {
    const bare = nodes('g6e.12xlarge', 2, {
      labelled: false,
      devicePlugin: false,
      labels: { 'feature.node.kubernetes.io/pci-10de.present': 'true' },
    });
    const answers = {
      tensorParallelSize: 2,
      vllmArgs: '--gpu-memory-utilization 0.90 --max-model-len 65536',
    };
    expectError(tell(answers, cluster({ nodes: read([...systemNodes, ...bare]) })), {
      mention: [/device plugin/, /allocatable/, /2 g6e\.12xlarge nodes/],
      next: [/GPU Operator/],
      never: [/add (a )?gpu node/i, /gpus (are )?in use/i],
      blame: 'unavailable',
    });
  });

  it('a claim that waits for a class which is not there', () => {
    const facts = cluster({
      storageClasses: read([
        { ...gp3, name: 'gp2', provisioner: 'kubernetes.io/aws-ebs', isDefault: false, expandable: false },
      ]),
      claims: read([
        claim('dynamo-model-cache', { phase: 'Pending', storageClass: null, capacity: null, volume: null }),
      ]),
    });
    expectError(tell({}, facts), {
      mention: [/dynamo-model-cache/, /(default|no).{0,30}storage ?class/i, /pending|bound/i],
      next: [/storage class/i],
      blame: 'unavailable',
    });
  });

  it('a disk for one node and workers that need two', () => {
    const facts = cluster({
      claims: read([
        claim('dynamo-model-cache', {
          accessModes: ['ReadWriteOnce'],
          storageClass: 'gp3',
          volume: 'pvc-6f0d',
        }),
      ]),
      volumes: read([{ name: 'pvc-6f0d', zones: ['us-west-2a'], driver: 'ebs.csi.aws.com' }]),
    });
    const told = tell({ replicas: 2 }, facts);
    const fromChecks = {
      ...told,
      findings: told.findings.filter(({ message }) => message.includes('mounted on')),
    };
    expectError(fromChecks, {
      mention: [/dynamo-model-cache/, /ReadWriteOnce/, /(two|2|several|more than one|different).{0,30}node/i],
      next: [/ReadWriteMany/],
      blame: 'unavailable',
    });
    expect(blameOf(tell({ replicas: 1 }, facts).results)).toBeNull();
  });

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

describe('what must not alarm', () => {
  const quiet = (told: Told): void => {
    expect(textOf(told)).toBe('');
    expect(textOf(told, 'warning')).toBe('');
    expect(told.results.length).toBeGreaterThan(10);
  };

  it('tolerated taints and a cordoned node with a GPU that is too small', () => {
    const facts = cluster({
      nodes: read([
        ...systemNodes,
        ...nodes('p5.4xlarge', 2, {
          taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
        }),
        ...nodes('g4dn.xlarge', 1, {
          unschedulable: true,
          taints: [{ key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }],
        }),
        ...nodes('c7i.4xlarge', 1, {
          taints: [
            { key: 'dedicated', value: 'monitoring', effect: 'NoSchedule' },
            { key: 'CriticalAddonsOnly', value: '', effect: 'PreferNoSchedule' },
          ],
        }),
      ]),
    });
    const told = tell({}, facts);
    quiet(told);
    const all = told.results.map(({ message }) => message).join('\n');
    expect(all).not.toMatch(/taint.{0,60}(not tolerated|untolerated|block)/i);
    expect(all).not.toMatch(/cannot run on.{0,20}T4/i);
  });

  it('a large model on large GPUs', () => {
    const model = 'Qwen/Qwen3-235B-A22B-FP8';
    const facts = cluster({ nodes: read([...systemNodes, ...nodes('p5.48xlarge', 1)]) });
    quiet(tell({ model, tensorParallelSize: 4 }, facts, hub(model, { weightsBytes: 220.6 * 2 ** 30 })));
  });

  it('Karpenter, which will bring a GPU node', () => {
    const facts = cluster({
      nodes: read(systemNodes),
      nodePools: read([
        {
          name: 'gpu',
          labels: {},
          taints: [{ key: 'nvidia.com/gpu', value: '', effect: 'NoSchedule' }],
          requirements: [
            { key: 'karpenter.k8s.aws/instance-family', operator: 'In', values: ['p5'] },
            { key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'Gt', values: ['0'] },
          ],
          limits: { 'nvidia.com/gpu': '16' },
          ready: true,
        },
      ]),
    });
    const told = tell({}, facts);
    expect(textOf(told)).toBe('');
    expect(textOf(told, 'warning')).toMatch(/Karpenter.*NodePool gpu/);
    expect(textOf(told, 'warning')).not.toMatch(/add (a )?gpu node|no gpu nodes?.{0,30}(abort|error|fail)/i);
  });

  it('an id in lower case that the Hub knows', () => {
    const facts = cluster({ nodes: read([...systemNodes, ...nodes('p5.4xlarge', 1)]) });
    quiet(
      tell(
        { model: 'qwen/qwen3-8b', name: 'qwen3-8b' },
        facts,
        hub('qwen/qwen3-8b', { id: 'Qwen/Qwen3-8B' }),
      ),
    );
  });

  it('an operator of 1.2 that serves both versions', () => {
    const facts = cluster({
      served: read([graphKind('v1alpha1'), graphKind('v1beta1')]),
      operators: read([
        operator('1.2.1', {
          args: ['--config=/etc/dynamo-operator/config.yaml', '--operator-version=1.2.1'],
        }),
      ]),
    });
    quiet(tell({}, facts));
  });

  it("other people's deployments in the same namespace", () => {
    const theirs: KubernetesObject = {
      apiVersion: 'nvidia.com/v1alpha1',
      kind: 'DynamoGraphDeployment',
      metadata: { name: 'llama-test', namespace: 'dynamo-system', labels: { owner: 'bob' } },
      spec: { services: { Frontend: { componentType: 'frontend', replicas: 1 } } },
      status: { state: 'failed' },
    };
    quiet(tell({}, cluster({ graphs: read([theirs]) })));
  });

  it('the simplest cluster, with a class for disks alone', () => {
    quiet(tell({}, cluster({ storageClasses: read([gp3]) })));
    quiet(tell({}, cluster({ storageClasses: read([gp3, efs]) })));
  });

  it.each(['0.8.1', '1.0.2', '1.1.1', '1.3.1', '1.4.2', '1.5.1', '1.6.1'])('operator %s', release => {
    const versions =
      Number(release.slice(2, 3)) >= 2 && release.startsWith('1') ? ['v1alpha1', 'v1beta1'] : ['v1alpha1'];
    quiet(tell({}, cluster({ served: read(versions.map(graphKind)), operators: read([operator(release)]) })));
  });
});
