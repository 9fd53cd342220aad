import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/catalogue.ts';
import { preflightCatalogue } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/preflight/catalogue.ts';
import { blameOf } from '../../../../../../src/core/check.ts';
import type { ClusterFacts, NodePoolFact } from '../../../../../../src/core/cluster-facts.ts';
import { nodes } from './machines.ts';
import {
  claim,
  cluster,
  codesOf,
  defaultModel,
  efs,
  forbidden,
  gp3,
  hub,
  operator,
  read,
  type Told,
  tell,
  tellObjects,
  textOf,
} from './world.ts';

const systemNodes = nodes('m6i.2xlarge', 2);
const failing = (change: Partial<ClusterFacts>, answers = {}): string =>
  textOf(tell(answers, cluster(change)));

describe('what could not be read', () => {
  const names = Object.keys(cluster()).filter(name => !['target', 'namespace'].includes(name));

  it.each(names)('never blocks: %s', name => {
    const told = tell({}, cluster({ [name]: forbidden }));
    expect(textOf(told)).toBe('');
    expect(told.results.some(({ outcome }) => outcome === 'pass')).toBe(true);
  });

  it('never blocks: everything', () => {
    const nothing = Object.fromEntries(names.map(name => [name, forbidden]));
    const told = tell({}, cluster(nothing), null);
    expect(textOf(told)).toBe('');
    expect(codesOf(told, 'unknown').length).toBeGreaterThan(8);
  });

  it('still refuses what no empty node could hold', () => {
    const told = tell({ tensorParallelSize: 2 }, cluster({ use: forbidden }));
    expect(textOf(told)).toMatch(/worker needs 2 GPUs on one node; .*no node has more than 1/);
  });
});

it('explains every code that it says', () => {
  const said = [
    tell({}),
    tell({}, cluster({ nodes: read(systemNodes), operators: read([]), claims: forbidden })),
    tell({ replicas: 9 }, cluster({ namespaceState: read('terminating') })),
  ].flatMap(({ results }) => results.map(({ code }) => code));
  expect(said.length).toBeGreaterThan(30);
  for (const code of said) expect({ ...catalogue, ...preflightCatalogue }).toHaveProperty(code);
});

describe('the platform', () => {
  it('needs an operator that runs', () => {
    expect(failing({ operators: read([]) })).toMatch(/No Dynamo operator was found/);
    expect(failing({ operators: read([operator('0.9.1', { available: 0 })]) })).toMatch(
      /none of its 1 pods available, so every change is refused/,
    );
    expect(failing({ operators: read([operator('0.9.1', { available: 0 })]), webhooks: read([]) })).toMatch(
      /nothing would happen to a deployment/,
    );
  });

  it('knows the operator of a namespace among several', () => {
    const elsewhere = operator('0.9.1', { namespace: 'other', args: ['--restrictedNamespace', 'other'] });
    expect(failing({ operators: read([elsewhere]) })).toMatch(/restricted to other/);
    expect(failing({ operators: read([elsewhere, operator('0.9.1')]) })).toBe('');
  });

  it('suspects a restriction that only the webhooks tell', () => {
    const facts = cluster({
      namespace: 'team-a',
      operators: read([operator('1.4.2')]),
      webhooks: read([
        {
          name: 'vdynamographdeployment.kb.io',
          failurePolicy: 'Fail',
          service: 'dynamo-system/webhook-service',
          namespaces: ['dynamo-system'],
        },
      ]),
    });
    expect(codesOf(tell({ namespace: 'team-a' }, facts), 'warn')).toContain('operator-namespace');
  });

  it('needs a namespace, or leave to make one', () => {
    const missing = { namespaceState: read('missing' as const) };
    expect(failing(missing)).toMatch(/does not exist.*\n.*--create-namespace or --yes/);
    expect(failing(missing, { createNamespace: true })).toBe('');
    expect(textOf(tell({}, cluster(missing), null, { unattended: false }))).toBe('');
    expect(textOf(tell({}, cluster(missing), null, { agreed: true }))).toBe('');
    expect(failing({ namespaceState: read('terminating') })).toMatch(/being deleted/);
  });

  it('asks for permissions only for what is applied', () => {
    const rules = [
      { verbs: ['*'], groups: ['nvidia.com', 'coordination.k8s.io'], resources: ['*'], names: [] },
      { verbs: ['*'], groups: [''], resources: ['*'], names: [] },
    ];
    const access = read({ rules, incomplete: false });
    expect(failing({ access })).toMatch(/jobs\.batch/);
    expect(failing({ access }, { modelCache: 'none' })).toBe('');
    const told = tell({}, cluster({ access: read({ rules, incomplete: true }) }));
    expect(textOf(told)).toBe('');
    expect(codesOf(told, 'unknown')).toContain('permissions');
  });
});

