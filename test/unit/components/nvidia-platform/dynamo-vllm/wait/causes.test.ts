import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { waitingCatalogue } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/wait/catalogue.ts';
import {
  container,
  crashed,
  deployed,
  died,
  ended,
  event,
  liveGraph,
  look,
  moment,
  podOf,
  running,
  seen,
  textOf,
} from './scenery.ts';

const awaited = deployed({ name: 'qwen3-30b', tensorParallelSize: 8, expertParallel: true });
const last = 'RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}';
const prefix = '(EngineCore_DP0 pid=277) ERROR 11-21 08:31:14 [core.py:788] ';

/** Texts of vLLM, PyTorch, NCCL, the container runtime and Dynamo, each with what must be told of it. */
const texts: readonly (readonly [rule: string, line: string, said: RegExp])[] = [
  [
    'start-kv-memory',
    "ValueError: To serve at least one request with the models's max seq len (262144), (24.00 GiB KV cache is needed, which is larger than the available KV cache memory (9.10 GiB). Based on the available memory, the estimated maximum model length is 99376. Try increasing `gpu_memory_utilization`",
    /262144 tokens needs 24\.00 GiB.*9\.10 GiB[\s\S]*--max-model-len 99328/,
  ],
  [
    'start-kv-memory',
    "ValueError: The model's max seq len (40960) is larger than the maximum number of tokens that can be stored in KV cache (18032).",
    /40960 tokens[\s\S]*--max-model-len 17408/,
  ],
  [
    'start-kv-memory',
    'ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization`',
    /leave no GPU memory/,
  ],
  [
    'start-gpu-memory',
    'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 96.00 MiB. GPU 0 has a total capacity of 44.42 GiB of which 24.50 MiB is free.',
    /96\.00 MiB.*GPU 0 has 44\.42 GiB of which 24\.50 MiB[\s\S]*GPUs with more memory/,
  ],
  [
    'start-gpu-memory',
    'Failed to load model - not enough GPU memory. Try lowering --gpu-memory-utilization',
    /weights do not fit/,
  ],
  [
    'start-gpu-memory',
    'CUDA out of memory occurred when warming up sampler with 1024 dummy requests.',
    /1024 requests[\s\S]*--max-num-seqs 256/,
  ],
  [
    'start-not-divisible',
    'ValueError: Total number of attention heads (28) must be divisible by tensor parallel size (8).',
    /28 attention heads[\s\S]*1, 2 or 4/,
  ],
  [
    'start-not-divisible',
    'ValueError: Weight input_size_per_partition=96 is not divisible by group_size=128.',
    /groups of 128/,
  ],
  [
    'start-gpu-unfit',
    'ValueError: The quantization method fp8 is not supported for the current GPU. Minimum capability: 75. Current capability: 70.',
    /capability 7\.5, and node node-0 has 7\.0/,
  ],
  [
    'start-gpu-unfit',
    'ValueError: Bfloat16 is only supported on GPUs with compute capability of at least 8.0. Your Tesla T4 GPU has compute capability 7.5.',
    /Tesla T4[\s\S]*--dtype half/,
  ],
  [
    'start-architecture',
    "ValueError: Model architectures ['Qwen9ForCausalLM'] are not supported for now.",
    /Qwen9ForCausalLM/,
  ],
  [
    'start-context-length',
    "ValueError: User-specified max_model_len (262144) is greater than the derived max_model_len (max_position_embeddings=40960 or model_max_length=None in model's config.json).",
    /262144 is more than the 40960/,
  ],
  [
    'start-too-few-gpus',
    'ValueError: World size (8) is larger than the number of available GPUs (4) in this node.',
    /is 8, and the pod has 4/,
  ],
  [
    'start-bad-argument',
    "main.py: error: argument --kv-cache-dtype: invalid choice: 'fp9' (choose from auto, fp8)",
    /--kv-cache-dtype: invalid choice/,
  ],
  [
    'start-model-missing',
    'OSError: /opt/models/x does not appear to have a file named config.json.',
    /\/opt\/models\/x/,
  ],
  [
    'start-model-broken',
    'safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer',
    /cut or broken/,
  ],
  ['start-tokenizer', "OSError: Can't load tokenizer for '/opt/models/x'.", /tokenizer of \/opt\/models\/x/],
  [
    'start-driver-too-old',
    'RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 803: system has unsupported display driver / cuda driver combination',
    /driver of node node-0 is too old/,
  ],
  ['start-no-gpu', 'RuntimeError: No CUDA GPUs are available', /sees no GPU on node node-0/],
  ['start-gpu-broken', 'torch.AcceleratorError: CUDA error: uncorrectable ECC error encountered', /ECC/],
  [
    'start-nccl',
    'torch.distributed.DistBackendError: NCCL error: unhandled cuda error',
    /NCCL error: unhandled cuda error/,
  ],
  ['start-nixl', 'nixl._bindings.nixlBackendError: NIXL_ERR_BACKEND', /NIXL/],
  [
    'start-not-permitted',
    "PermissionError: [Errno 13] Permission denied: '/root/.cache/vllm'",
    /\/root\/\.cache\/vllm/,
  ],
  ['start-module-missing', "ModuleNotFoundError: No module named 'kvbm'", /module kvbm/],
  ['start-kvbm', 'Exception: KvConnectorLeader leader barrier timed out after 1800 s', /KVBM/],
  [
    'download-gated',
    'huggingface_hub.errors.GatedRepoError: 401 Client Error. Cannot access gated repo for url https://huggingface.co/x',
    /gated/,
  ],
];

