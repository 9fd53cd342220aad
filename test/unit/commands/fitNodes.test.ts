/** `fit` with the GPUs of nodes: a file from kubectl, a snapshot, prices. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { component, newFolder, runCli } from '../../kit/process.ts';

let cwd = '';
beforeEach(() => {
  cwd = newFolder();
});

const runFit = (...words: readonly string[]) => runCli([...component, 'fit', ...words], { cwd });
const json = async (...words: readonly string[]) => {
  const { code, stdout, stderr } = await runFit(...words, '-o', 'json');
  return { code, stderr, data: JSON.parse(stdout) };
};

type Labels = Readonly<Record<string, string>>;
const h100: Labels = { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3', 'nvidia.com/gpu.memory': '81559' };
const l40s: Labels = { 'nvidia.com/gpu.product': 'NVIDIA-L40S', 'nvidia.com/gpu.memory': '46068' };
const ready = [{ type: 'Ready', status: 'True' }];
const node = (name: string, gpus: number, labels: Labels, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec,
  status: { allocatable: { cpu: '8', memory: '64Gi', 'nvidia.com/gpu': String(gpus) }, conditions: ready },
});

const file = (name: string, data: unknown): string => {
  writeFileSync(join(cwd, name), typeof data === 'string' ? data : JSON.stringify(data));
  return name;
};
const nodeFile = (...items: readonly object[]): string =>
  file('nodes.json', { apiVersion: 'v1', kind: 'List', items });
const rules = (data: { findings: readonly { rule: string }[] }): string[] =>
  data.findings.map(one => one.rule);

describe('fit --nodes', () => {
  it('shows the kinds of GPU that are there, and the sum for the best of them', async () => {
    const nodes = nodeFile(node('a', 8, h100), node('b', 4, l40s), node('c', 4, l40s), node('d', 0, {}));
    const { code, data } = await json('--nodes', nodes, '--release', '1.3.1');
    expect([code, data.verdict]).toEqual([0, 'fits']);
    expect(data.found).toEqual([
      { gpu: 'H100-80GB', nodes: 1, gpus: 8, freeGpus: null, mostOnOneNode: 8, sharedBy: 1 },
      { gpu: 'L40S', nodes: 2, gpus: 8, freeGpus: null, mostOnOneNode: 4, sharedBy: 1 },
    ]);
    expect(data.title).toContain('H100-80GB');
    const sizes = (gpu: string) =>
      data.table
        .filter((cell: { gpu: string }) => cell.gpu === gpu)
        .map((cell: { tensorParallelSize: number }) => cell.tensorParallelSize);
    expect(sizes('H100-80GB')).toEqual([1, 2, 4, 8]);
    expect(sizes('L40S')).toEqual([1, 2, 4]);
  });
  it('takes the smaller of two kinds that do, and leaves the larger to others', async () => {
    const nodes = nodeFile(node('a', 8, h100), node('b', 4, l40s));
    const { data } = await json('--nodes', nodes, '--model', 'Qwen/Qwen3-8B');
    expect(data.title).toContain('on L40S');
  });
  it('prints it in 80 columns', async () => {
    const nodes = nodeFile(node('a', 8, h100), node('b', 4, l40s));
    const { stdout } = await runFit('--nodes', nodes);
    expect(stdout).toMatch(/H100-80GB +8 in all, on one node/);
    expect(stdout).toMatch(/first start \d+ to \d+ minutes/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
  it('reads YAML, single nodes and several documents', async () => {
    const yaml = [node('a', 2, l40s), node('b', 1, l40s)].map(one => JSON.stringify(one, null, 1));
    const { data } = await json('--nodes', file('nodes.yaml', `---\n${yaml.join('\n---\n')}\n`));
    expect(data.found).toMatchObject([{ gpu: 'L40S', nodes: 2, gpus: 3 }]);
    const one = await json('--nodes', file('one.json', node('a', 2, l40s)));
    expect(one.data.found).toMatchObject([{ nodes: 1, gpus: 2 }]);
  });
  it('exits 1 when the model fits on none, with what would help', async () => {
    const { code, data } = await json('--nodes', nodeFile(node('a', 2, l40s)), '--model', 'Qwen/Qwen3-32B');
    expect([code, data.verdict]).toEqual([1, 'does-not-fit']);
    expect(data.advice[0].change).toBe('--tensor-parallel-size 2');
  });
  it('leaves out nodes that take no pods, and says when none is left', async () => {
    const cordoned = node('a', 8, h100, { unschedulable: true });
    const { code, data } = await json('--nodes', nodeFile(cordoned));
    expect([code, data.verdict, data.found]).toEqual([0, 'unknown', []]);
    expect(rules(data)).toContain('fit-no-gpu-nodes');
  });
  it('knows a node by its instance type where nothing labels the GPU', async () => {
    const bare = node('a', 4, { 'node.kubernetes.io/instance-type': 'g6e.12xlarge' });
    expect((await json('--nodes', nodeFile(bare))).data.found).toMatchObject([{ gpu: 'L40S', gpus: 4 }]);
  });
  it('counts a GPU that pods share once, and warns', async () => {
    const shared = {
      ...l40s,
      'nvidia.com/gpu.product': 'NVIDIA-L40S-SHARED',
      'nvidia.com/gpu.replicas': '4',
      'nvidia.com/gpu.sharing-strategy': 'time-slicing',
    };
    const { data } = await json('--nodes', nodeFile(node('a', 16, shared)), '--model', 'Qwen/Qwen3-8B');
    expect(data.found).toMatchObject([{ gpu: 'L40S (shared)', gpus: 4, sharedBy: 4 }]);
    expect(data.verdict).toBe('fits');
    expect(rules(data)).toContain('fit-gpu-shared');
  });
  it('prefers GPUs that are not shared', async () => {
    const shared = { ...l40s, 'nvidia.com/gpu.product': 'NVIDIA-L40S-SHARED' };
    const nodes = nodeFile(node('a', 8, shared), node('b', 1, l40s));
    expect(rules((await json('--nodes', nodes, '--model', 'Qwen/Qwen3-8B')).data)).not.toContain(
      'fit-gpu-shared',
    );
  });
  it('gives one worker one slice of a GPU', async () => {
    const slice = {
      'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3-MIG-3g.40gb',
      'nvidia.com/gpu.memory': '40320',
    };
    const nodes = nodeFile(node('a', 2, slice));
    const one = await json('--nodes', nodes, '--model', 'Qwen/Qwen3-8B');
    expect(one.data.table.map((cell: { tensorParallelSize: number }) => cell.tensorParallelSize)).toEqual([
      1,
    ]);
    expect(one.data.perGpu.visibleGiB).toBeLessThan(40);
    const two = await json('--nodes', nodes, '--model', 'Qwen/Qwen3-8B', '--tensor-parallel-size', '2');
    expect(two.code).toBe(65);
    expect(rules(two.data)).toEqual(expect.arrayContaining(['fit-illegal-gpus', 'fit-gpu-slices']));
  });
  it('says that the driver is older than the image wants', async () => {
    const old = { ...h100, 'nvidia.com/cuda.driver-version.major': '550' };
    expect(rules((await json('--nodes', nodeFile(node('a', 8, old)), '--release', '1.5.1')).data)).toContain(
      'fit-old-driver',
    );
    const fresh = { ...h100, 'nvidia.com/cuda.driver-version.full': '580.95.05' };
    const fine = await json('--nodes', nodeFile(node('a', 8, fresh)), '--release', '1.5.1');
    expect(rules(fine.data)).not.toContain('fit-old-driver');
  });
  it('says that the disk tier of the cache is larger than the disk', async () => {
    const small = node('a', 1, h100);
    const disk = {
      ...small,
      status: { ...small.status, allocatable: { ...small.status.allocatable, 'ephemeral-storage': '89Gi' } },
    };
    const answers = file('answers.yaml', 'kvbm: true\nkvbmCpuGb: 100\nkvbmDiskGb: 200\n');
    const { data } = await json('--nodes', nodeFile(disk), '--answers', answers);
    const short = data.findings.filter((one: { rule: string }) => one.rule === 'fit-host-too-small');
    expect(short.map((one: { message: string }) => one.message)).toEqual([
      expect.stringContaining('213 GiB of ephemeral storage'),
      expect.stringContaining('120 GiB of memory'),
    ]);
    expect(rules((await json('--nodes', nodeFile(disk))).data)).not.toContain('fit-host-too-small');
  });
  it.each([
    ['nothing', undefined],
    ['no JSON', '{"kind":'],
    ['no node', { kind: 'List', items: [{ kind: 'Pod', metadata: { name: 'a' } }] }],
    ['a node of another shape', { kind: 'Node', metadata: { name: 'a' }, status: { conditions: 7 } }],
    ['broken YAML', 'a: [1\n'],
  ])('refuses a file that holds %s', async (_, data) => {
    if (data !== undefined) file('nodes.json', data);
    const { code, stderr } = await runFit('--nodes', 'nodes.json');
    expect(code).toBe(65);
    expect(stderr).toContain('holds no nodes');
  });
  it.each([[['--nodes', 'n.json', '--gpu', 'L4']], [['cluster', '--snapshot', 's.json']], [['clusters']]])(
    'refuses %s as a wrong use',
    async words => {
      expect((await runFit(...words)).code).toBe(64);
    },
  );
  it('needs a cluster for the word cluster', async () => {
    expect((await runFit('cluster')).code).toBe(69);
    expect((await runFit('cluster', '--offline')).code).toBe(69);
  });
});

const fact = (name: string, gpus: number, labels: Labels) => ({
  name,
  labels,
  taints: [],
  ready: true,
  unschedulable: false,
  architecture: 'amd64',
  kubelet: '',
  allocatable: { gpus, cpuMilli: 8000, memoryBytes: 2 ** 36, ephemeralBytes: 2 ** 36 },
  devices: {},
});
const held = (name: string, gpus: number) => ({
  node: name,
  namespace: 'else',
  asked: { gpus, cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0 },
});

describe('a file that is no snapshot', () => {
  it.each([
    '[]',
    '{"gpuNodes": "x"}',
    '{"cluster": {"nodes": {"kind": "read", "value": [{"name": "a"}]}}}',
    '{',
  ])('is refused: %s', async text => {
    const { code, stderr } = await runFit('--snapshot', file('s.json', text));
    expect([code, stderr]).toEqual([
      65,
      expect.stringMatching(/^error: The snapshot .* is (no snapshot|not JSON)/),
    ]);
  });
});

describe('fit --snapshot', () => {
  const snapshot = (nodes: unknown, use: unknown, more: object = {}): string =>
    file('snapshot.json', { operatorRelease: '1.3.1', ...more, cluster: { nodes, use } });
  const read = (value: unknown) => ({ kind: 'read', value });
  it('knows what is free, and the release of the cluster', async () => {
    const nodes = read([fact('a', 8, h100), fact('b', 8, h100)]);
    const file = snapshot(nodes, read([held('a', 7), held('b', 6)]));
    const { data } = await json('--snapshot', file);
    expect(data.found).toMatchObject([{ gpus: 16, freeGpus: 3, mostOnOneNode: 8 }]);
    expect(data.table.map((cell: { free: boolean }) => cell.free)).toEqual([true, true, false, false]);
    expect(data.title).toContain('Dynamo 1.3.1');
    const busy = await json('--snapshot', file, '--tensor-parallel-size', '4', '--expert-parallel');
    expect(rules(busy.data)).toContain('fit-gpus-busy');
    expect((await runFit('--snapshot', file)).stdout).toContain('*: not so many are free on one node');
  });
  it('takes what the Hub said then', async () => {
    const hub = {
      model: 'someone/something',
      verdict: 'found',
      message: '',
      suggestions: [],
      weightsBytes: 15 * 2 ** 30,
      config: JSON.stringify({
        num_hidden_layers: 32,
        hidden_size: 4096,
        num_attention_heads: 32,
        num_key_value_heads: 8,
        intermediate_size: 14_336,
        vocab_size: 128_256,
        max_position_embeddings: 131_072,
      }),
    };
    const file = snapshot(read([fact('a', 8, h100)]), read([]), { hub });
    const { data } = await json('--snapshot', file, '--model', 'someone/something');
    expect([data.verdict, data.modelFrom, data.perGpu.kvBytesPerToken]).toEqual(['fits', 'hub', 131_072]);
  });
  it('says why there are no nodes in it', async () => {
    const forbidden = snapshot({ kind: 'forbidden', message: 'You may not list nodes.' }, read([]));
    const refused = await runFit('--snapshot', forbidden);
    expect([refused.code, refused.stderr]).toEqual([77, expect.stringContaining('You may not list nodes.')]);
    expect((await runFit('--snapshot', file('old.json', { operatorRelease: null }))).code).toBe(65);
  });
});

describe('fit --prices', () => {
  it('says what a choice costs, by GPU or by machine, and what is cheapest', async () => {
    const prices = file('prices.json', { 'p5.48xlarge': 55.04, L40S: 1.86, 'NVIDIA-H100-80GB-HBM3': 4.1 });
    const words = ['--prices', prices, '--release', '1.3.1'];
    const gpu = await json(...words, '--gpu', 'L40S', '--tensor-parallel-size', '2');
    expect(gpu.data.costPerHour).toBeCloseTo(3.72);
    const machine = await json(...words, '--gpu', 'H100-80GB', '--expert-parallel');
    expect(machine.data.costPerHour).toBeCloseTo(4.1);
    expect((await json(...words, '--gpu', 'H200')).data.costPerHour).toBeNull();
    expect((await runFit(...words)).stdout).toContain('Cheapest that fits: L40S, TP 2: 3.72 an hour');
    expect((await runFit(...words, '--gpu', 'p5.48xlarge')).stdout).toContain('cost: 4.10 an hour');
  });
  it('pays for a whole machine where only machines have prices', async () => {
    const prices = file('prices.json', { 'p5.48xlarge': 55.04, 'p5.4xlarge': 6.88 });
    const cost = async (...more: readonly string[]) =>
      (await json('--prices', prices, '--gpu', 'H100-80GB', ...more)).data.costPerHour;
    expect(await cost()).toBe(6.88);
    expect(await cost('--tensor-parallel-size', '2')).toBe(55.04);
  });
  it('says what it cannot price', async () => {
    const { data } = await json('--prices', file('prices.json', { TPU: 1 }), '--gpu', 'L4');
    expect(rules(data)).toContain('fit-unknown-price');
  });
  it.each(['[]', '{"L4": "cheap"}', '{"L4": -1}', 'L4'])('refuses %s', async text => {
    expect((await runFit('--prices', file('prices.json', text))).code).toBe(65);
  });
  it('refuses a table that is not there', async () => {
    expect((await runFit('--prices', 'none.json')).code).toBe(65);
  });
});