describe('the Hub', () => {
  const withHub = (change: Parameters<typeof hub>[1]): Told => tell({}, cluster(), hub(defaultModel, change));

  it.each([
    ['token-invalid', 'forbidden', /does not accept the Hugging Face token/],
    ['revision-missing', 'refused', /has no revision "main"/],
    ['disabled', 'refused', /was disabled/],
    ['missing', 'refused', /was not found on the Hub/],
  ] as const)('%s is %s', (verdict, blame, sentence) => {
    const told = withHub({ verdict });
    expect(textOf(told)).toMatch(sentence);
    expect(blameOf(told.results)).toBe(blame);
  });

  it('being away is no obstacle', () => {
    const told = withHub({ verdict: 'unknown', message: 'huggingface.co did not answer in 10 s.' });
    expect(textOf(told)).toBe('');
    expect(codesOf(told, 'unknown')).toEqual(['hub-model']);
  });

  it('needs a token for a gated model, which may be in the cluster already', () => {
    const gated = hub(defaultModel, { verdict: 'gated', gated: 'auto', withToken: false });
    expect(codesOf(tell({}, cluster(), gated, { token: false }), 'unknown')).toEqual(['hub-access']);
    const told = tell({}, cluster({ secrets: read([]) }), gated, { token: false });
    expect(textOf(told)).toMatch(/there is no token/);
    expect(blameOf(told.results)).toBe('forbidden');
  });

  it('knows code that the libraries have themselves', () => {
    const told = (type: string): Told =>
      withHub({ remoteCode: true, config: JSON.stringify({ model_type: type, auto_map: {} }) });
    expect(codesOf(told('deepseek_v3'), 'fail')).not.toContain('remote-code');
    expect(codesOf(told('deepseek_v3'), 'warn')).not.toContain('remote-code');
    expect(codesOf(told('brand_new'), 'warn')).toContain('remote-code');
    expect(codesOf(told('internlm2'), 'fail')).toContain('remote-code');
  });
});

describe('Secrets and claims', () => {
  it('needs the Secret that the pods name, unless it may be missing', () => {
    expect(failing({ secrets: read([]) }, { imagePullSecret: ['pull-me'] })).toBe('');
    const told = tell({ imagePullSecret: ['pull-me'] }, cluster());
    expect(codesOf(told, 'warn')).toEqual(['token-secret']);
  });

  it('needs a class that exists and can do what is asked', () => {
    expect(failing({ storageClasses: read([gp3]) }, { storageClass: 'gp4' })).toMatch(
      /storage class gp4 .* does not exist/,
    );
    expect(failing({ storageClasses: read([{ ...gp3, isDefault: false }]) })).toMatch(/no default one/);
    expect(failing({}, { storageClass: 'gp3', modelCacheAccessMode: 'ReadWriteMany' })).not.toBe(
      failing({}, { storageClass: 'efs-sc' }),
    );
    expect(failing({ storageClasses: read([efs]) }, { modelCacheSize: '10Gi' })).toBe('');
  });

  it('needs a claim that is there and can be bound', () => {
    expect(failing({}, { modelCache: 'claim:models' })).toMatch(/claim models.* does not exist/);
    const one = (change: Parameters<typeof claim>[1]): string =>
      failing({ claims: read([claim('models', change)]) }, { modelCache: 'claim:models' });
    const pending = { phase: 'Pending', capacity: null, volume: null };
    expect(one({})).toBe('');
    expect(one({ phase: 'Lost' })).toMatch(/lost its volume/);
    expect(one({ ...pending, storageClass: 'gp3', accessModes: ['ReadWriteOnce'] })).toBe('');
    expect(one({ ...pending, storageClass: 'gp3' })).toMatch(/asks for ReadWriteMany/);
    expect(one({ ...pending, storageClass: 'gone' })).toMatch(/storage class gone does not exist/);
    expect(one({ ...pending, storageClass: null })).toBe('');
  });
});

