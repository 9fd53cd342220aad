import { describe, expect, it } from 'vitest';
import { blameOf } from '../../../../../../src/core/check.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import { expectError, rule, systemNodes, use } from './expected.ts';
import { nodes } from './machines.ts';
import {
  claim,
  cluster,
  defaultModel,
  gp3,
  graphKind,
  operator,
  read,
  tell,
  tellObjects,
  textOf,
} from './world.ts';

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
});
