import { describe, expect, it } from 'vitest';
import { crdOutline } from '../../../src/cluster/survey/crd.ts';
import { readServed, servedKinds } from '../../../src/cluster/survey/discovery.ts';
import { limitRanges, quotaFact } from '../../../src/cluster/survey/limits.ts';
import { objectFact } from '../../../src/cluster/survey/metadata.ts';
import { nodePoolFact } from '../../../src/cluster/survey/nodePools.ts';
import { nodeFact } from '../../../src/cluster/survey/nodes.ts';
import { operatorFact, webhooksFor } from '../../../src/cluster/survey/operators.ts';
import { readerOf } from '../../../src/cluster/survey/reader.ts';
import { accessFact } from '../../../src/cluster/survey/server.ts';
import { playedApi, version } from './surveyApi.ts';

describe('nodes', () => {
  const labels = { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3', 'kubernetes.io/arch': 'amd64' };

  it('keep what placement needs', () => {
    const written = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'p5-1', labels, managedFields: [{ manager: 'kubelet' }] },
      spec: {
        providerID: 'aws:///us-west-2b/i-1',
        unschedulable: true,
        taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }],
      },
      status: {
        allocatable: {
          cpu: '191450m',
          memory: '1938410Mi',
          'ephemeral-storage': '95551679124',
          pods: '100',
          'nvidia.com/gpu': '8',
          'nvidia.com/mig-1g.10gb': '7',
          'vpc.amazonaws.com/efa': '32',
        },
        conditions: [
          { type: 'MemoryPressure', status: 'False' },
          { type: 'Ready', status: 'True' },
        ],
        images: [{ names: ['a'], sizeBytes: 1 }],
        nodeInfo: { architecture: 'amd64', kubeletVersion: 'v1.33.5-eks-113cf36' },
      },
    };
    expect(nodeFact(written)).toEqual({
      name: 'p5-1',
      labels,
      taints: [{ key: 'nvidia.com/gpu', value: '', effect: 'NoSchedule' }],
      ready: true,
      unschedulable: true,
      architecture: 'amd64',
      kubelet: 'v1.33.5-eks-113cf36',
      allocatable: {
        gpus: 8,
        cpuMilli: 191_450,
        memoryBytes: 1_938_410 * 2 ** 20,
        ephemeralBytes: 95_551_679_124,
      },
      devices: { 'nvidia.com/gpu': 8, 'nvidia.com/mig-1g.10gb': 7 },
    });
  });

  it('are not ready when nobody says so', () => {
    const conditions = [{ type: 'Ready', status: 'Unknown' }];
    expect(nodeFact({ metadata: { name: 'n' }, status: { conditions } }).ready).toBe(false);
    expect(nodeFact({ metadata: { name: 'n' } })).toMatchObject({ ready: false, allocatable: { gpus: 0 } });
  });
});

describe('discovery', () => {
  const list = {
    kind: 'APIGroupDiscoveryList' as const,
    items: [
      { metadata: { name: 'apps' }, versions: [version('v1', { deployments: 'Deployment' })] },
      {
        metadata: { name: 'karpenter.sh' },
        versions: [version('v1', { nodepools: 'NodePool' }), { version: 'v1beta1', freshness: 'Stale' }],
      },
    ],
  };

  it('keeps the wanted groups only', () => {
    expect(servedKinds(list, new Set(['karpenter.sh']))).toEqual([
      { group: 'karpenter.sh', version: 'v1', kind: 'NodePool', plural: 'nodepools', namespaced: false },
    ]);
  });

  it('asks for the wanted versions one by one where groups are all that is told', async () => {
    const resource = { name: 'podmonitors', kind: 'PodMonitor', namespaced: true };
    const api = playedApi({
      '/apis': {
        kind: 'APIGroupList',
        groups: [
          { name: 'apps', versions: [{ version: 'v1' }] },
          { name: 'monitoring.coreos.com', versions: [{ version: 'v1' }] },
        ],
      },
      '/apis/monitoring.coreos.com/v1': {
        resources: [resource, { ...resource, name: 'podmonitors/status' }],
      },
    });
    const reader = readerOf(api.client, new AbortController().signal);
    expect(await readServed(reader, new Set(['monitoring.coreos.com']))).toEqual([
      {
        group: 'monitoring.coreos.com',
        version: 'v1',
        kind: 'PodMonitor',
        plural: 'podmonitors',
        namespaced: true,
      },
    ]);
    expect(api.asked.map(({ path }) => path)).toEqual(['/apis', '/apis/monitoring.coreos.com/v1']);
  });
});