describe('the namespace', () => {
  it('must not cap a pod below its size', () => {
    const range = {
      name: 'caps',
      type: 'Container',
      max: { 'nvidia.com/gpu': '1' },
      min: {},
      defaults: {},
      defaultRequests: {},
    };
    const big = { tensorParallelSize: 2 };
    const change = { limitRanges: read([range]), nodes: read([...systemNodes, ...nodes('g6e.12xlarge', 1)]) };
    expect(failing(change, big)).toMatch(/LimitRange caps allows a container at most 1 GPU.*asks for 2 GPUs/);
    expect(failing(change, { ...big, tensorParallelSize: 1 })).not.toMatch(/LimitRange/);
  });

  it('has a quota that nobody counted yet: its pods are counted then', () => {
    const quota = { name: 'budget', hard: { 'requests.nvidia.com/gpu': '4' }, scoped: false };
    const asked = { gpus: 3, cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0 };
    const use = read(
      ['dynamo-system', 'elsewhere'].map(namespace => ({ node: 'p5.48xlarge-0', namespace, asked })),
    );
    const settings = { tensorParallelSize: 2 };
    const fresh = { quotas: read([{ ...quota, used: {} }]), use };
    expect(failing(fresh, settings)).toMatch(/budget allows 4 GPUs in dynamo-system, 3 GPUs of them used/);
    const known = { quotas: read([{ ...quota, used: { 'requests.nvidia.com/gpu': '0' } }]), use };
    expect(failing(known, settings)).not.toMatch(/budget/);
  });

  it('whose quota counts memory wants it named', () => {
    const quotas = read([{ name: 'mem', hard: { 'limits.memory': '1Ti' }, used: {}, scoped: false }]);
    expect(codesOf(tell({}, cluster({ quotas })), 'warn')).toEqual(['quota']);
    const defaults = {
      name: 'defaults',
      type: 'Container',
      max: {},
      min: {},
      defaults: { memory: '1Gi' },
      defaultRequests: {},
    };
    expect(codesOf(tell({}, cluster({ quotas, limitRanges: read([defaults]) })), 'warn')).toEqual([]);
  });
});