describe('the last words of a worker', () => {
  it.each(texts)('%s: %s', (rule, line, said) => {
    const outlook = died(awaited, 'worker', ['INFO starting', prefix + line, 'INFO ending', last]);
    expect(outlook.hopeless.map(one => one.rule)).toEqual([rule]);
    expect(textOf(outlook.hopeless)).toMatch(said);
    expect(outlook.evidence[0]).toContain(line.slice(0, 60));
  });

  it('advise more GPUs while a node may have them', () => {
    const few = deployed({ name: 'qwen3-30b', tensorParallelSize: 2 });
    const outlook = died(few, 'worker', [
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 96.00 MiB.',
    ]);
    expect(textOf(outlook.hopeless)).toMatch(/run again with: --tensor-parallel-size 4$/m);
  });

  it('name nothing that a log only mentions while the engine runs', () => {
    const pod = podOf(awaited, 'worker', {
      status: { phase: 'Running', containerStatuses: [container({ state: running(5) })] },
    });
    const logs = { [`${pod.metadata.name}/main`]: texts.map(([, line]) => line) };
    const outlook = look(awaited, seen(30, { graph: liveGraph(awaited), pods: [pod], logs }));
    expect([...outlook.hopeless, ...outlook.notices]).toEqual([]);
  });

  it('are not shown with the token that stands in them', () => {
    const secret = `hf_${'a'.repeat(34)}`;
    const outlook = died(awaited, 'worker', [`CUDA out of memory, token ${secret}`]);
    expect(outlook.evidence.join()).toMatch(/token hf_\*\*\*/);
    expect(JSON.stringify(outlook)).not.toContain(secret);
  });
});

describe('what may pass', () => {
  it.each([
    ['start-nats-etcd', 'thread main: failed to connect to NATS: connection refused'],
    ['start-port-in-use', 'OSError: [Errno 98] Address already in use: 0.0.0.0:9090'],
    [
      'start-gpu-busy',
      'ValueError: Free memory on device cuda:0 (17.1/22.05 GiB) on startup is less than desired GPU memory utilization (0.92, 20.28 GiB).',
    ],
  ])('%s ends the wait at the third failed start only', (rule, line) => {
    const first = died(awaited, 'worker', [line]);
    expect(first.hopeless).toEqual([]);
    expect(first.notices.map(one => one.rule)).toEqual([rule]);
    const third = died(awaited, 'worker', [line], 1, { status: crashed(1, 30, 3) });
    expect(third.hopeless.map(one => one.rule)).toEqual([rule]);
  });
});