describe('the outline of a CRD', () => {
  const text = { type: 'string', description: 'Very long.' };
  const schema = {
    properties: {
      apiVersion: text,
      spec: {
        type: 'object',
        properties: {
          restart: { properties: { id: text } },
          services: { additionalProperties: { properties: { checkpoint: { properties: { job: text } } } } },
          components: { items: { properties: { name: text } } },
          labels: { additionalProperties: true },
        },
      },
    },
  };

  it('has the names of members down to those of a service, and nothing else', () => {
    const found = crdOutline({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'g', annotations: { a: '1' }, managedFields: [] },
      spec: {
        versions: [{ name: 'v1alpha1', served: true, storage: false, schema: { openAPIV3Schema: schema } }],
      },
    });
    expect(found.metadata).toEqual({ name: 'g', annotations: { a: '1' } });
    const services = { additionalProperties: { properties: { checkpoint: {} } } };
    const components = { items: { properties: { name: {} } } };
    const spec = {
      properties: { restart: { properties: { id: {} } }, services, components, labels: {} },
    };
    expect(found['spec']).toEqual({
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: false,
          schema: { openAPIV3Schema: { properties: { apiVersion: {}, spec } } },
        },
      ],
    });
  });
});

describe('the platform', () => {
  it('is told by the container named manager', () => {
    const labels = { 'app.kubernetes.io/version': '1.4.2' };
    const containers = [
      { name: 'kube-rbac-proxy', image: 'proxy:1' },
      { name: 'manager', image: 'nvcr.io/nvidia/ai-dynamo/kubernetes-operator:1.4.2', args: ['--a'] },
    ];
    const spec = { template: { spec: { containers } } };
    expect(operatorFact({ metadata: { name: 'o', namespace: 'dynamo-system', labels }, spec })).toEqual({
      namespace: 'dynamo-system',
      name: 'o',
      labels,
      replicas: 1,
      available: 0,
      image: 'nvcr.io/nvidia/ai-dynamo/kubernetes-operator:1.4.2',
      args: ['--a'],
    });
  });

  it('has the webhooks whose rules name its group', () => {
    const fold = webhooksFor('nvidia.com')();
    const service = { namespace: 'dynamo-system', name: 'webhook', path: '/validate' };
    const webhook = (name: string, group: string, clientConfig: object) => ({
      name,
      rules: [{ apiGroups: [group] }],
      clientConfig,
      ...(name === 'soft' && { failurePolicy: 'Ignore' }),
    });
    fold.add({
      webhooks: [
        webhook('graph', 'nvidia.com', { service }),
        webhook('soft', 'nvidia.com', { url: 'https://x' }),
      ],
    });
    fold.add({ webhooks: [webhook('policy', '*', { service })] });
    fold.add({});
    expect(fold.end()).toEqual([
      { name: 'graph', failurePolicy: 'Fail', service: 'dynamo-system/webhook' },
      { name: 'soft', failurePolicy: 'Ignore', service: null },
    ]);
  });
});

describe('namespaces that a webhook is held to', () => {
  const nameLabel = 'kubernetes.io/metadata.name';
  const factFor = (namespaceSelector: object) => {
    const fold = webhooksFor('nvidia.com')();
    fold.add({
      webhooks: [{ name: 'graph', rules: [{ apiGroups: ['nvidia.com'] }], namespaceSelector }],
    });
    return fold.end()[0]?.namespaces;
  };
  const only = (operator: string, values?: string[]) => ({
    matchExpressions: [
      { key: 'team', operator: 'Exists' },
      { key: nameLabel, operator, ...(values && { values }) },
    ],
  });

  it('are told where its selector names them', () => {
    expect(factFor({ matchLabels: { [nameLabel]: 'dynamo-system' } })).toEqual(['dynamo-system']);
    expect(factFor(only('In', ['team-a', 'team-b']))).toEqual(['team-a', 'team-b']);
  });

  it('are not guessed where it does not', () => {
    expect(factFor({})).toBeUndefined();
    expect(factFor({ matchLabels: { team: 'a' } })).toBeUndefined();
    expect(factFor(only('NotIn', ['kube-system']))).toBeUndefined();
    expect(factFor(only('Exists'))).toBeUndefined();
  });
});

