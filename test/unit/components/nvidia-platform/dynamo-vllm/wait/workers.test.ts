import { describe, expect, it } from 'vitest';
import type { Outlook } from '../../../../../../src/core/sight.ts';
import {
  applied,
  container,
  crashed,
  deployed,
  died,
  ended,
  event,
  liveGraph,
  look,
  names,
  podOf,
  running,
  seen,
  unschedulable,
} from './scenery.ts';

const small = { name: 'qwen3-30b' };

describe('a worker that dies', () => {
  const awaited = deployed(small);

  it('because tensor parallelism cuts its blocks', () => {
    const outlook = died(deployed({ ...small, tensorParallelSize: 4, expertParallel: false }), 'worker', [
      "(EngineCore_DP0 pid=301) (Worker_TP2 pid=322) ERROR 11-21 08:20:40 [multiproc_executor.py:824] ValueError: The output_size of gate's and up's weight = 192 is not divisible by weight quantization block_n = 128.",
      "(EngineCore_DP0 pid=301) RuntimeError: Worker failed with error 'The output_size of gate's and up's weight = 192 is not divisible by weight quantization block_n = 128.', please check the stack trace above for the root cause",
      'RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}',
    ]);
    names(outlook, 'start-block-quantised', [
      /192 of 768/,
      /blocks of 128/,
      /tensor-parallel-size 4/,
      /tensor-parallel-size 1 or 2/,
      /--expert-parallel/,
    ]);
  });

  it('because of an argument it does not know', () => {
    const outlook = died(
      awaited,
      'worker',
      [
        'usage: python3 -m dynamo.vllm [-h] [--version] [--endpoint ENDPOINT] ...',
        'main.py: error: unrecognized arguments: --max-model-length 32768',
      ],
      2,
    );
    names(outlook, 'start-unknown-argument', [/--max-model-length 32768/, /Write --max-model-len 32768\./]);
  });

  it('because the model brings code of its own', () => {
    const outlook = died(deployed({ name: 'internlm3', model: 'internlm/internlm3-8b-instruct' }), 'worker', [
      'ValueError: The repository /opt/models/internlm/internlm3-8b-instruct contains custom code which must be executed to correctly load the model.',
      'Please pass the argument `trust_remote_code=True` to allow custom code to be run.',
      "  Value error, The repository /opt/models/internlm/internlm3-8b-instruct contains custom code which must be executed [type=value_error, input_value=ArgsKwargs((), {'model': ...})]",
    ]);
    names(outlook, 'start-remote-code', [
      /internlm\/internlm3-8b-instruct/,
      /custom Python code/,
      /--trust-remote-code/,
    ]);
  });

  it('because shared memory is too small for NCCL', () => {
    const outlook = died(
      deployed({ name: 'qwen3-32b', model: 'Qwen/Qwen3-32B', tensorParallelSize: 4, sharedMemory: '64Mi' }),
      'worker',
      [
        'w:291:418 [1] misc/shmutils.cc:88 NCCL WARN Error: failed to extend /dev/shm/nccl-YrFC5V to 33030532 bytes, error: No space left on device (28)',
        '(Worker_TP1 pid=291) ERROR 11-21 08:31:14 [multiproc_executor.py:788] RuntimeError: NCCL error: unhandled system error (run with NCCL_DEBUG=INFO for details)',
        'RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}',
      ],
      1,
      {
        spec: {
          containers: [{ name: 'main', volumeMounts: [{ name: 'shared-memory', mountPath: '/dev/shm' }] }],
          volumes: [{ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } }],
        },
        status: crashed(1, 30),
      },
    );
    names(
      outlook,
      'start-shared-memory',
      [/\/dev\/shm \(64Mi\)/, /too small for NCCL/, /4 GPUs/, /--shared-memory 16Gi/],
      [/pvc/i, /ephemeral/, /disk/],
    );
  });

  it('because of the connector that 1.0 removed, both roles in one sentence', () => {
    const image = 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.0.2';
    const engine = (role: string) => ({
      componentType: 'worker',
      subComponentType: role,
      replicas: 1,
      resources: { limits: { gpu: '1' } },
      extraPodSpec: {
        mainContainer: {
          image,
          command: ['python3', '-m', 'dynamo.vllm'],
          args: ['--model', 'Qwen/Qwen3-8B', `--is-${role}-worker`, '--connector', 'nixl'],
        },
      },
    });
    const foreign = applied({
      apiVersion: 'nvidia.com/v1alpha1',
      kind: 'DynamoGraphDeployment',
      metadata: { name: 'qwen3-pd', namespace: 'dynamo-system' },
      spec: { services: { prefill: engine('prefill'), decode: engine('decode') } },
    });
    const pods = ['prefill', 'decode'].map(role => podOf(foreign, role, { status: crashed(1, 28) }));
    const logs = Object.fromEntries(
      pods.map(pod => [
        `${pod.metadata.name}/main/previous`,
        [
          'ValueError: --connector is no longer supported for the vLLM backend. Use --kv-transfer-config instead.',
        ],
      ]),
    );
    const outlook = look(foreign, seen(29, { graph: liveGraph(foreign), pods, logs }));
    names(outlook, 'start-connector-flag', [
      /--connector/,
      /Dynamo 1\.0/,
      /1\.0\.2/,
      /prefill worker and the decode worker/,
      /qwen3-pd/,
      /--kv-transfer-config/,
      /render --name qwen3-pd --namespace dynamo-system --model Qwen\/Qwen3-8B --mode disaggregated --release 1\.0\.2$/m,
    ]);
    expect(outlook.evidence).toEqual([
      'ValueError: --connector is no longer supported for the vLLM backend. Use --kv-transfer-config instead.',
    ]);
  });

  it('because the kubelet kills it while it compiles', () => {
    const status = (restarts: number, seconds: number) => ({
      phase: 'Running',
      containerStatuses: [container({ restarts, state: running(seconds), last: ended(137, seconds) })],
    });
    const lines = [
      '(EngineCore_DP0 pid=233) DeepGEMM warmup:   3%|▎         | 241/7864 [00:31<16:12,  7.84it/s]',
    ];
    const at = (restarts: number, seconds: number): Outlook => {
      const pod = podOf(awaited, 'worker', { status: status(restarts, seconds) });
      const events = [
        event(
          pod,
          seconds - 1,
          'Unhealthy',
          'Liveness probe failed: Get "http://10.0.41.17:9090/live": context deadline exceeded',
        ),
        event(pod, seconds, 'Killing', 'Container main failed liveness probe, will be restarted', {
          type: 'Normal',
        }),
      ];
      const logs = { [`${pod.metadata.name}/main/previous`]: lines };
      return look(awaited, seen(seconds + 3, { graph: liveGraph(awaited), pods: [pod], events, logs }));
    };
    const first = at(1, 93);
    expect(first.hopeless).toEqual([]);
    expect(first.notices.map(one => one.rule)).toEqual(['start-probe-kill']);
    names(
      at(2, 188),
      'start-probe-kill',
      [/liveness/, /2 restarts/, /warming up kernels/, /failureThreshold/, /VLLM_DEEP_GEMM_WARMUP/],
      [/OOMKilled/, /out of memory/i, /memory limit/],
    );
  });

  it('because its disk cache fills the node', () => {
    const offloading = deployed({
      ...small,
      kvbm: true,
      kvbmCpuGb: 20,
      kvbmDiskGb: 200,
      kvbmDiskDir: '/tmp',
    });
    const message =
      'The node was low on resource: ephemeral-storage. Threshold quantity: 10736786882, available: 8211460Ki. Container main was using 78541236Ki, request is 2Gi, has larger consumption of ephemeral-storage. ';
    const pod = podOf(offloading, 'worker', { status: { phase: 'Failed', reason: 'Evicted', message } });
    const next = podOf(offloading, 'worker', {
      name: 'qwen3-30b-worker-6c9f7d8b5-next0',
      node: null,
      created: 140,
      status: unschedulable(
        '0/3 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.',
        140,
      ),
    });
    const events = [event(pod, 140, 'Evicted', message)];
    const outlook = look(offloading, seen(141, { graph: liveGraph(offloading), pods: [pod, next], events }));
    names(outlook, 'pod-evicted', [
      /evicted/,
      /KVBM disk cache \(200 GB in \/tmp\)/,
      /ephemeral-storage/,
      /smaller/,
      /volume/,
    ]);
  });

  it('for its memory limit', () => {
    const pod = podOf(awaited, 'worker', {
      spec: { containers: [{ name: 'main', resources: { limits: { memory: '24Gi' } } }] },
      status: {
        phase: 'Running',
        containerStatuses: [
          container({ restarts: 1, state: running(40), last: ended(137, 39, 'OOMKilled') }),
        ],
      },
    });
    const outlook = look(awaited, seen(41, { graph: liveGraph(awaited), pods: [pod] }));
    names(outlook, 'start-host-memory', [/24Gi/, /OOMKilled/]);
  });
});