describe('words that only follow from another fault', () => {
  it('are not taken for the cause where the program broke by itself', () => {
    const noise = 'WARN dynamo_runtime::transports::etcd: failed to revoke the lease of etcd';
    const broken = died(awaited, 'worker', ["KeyError: 'q_proj'", noise, last]);
    expect(textOf(broken.notices)).toMatch(/KeyError: 'q_proj'/);
    const cut = died(awaited, 'worker', [noise, 'ConnectionError: connection refused', last]);
    expect(cut.notices.map(one => one.rule)).toEqual(['start-nats-etcd']);
  });
});

describe('an engine that died and whose program a probe ended', () => {
  it('is told by what it died of', () => {
    const pod = podOf(awaited, 'worker', { status: crashed(137, 30) });
    const killing = event(pod, 30, 'Killing', 'Container main failed liveness probe, will be restarted');
    const rulesOf = (lines: readonly string[]): string[] => {
      const logs = { [`${pod.metadata.name}/main/previous`]: lines };
      const sight = seen(40, { graph: liveGraph(awaited), pods: [pod], events: [killing], logs });
      const { hopeless, notices } = look(awaited, sight);
      return [...hopeless, ...notices].map(({ rule }) => rule);
    };
    expect(rulesOf(['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 96.00 MiB.'])).toEqual([
      'start-gpu-memory',
    ]);
    expect(rulesOf(['INFO compiling', 'WARN etcd: failed to revoke the lease'])).toEqual([
      'start-probe-kill',
    ]);
  });
});

describe('an unknown cause', () => {
  const lines = ['Traceback (most recent call last):', '  File "x.py", line 1', "KeyError: 'q_proj'", last];

  it('is told after the first failed start', () => {
    const outlook = died(awaited, 'worker', lines);
    expect(outlook.hopeless).toEqual([]);
    expect(textOf(outlook.notices)).toMatch(/KeyError: 'q_proj'/);
  });

  it('ends the wait at the second, with the last exception', () => {
    const outlook = died(awaited, 'worker', lines, 1, { status: crashed(1, 30, 2) });
    expect(outlook.hopeless.map(one => one.rule)).toEqual(['start-crash']);
    expect(textOf(outlook.hopeless)).toMatch(
      /twice with "KeyError: 'q_proj'" \(exit code 1\)[\s\S]*--previous/,
    );
    expect(outlook.evidence).toContain("KeyError: 'q_proj'");
  });

  it('waits for the log', () => {
    const pod = podOf(awaited, 'worker', { status: crashed(1, 30, 2) });
    const outlook = look(awaited, seen(31, { graph: liveGraph(awaited), pods: [pod] }));
    expect(outlook.hopeless).toEqual([]);
    expect(outlook.lookAgainAt).toBe(moment(36));
    expect(outlook.logs).toContainEqual({ pod: pod.metadata.name, container: 'main', previous: true });
  });

  it('is forgotten when the container is ready', () => {
    const well = {
      phase: 'Running',
      containerStatuses: [container({ ready: true, restarts: 2, state: running(40), last: ended(1, 39) })],
    };
    const outlook = died(awaited, 'worker', lines, 1, { status: well });
    expect([...outlook.hopeless, ...outlook.notices, ...outlook.logs]).toEqual([]);
  });

  it('of the old template does not count once a new one is there', () => {
    const old = podOf(awaited, 'worker', { name: 'old', created: -300, status: crashed(1, 20, 9) });
    const fresh = podOf(awaited, 'worker', {
      name: 'new',
      created: 3,
      labels: { 'pod-template-hash': 'abcdef' },
    });
    const outlook = look(awaited, seen(40, { graph: liveGraph(awaited), pods: [old, fresh] }));
    expect([...outlook.hopeless, ...outlook.notices]).toEqual([]);
  });
});