describe('bounds and rights of a namespace', () => {
  it('quotas tell what holds now, and whether for every pod', () => {
    const metadata = { name: 'gpu' };
    const hard = { 'requests.nvidia.com/gpu': '4' };
    expect(quotaFact({ metadata, spec: { hard } })).toEqual({ name: 'gpu', hard, used: {}, scoped: false });
    const used = { 'requests.nvidia.com/gpu': '3' };
    const status = { hard: { 'requests.nvidia.com/gpu': '2' }, used };
    expect(quotaFact({ metadata, spec: { hard, scopes: ['BestEffort'] }, status })).toEqual({
      name: 'gpu',
      hard: status.hard,
      used,
      scoped: true,
    });
    expect(quotaFact({ metadata, spec: { scopeSelector: { matchExpressions: [] } } }).scoped).toBe(true);
  });

  it('limit ranges are told limit by limit', () => {
    const fold = limitRanges();
    const limits = [
      { type: 'Container', max: { memory: '64Gi' }, default: { cpu: '1' }, defaultRequest: { cpu: '100m' } },
      { type: 'PersistentVolumeClaim', min: { storage: '1Gi' } },
    ];
    fold.add({ metadata: { name: 'range' }, spec: { limits } });
    expect(fold.end()).toEqual([
      {
        name: 'range',
        type: 'Container',
        max: { memory: '64Gi' },
        min: {},
        defaults: { cpu: '1' },
        defaultRequests: { cpu: '100m' },
      },
      {
        name: 'range',
        type: 'PersistentVolumeClaim',
        max: {},
        min: { storage: '1Gi' },
        defaults: {},
        defaultRequests: {},
      },
    ]);
  });

  it('rights come from the rules for resources', () => {
    const resourceRules = [
      { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['hf-token'] },
      { verbs: ['*'], apiGroups: ['nvidia.com'], resources: ['*'] },
    ];
    const nonResourceRules = [{ verbs: ['get'], nonResourceURLs: ['/version'] }];
    const status = { resourceRules, nonResourceRules, incomplete: true };
    expect(accessFact({ status })).toEqual({
      rules: [
        { verbs: ['get'], groups: [''], resources: ['secrets'], names: ['hf-token'] },
        { verbs: ['*'], groups: ['nvidia.com'], resources: ['*'], names: [] },
      ],
      incomplete: true,
    });
    expect(accessFact({})).toEqual({ rules: [], incomplete: false });
  });
});

describe('objects', () => {
  it('tell who else wrote them, the status left aside, without the copy kubectl keeps', () => {
    const metadata = {
      name: 'job',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', a: '1' },
      deletionTimestamp: '2026-01-01T00:00:00Z',
      managedFields: [
        { manager: 'dynamo-installer', operation: 'Apply' },
        { manager: 'kubectl-edit' },
        { manager: 'kubectl-edit', subresource: 'scale' },
        { manager: 'kube-controller-manager', subresource: 'status' },
      ],
    };
    expect(objectFact({ metadata })).toEqual({
      name: 'job',
      labels: {},
      annotations: { a: '1' },
      managers: ['kubectl-edit'],
      deleting: true,
    });
  });
});

describe('NodePools', () => {
  it('tell what a node of theirs would be', () => {
    const requirement = {
      key: 'karpenter.k8s.aws/instance-family',
      operator: 'In',
      values: ['p5'],
      minValues: 1,
    };
    const pool = {
      metadata: { name: 'gpu' },
      spec: {
        limits: { cpu: 1000, 'nvidia.com/gpu': '16' },
        template: {
          metadata: { labels: { team: 'ml' } },
          spec: {
            taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
            requirements: [requirement, { key: 'nvidia.com/gpu', operator: 'Exists' }],
          },
        },
      },
      status: { conditions: [{ type: 'Ready', status: 'False' }] },
    };
    expect(nodePoolFact(pool)).toEqual({
      name: 'gpu',
      labels: { team: 'ml' },
      taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
      requirements: [
        { key: 'karpenter.k8s.aws/instance-family', operator: 'In', values: ['p5'] },
        { key: 'nvidia.com/gpu', operator: 'Exists', values: [] },
      ],
      limits: { cpu: '1000', 'nvidia.com/gpu': '16' },
      ready: false,
    });
    const status = { resources: { cpu: '191450m', 'nvidia.com/gpu': 8 } };
    expect(nodePoolFact({ ...pool, status }).used).toEqual({ cpu: '191450m', 'nvidia.com/gpu': '8' });
    expect(nodePoolFact({ metadata: { name: 'old' } })).toMatchObject({ ready: true, limits: {} });
  });
});
