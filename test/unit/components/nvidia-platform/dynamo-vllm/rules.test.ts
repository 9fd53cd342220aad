import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../../../src/components/nvidia-platform/dynamo-vllm/plan.ts';
import type { Value } from '../../../../../src/core/schema.ts';
import { codes, draftFrom } from '../../../../kit/draft.ts';

type Answers = Readonly<Record<string, Value>>;
const dis: Answers = { mode: 'disaggregated' };
const transfer = `--kv-transfer-config '{"kv_connector":"LMCacheConnectorV1","kv_role":"kv_both"}'`;

describe('what is refused', () => {
  it.each<[string, string, Answers]>([
    ['name-too-long', 'too long for labels', { name: 'a'.repeat(46), release: '1.5.1' }],
    ['name-too-long', 'too long for the operator of 0.9', { name: 'a'.repeat(42) }],
    ['name-too-long', 'too long for the operator of 1.0', { name: 'a'.repeat(38), release: '1.0.2' }],
    ['name-too-long', 'too long with its namespace', { name: 'a'.repeat(30), namespace: 'n'.repeat(40) }],
    ['parallelism-too-large', 'more than a node', { tensorParallelSize: 8, pipelineParallelSize: 4 }],
    [
      'parallelism-too-large',
      'more than a node with data parallelism',
      { tensorParallelSize: 8, vllmArgs: '--data-parallel-size 4' },
    ],
    ['kvbm-no-tier', 'no tier', { kvbm: true, kvbmCpuGb: 0 }],
    ['kvbm-unsupported', 'KVBM on 1.4', { kvbm: true, release: '1.4.2' }],
    ['kvbm-unsupported', 'KVBM on an unknown newer one', { kvbm: true, release: '1.9.0' }],
    ['release-unsupported', 'an old release', { release: '0.7.0' }],
    ['release-unsupported', 'an old operator', { operatorRelease: '0.7.0', release: '0.8.1' }],
    ['release-skew', 'operator and image far apart', { operatorRelease: '1.4.0', release: '0.9.1' }],
    [
      'image-tag-post',
      'a tag that was never published',
      { image: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.9.0-post1' },
    ],
    ['args-contradiction', 'TP twice', { tensorParallelSize: 1, vllmArgs: '--tensor-parallel-size=2' }],
    ['args-contradiction', 'PP twice', { pipelineParallelSize: 1, vllmArgs: '-pp 2' }],
    ['args-contradiction', 'EP twice', { expertParallel: false, vllmArgs: '--enable-expert-parallel' }],
    ['args-contradiction', 'decode TP twice', { ...dis, decodeTensorParallelSize: 1, vllmArgs: '-tp 2' }],
    ['args-contradiction', 'another model', { vllmArgs: '--model other/thing' }],
    ['args-contradiction', 'a role in aggregated mode', { vllmArgs: '--is-decode-worker' }],
    [
      'args-contradiction',
      'a role in disaggregated mode',
      { ...dis, release: '1.2.1', vllmArgs: '--disaggregation-mode prefill' },
    ],
    ['args-contradiction', 'a second connector', { ...dis, release: '1.2.1', vllmArgs: transfer }],
    ['args-contradiction', 'a connector beside KVBM', { kvbm: true, vllmArgs: '--connector lmcache' }],
    ['args-connector-default', 'a transfer beside the default connector', { vllmArgs: transfer }],
    [
      'router-without-events',
      'a router without prefix caching',
      { kvRouter: true, vllmArgs: '--no-enable-prefix-caching' },
    ],
    [
      'router-without-events',
      'a router with events off',
      { kvRouter: true, vllmArgs: `--kv-events-config '{"enable_kv_cache_events":false}'` },
    ],
    ['env-reserved', "Dynamo's own variable", { env: ['DYN_NAMESPACE=x'] }],
    ['env-reserved', 'a fatal variable', { env: ['DYN_CONNECTOR='] }],
    ['env-secret', 'a token', { env: ['HF_TOKEN=hf_x'] }],
    ['env-secret', 'a token for the download', { downloadEnv: ['HF_TOKEN=hf_x'] }],
    ['setting-not-applicable', 'a twin', { ...dis, replicas: 2 }],
    ['args-unknown-flag', 'an unknown flag', { vllmArgs: '--max-model-length 5' }],
  ])('%s: %s', (code, _, answers) => {
    const draft = draftFrom(answers);
    expect(codes(draft, 'error')).toContain(code);
    for (const found of draft.findings.filter(one => one.rule === code))
      expect(found.hint.length).toBeGreaterThan(10);
  });
});

describe('what is no error', () => {
  it.each<[string, Answers]>([
    ['the same TP twice', { tensorParallelSize: 2, vllmArgs: '-tp 2' }],
    ['TP in the arguments alone', { vllmArgs: '--tensor-parallel-size 4 --enable-expert-parallel' }],
    ['the model by its own name', { vllmArgs: '--model Qwen/Qwen3-30B-A3B-Instruct-2507-FP8' }],
    ['eager twice', { kvbm: true, vllmArgs: '--enforce-eager' }],
    ['a transfer with the connector switched off', { vllmArgs: `--connector none ${transfer}` }],
    ['a transfer from 1.0 on', { release: '1.2.1', vllmArgs: transfer }],
    [
      'the transfer that the plan has anyway',
      {
        ...dis,
        release: '1.2.1',
        vllmArgs: `--kv-transfer-config '{"kv_connector":"NixlConnector","kv_role":"kv_both"}'`,
      },
    ],
    ['the longest name of 1.0', { name: 'a'.repeat(37), release: '1.0.2' }],
    ['the longest name of 0.9', { name: 'a'.repeat(41) }],
    ['the longest name of 1.5', { name: 'a'.repeat(45), release: '1.5.1' }],
    ['a tag with a suffix', { release: '1.4.2', image: 'mirror.local:5000/vllm-runtime:1.4.2-cuda13' }],
    ['a variable that only mentions a token', { env: ['VLLM_TOKENIZER_MODE=auto'] }],
  ])('%s', (_, answers) => {
    expect(draftFrom(answers).findings.filter(found => found.level === 'error')).toEqual([]);
  });
});

describe('an error that is let through', () => {
  it('may be one that belongs to no component', () => {
    const draft = draftFrom({ ...dis, replicas: 2, skipCheck: ['setting-not-applicable'] });
    expect(codes(draft, 'error')).toEqual([]);
    expect(codes(draft, 'warning')).toEqual(['setting-not-applicable']);
  });

  it('becomes a warning', () => {
    const draft = draftFrom({ kvbm: true, release: '1.5.1', skipCheck: ['kvbm-unsupported', 'nonsense'] });
    expect(codes(draft, 'error')).toEqual([]);
    expect(codes(draft, 'warning').sort()).toEqual(['kvbm-unsupported', 'skip-unknown']);
  });
});

const plan = (answers: Answers): Plan => draftFrom(answers).plan as unknown as Plan;

describe('flags taken up into the plan', () => {
  it('count in the sum of GPUs and stand once in the arguments', () => {
    const { roles, gpus } = plan({
      replicas: 3,
      vllmArgs:
        '-tp=2 --pipeline-parallel-size 2 --data-parallel-size 2 --max-model-len 32K --served-model-name alias',
    });
    const args = roles[1]?.args ?? [];
    expect(gpus).toEqual({ perReplica: { worker: 8 }, total: 24 });
    for (const flag of [
      '--tensor-parallel-size',
      '--pipeline-parallel-size',
      '--data-parallel-size',
      '--max-model-len',
      '--served-model-name',
    ]) {
      expect(args.filter(arg => arg === flag)).toHaveLength(1);
    }
    expect(args[args.indexOf('--max-model-len') + 1]).toBe('32768');
    expect(args[args.indexOf('--served-model-name') + 1]).toBe('alias');
  });
  it('go to both roles in disaggregated mode, an answer for one role going first', () => {
    const { roles } = plan({ ...dis, prefillTensorParallelSize: 4, vllmArgs: '-tp 4' });
    expect(roles.map(role => role.gpus)).toEqual([0, 4, 4]);
  });
  it.each<[string, Answers]>([
    [
      'aggregated',
      { vllmArgs: '-tp 4 -pp 2 --enable-expert-parallel --max-model-len 32k --served-model-name a' },
    ],
    [
      'disaggregated',
      {
        ...dis,
        release: '1.5.1',
        kvRouter: true,
        vllmArgs: `-tp 2 --kv-events-config '{"enable_kv_cache_events":true,"publisher":"zmq"}'`,
      },
    ],
  ])('are kept in the saved answers, which give the same bytes again: %s', (_, answers) => {
    const draft = draftFrom(answers);
    const again = draftFrom(draft.settings);
    expect(codes(again, 'error')).toEqual([]);
    expect(again.manifests.map(manifest => manifest.text)).toEqual(
      draft.manifests.map(manifest => manifest.text),
    );
  });
  it('leave everything else as it was typed', () => {
    expect(plan({ vllmArgs: '--gpu-memory-utilization=0.90 --seed -1' }).roles[1]?.args.slice(-4)).toEqual([
      '--gpu-memory-utilization',
      '0.90',
      '--seed',
      '-1',
    ]);
  });
});

describe('what follows from the platform and the release', () => {
  it('puts the disk tier into its own directory', () => {
    const disk = (platform: string): unknown => plan({ kvbm: true, kvbmDiskGb: 10, platform }).roles[1]?.disk;
    expect(disk('k8s')).toEqual({ path: '/tmp', size: '12Gi' });
    expect(disk('eks')).toEqual({ path: '/mnt/nvme/kvbm_cache', size: '12Gi' });
  });
  it('names the overlap weight as the release does, and only when it is changed', () => {
    const names = ['0.9.1', '1.1.1', '1.3.1', '1.6.1'].map(
      release => plan({ release, kvRouter: true, routerOverlapWeight: 2 }).roles[0]?.env.at(-1)?.name,
    );
    expect(names).toEqual([
      'DYN_KV_OVERLAP_SCORE_WEIGHT',
      'DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT',
      'DYN_ROUTER_PREFILL_LOAD_SCALE',
      'DYN_ROUTER_PREFILL_LOAD_SCALE',
    ]);
    expect(plan({ kvRouter: true }).roles[0]?.env.map(variable => variable.name)).toEqual([
      'DYN_ROUTER_MODE',
      'DYN_ROUTER_TEMPERATURE',
    ]);
  });
  it('states a release beside an image that names none', () => {
    expect(plan({ release: '1.5.1', image: 'mirror.local/runtime:latest' }).runtimeVersionOverride).toBe(
      '1.5.1',
    );
    expect(plan({ release: '1.5.1' }).runtimeVersionOverride).toBeNull();
    expect(
      plan({ release: '1.2.1', image: 'mirror.local/runtime:latest' }).runtimeVersionOverride,
    ).toBeNull();
  });
  it('takes the image of a chart-only release', () => {
    expect(plan({ release: '0.9.0-post1' }).image).toBe('nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.9.0');
    expect(codes(draftFrom({ release: '0.9.0-post1' }), 'info')).toContain('release-post');
  });
  it('gives the download Job another name when anything of it changes', () => {
    const jobs = [
      {},
      { modelRevision: 'v1' },
      { release: '0.9.0' },
      { nodeSelector: ['a=b'] },
      { downloadEnv: ['HF_ENDPOINT=http://x'] },
      { replicas: 4 },
    ].map(answers => plan(answers).download?.job);
    expect(new Set(jobs).size).toBe(5);
    expect(jobs[5]).toBe(jobs[0]);
  });
  it("lets a person's variable stand in the plan's place, once", () => {
    const env = plan({ kvRouter: true, env: ['PYTHONHASHSEED=7', 'A=1', 'A=2'] }).roles[1]?.env;
    expect(env?.filter(variable => variable.name === 'PYTHONHASHSEED')).toEqual([
      { name: 'PYTHONHASHSEED', value: '7' },
    ]);
    expect(env?.filter(variable => variable.name === 'A')).toEqual([{ name: 'A', value: '2' }]);
  });
});