describe('a pod of settings that were taken back a moment ago', () => {
  const image = 'registry.example/vllm-runtime:missing';
  const message = `Failed to pull image "${image}": not found`;
  const failing = podOf(awaited, 'worker', {
    name: 'failing',
    created: -1,
    status: {
      phase: 'Pending',
      containerStatuses: [container({ state: { waiting: { reason: 'ErrImagePull', message } } })],
    },
  });
  const spec = failing['spec'] as { readonly containers: readonly object[] };
  const pod = {
    ...failing,
    spec: { ...spec, containers: spec.containers.map(one => ({ ...one, image })) },
  };
  const rules = (seconds: number, generation: number): string[] =>
    look(
      awaited,
      seen(seconds, {
        graph: liveGraph(awaited, { observedGeneration: generation }, { generation }),
        pods: [pod],
      }),
    ).hopeless.map(({ rule }) => rule);

  it('says nothing about those that came back, until the operator had its time', () => {
    expect(rules(2, 3)).toEqual([]);
    expect(rules(65, 3)).toEqual(['pull-not-found']);
  });

  it('is what there is where nothing was ever changed', () => {
    expect(rules(2, 1)).toEqual(['pull-not-found']);
  });
});

describe('a container that is not even made', () => {
  it('lacks a Secret', () => {
    const message = 'secret "hf-token-secret" not found';
    const status = {
      phase: 'Pending',
      containerStatuses: [
        container({ state: { waiting: { reason: 'CreateContainerConfigError', message } } }),
      ],
    };
    const pod = podOf(awaited, 'worker', { status });
    const outlook = look(awaited, seen(5, { graph: liveGraph(awaited), pods: [pod] }));
    expect(textOf(outlook.hopeless)).toMatch(
      /no Secret hf-token-secret[\s\S]*kubectl -n dynamo-system create secret generic hf-token-secret/,
    );
  });

  it('has a driver that the runtime refuses', () => {
    const message =
      'failed to create containerd task: nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0, please update your driver to a newer version';
    const status = {
      phase: 'Pending',
      containerStatuses: [container({ state: { waiting: { reason: 'RunContainerError', message } } })],
    };
    const outlook = look(
      awaited,
      seen(5, { graph: liveGraph(awaited), pods: [podOf(awaited, 'worker', { status })] }),
    );
    expect(outlook.hopeless.map(one => one.rule)).toEqual(['start-driver-too-old']);
    expect(textOf(outlook.hopeless)).toMatch(/needs CUDA 13\.0/);
  });

  it('has a volume on another node', () => {
    const pod = podOf(awaited, 'worker', {
      spec: { volumes: [{ name: 'm', persistentVolumeClaim: { claimName: 'dynamo-model-cache' } }] },
      status: {
        phase: 'Pending',
        containerStatuses: [container({ state: { waiting: { reason: 'ContainerCreating' } } })],
      },
    });
    const message =
      'Multi-Attach error for volume "pvc-91aa" Volume is already used by pod(s) qwen3-30b-prefill-x';
    const events = [event(pod, 3, 'FailedAttachVolume', message)];
    const at = (seconds: number) =>
      look(awaited, seen(seconds, { graph: liveGraph(awaited), pods: [pod], events }));
    expect(at(4).hopeless).toEqual([]);
    expect(textOf(at(9).hopeless)).toMatch(/claim dynamo-model-cache.*one node only.*qwen3-30b-prefill-x/);
  });
});

describe('the catalogue', () => {
  const folder = new URL(
    '../../../../../../src/components/nvidia-platform/dynamo-vllm/wait/',
    import.meta.url,
  );
  const source = readdirSync(folder)
    .filter(file => !file.startsWith('catalogue'))
    .map(file => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');

  it('explains every code that can be said, and no other', () => {
    const codes = Object.keys(waitingCatalogue);
    expect(codes.filter(code => !source.includes(`'${code}'`))).toEqual([]);
    const said = [
      ...source.matchAll(/'((?:start|pull|schedule|mount|claim|pod|graph|download|model|wait)-[a-z-]+)'/g),
    ];
    const names = new Set(said.map(match => match[1] ?? ''));
    const other = ['wait-for-model', 'pod-template-hash'];
    expect([...names].filter(name => !codes.includes(name) && !other.includes(name))).toEqual([]);
  });
});