describe('GPUs', () => {
  const pool = (change: Partial<NodePoolFact>): NodePoolFact => ({
    name: 'pool',
    labels: {},
    taints: [],
    requirements: [],
    limits: {},
    ready: true,
    ...change,
  });
  const families = (...values: string[]) => ({
    requirements: [{ key: 'karpenter.k8s.aws/instance-family', operator: 'In', values }],
  });

  it.each<[string, Partial<NodePoolFact>, 'warn' | 'fail']>([
    ['any instance', {}, 'warn'],
    ['a GPU family', families('m6i', 'g6e'), 'warn'],
    ['a family without GPUs', families('m6i', 'c7i', 'g4ad', 'g6f'), 'fail'],
    [
      'a GPU category of EKS Auto Mode',
      { requirements: [{ key: 'eks.amazonaws.com/instance-category', operator: 'In', values: ['g'] }] },
      'warn',
    ],
    ['a GPU family, but a limit of none', { ...families('p5'), limits: { 'nvidia.com/gpu': '0' } }, 'fail'],
    [
      'a GPU family, whose limit its nodes have reached',
      { ...families('p5'), limits: { 'nvidia.com/gpu': '8' }, used: { 'nvidia.com/gpu': '8' } },
      'fail',
    ],
    [
      'a GPU family, below its limit',
      { ...families('p5'), limits: { 'nvidia.com/gpu': '16' }, used: { 'nvidia.com/gpu': '8' } },
      'warn',
    ],
    ['a GPU family, but not ready', { ...families('p5'), ready: false }, 'fail'],
    [
      'a GPU family with a taint of a team',
      { ...families('p5'), taints: [{ key: 'team', value: 'x', effect: 'NoSchedule' }] },
      'fail',
    ],
  ])('a pool of %s makes a missing node a %s', (_, change, outcome) => {
    const facts = cluster({ nodes: read(systemNodes), nodePools: read([pool(change)]) });
    expect(codesOf(tell({}, facts), outcome)).toEqual(['gpu-nodes']);
  });

  it.each(['karpenter.sh/disrupted', 'ToBeDeletedByClusterAutoscaler', 'node.cilium.io/agent-not-ready'])(
    'nodes that come or go, by the taint %s, are not ready: no toleration is advised',
    key => {
      const taints = [{ key, value: '', effect: 'NoSchedule' }];
      const said = failing({ nodes: read([...systemNodes, ...nodes('p5.4xlarge', 2, { taints })]) });
      expect(said).toMatch(/2 not ready/);
      expect(said).not.toContain(key);
    },
  );

  it('that a cluster autoscaler may bring can be let through, where nodes are of groups', () => {
    const labels = { 'eks.amazonaws.com/nodegroup': 'system' };
    const grouped = nodes('m6i.2xlarge', 2, { labels });
    expect(failing({ nodes: read(grouped) })).toMatch(/autoscaler .*: --skip-check gpu-nodes$/m);
    const busy = nodes('p5.4xlarge', 1, { labels });
    const full = failing({ nodes: read([...grouped, ...busy]) }, { replicas: 2 });
    expect(full).toMatch(/autoscaler .*: --skip-check gpu-placement$/m);
    expect(failing({ nodes: read(systemNodes) })).not.toMatch(/autoscaler/);
  });

  it('a pool whose machines are too small does not help a large worker', () => {
    const facts = cluster({ nodes: read(systemNodes), nodePools: read([pool(families('g7e'))]) });
    expect(codesOf(tell({ tensorParallelSize: 8, expertParallel: true }, facts), 'warn')).toEqual([
      'gpu-nodes',
    ]);
    const types = [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['g6e.12xlarge'] }];
    const small = cluster({ nodes: read(systemNodes), nodePools: read([pool({ requirements: types })]) });
    expect(failing({ ...small }, { tensorParallelSize: 8, expertParallel: true })).toMatch(
      /no instance with 8 GPUs/,
    );
  });

  it('of two types, where the model fits on one, are told apart', () => {
    const model = 'Qwen/Qwen3-8B';
    const mixed = read([...systemNodes, ...nodes('g4dn.xlarge', 1), ...nodes('p5.4xlarge', 1)]);
    // Rendered without a look at the nodes: a plan that saw them would have chosen.
    const { objects } = tell({ model }).input;
    const onMixed = (change: Partial<ClusterFacts> = {}): Told =>
      tellObjects(objects, cluster({ nodes: mixed, ...change }), 'qwen3-30b');
    const told = onMixed();
    expect(codesOf(told, 'warn')).toEqual(['gpu-types']);
    expect(textOf(told, 'warning')).toContain('--node-selector nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3');
    const busy = {
      node: 'p5.4xlarge-0',
      namespace: 'vision',
      asked: { gpus: 1, cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0 },
    };
    expect(textOf(onMixed({ use: read([busy]) }))).toMatch(/not enough GPUs are free/);
    const chosen = { model, nodeSelector: ['nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3'] };
    expect(codesOf(tell(chosen, cluster({ nodes: mixed })), 'warn')).toEqual([]);
  });

  it('in slices, shared, or behind an old driver are named', () => {
    const slices = nodes('p5.4xlarge', 1, { devicePlugin: false }).map(node => ({
      ...node,
      devices: { 'nvidia.com/mig-1g.10gb': 7 },
    }));
    expect(failing({ nodes: read([...systemNodes, ...slices]) })).toMatch(
      /slices \(nvidia\.com\/mig-1g\.10gb\)/,
    );
    const labels = { 'nvidia.com/gpu.replicas': '4', 'nvidia.com/gpu.sharing-strategy': 'time-slicing' };
    const shared = cluster({ nodes: read([...systemNodes, ...nodes('p5.4xlarge', 1, { labels })]) });
    expect(codesOf(tell({}, shared), 'warn')).toEqual(['gpu-shared']);
    const old = read([...systemNodes, ...nodes('p5.4xlarge', 1, { driver: '570.133.20' })]);
    expect(codesOf(tell({}, cluster({ nodes: old })), 'warn')).toEqual(['driver']);
    expect(failing({ nodes: old, operators: read([operator('1.3.1')]) })).toMatch(/driver 580 or newer/);
  });

  it('are no use without CPU or memory beside them', () => {
    const told = tell(
      { kvbm: true, kvbmCpuGb: 100, model: 'Qwen/Qwen3-8B' },
      cluster({ nodes: read([...systemNodes, ...nodes('g6.xlarge', 1)]) }),
    );
    expect(textOf(told)).toMatch(
      /asks for 120 GiB of memory, and the nodes with free GPUs have at most 13\.8 GiB/,
    );
  });

  it('in another zone than the volume are out of reach', () => {
    const facts = {
      nodes: read([...systemNodes, ...nodes('p5.4xlarge', 1, { zone: 'us-west-2b' })]),
      claims: read([
        claim('models', { accessModes: ['ReadWriteOnce'], storageClass: 'gp3', volume: 'pv-a' }),
      ]),
      volumes: read([{ name: 'pv-a', zones: ['us-west-2a'], driver: 'ebs.csi.aws.com' }]),
    };
    expect(failing(facts, { modelCache: 'claim:models' })).toMatch(/outside the zone/);
  });
});
