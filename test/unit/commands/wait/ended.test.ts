/** What is said when a wait ends without a ready deployment. */

import { describe, expect, it } from 'vitest';
import { endedLines, evidenceLines } from '../../../../src/commands/wait/ended.ts';
import { heldGpus } from '../../../../src/commands/wait/held.ts';
import { interruptedLines } from '../../../../src/commands/wait/interrupted.ts';
import { type Left, undoAdvice, whatIsThere } from '../../../../src/commands/wait/left.ts';
import type { KubernetesObject } from '../../../../src/core/manifest.ts';
import { paintFor } from '../../../../src/output/paint.ts';

const plain = paintFor(false);

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  instance: string | null,
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: {
    name,
    namespace: 'dynamo-system',
    labels: {
      'app.kubernetes.io/managed-by': 'dynamo-installer',
      ...(instance === null ? {} : { 'app.kubernetes.io/instance': instance }),
    },
  },
});

const left: Left = {
  awaited: {
    name: 'qwen3',
    namespace: 'dynamo-system',
    objects: [
      object('v1', 'Namespace', 'dynamo-system', null),
      object('v1', 'Secret', 'hf-token', null),
      object('v1', 'PersistentVolumeClaim', 'dynamo-model-cache', null),
      object('v1', 'ConfigMap', 'shared-tuning', null),
      object('batch/v1', 'Job', 'qwen3-download-1a2b', 'qwen3'),
      object('nvidia.com/v1beta1', 'DynamoGraphDeployment', 'qwen3', 'qwen3'),
    ],
    weightsBytes: null,
  },
  watches: [
    {
      key: 'pods',
      path: '/api/v1/namespaces/dynamo-system/pods',
      labelSelector: 'app.kubernetes.io/instance=qwen3',
      fieldSelector: null,
    },
  ],
  gpusHeld: 2,
  line: './cli nvidia-platform dynamo-vllm',
  verbs: ['install', 'check'],
  replay: './cli nvidia-platform dynamo-vllm install --model Qwen/Qwen3-0.6B --yes --action deploy',
  kubectl: 'kubectl --context prod',
};

const wait = object('nvidia.com/v1beta1', 'DynamoGraphDeployment', 'foreign', null);
const there =
  'Applied in namespace dynamo-system: Secret hf-token, PersistentVolumeClaim dynamo-model-cache, ConfigMap shared-tuning, Job qwen3-download-1a2b and DynamoGraphDeployment qwen3; its pods hold 2 GPUs.';

describe('what is said after Ctrl-C', () => {
  it('names what exists, and how to resume, watch and undo it', () => {
    expect(interruptedLines(left, 200)).toEqual([
      'Applied in namespace dynamo-system: Secret hf-token, PersistentVolumeClaim dynamo-model-cache,',
      'ConfigMap shared-tuning, Job qwen3-download-1a2b and DynamoGraphDeployment qwen3; its pods hold 2',
      'GPUs.',
      '  To go on waiting, which changes nothing that is there:',
      '    ./cli nvidia-platform dynamo-vllm install --model Qwen/Qwen3-0.6B --yes --action deploy',
      '  To watch it:',
      '    kubectl --context prod get pods -n dynamo-system -l app.kubernetes.io/instance=qwen3 -w',
      '  To remove it, and keep Secret hf-token, PersistentVolumeClaim dynamo-model-cache and ConfigMap',
      '  shared-tuning:',
      '    kubectl --context prod delete -n dynamo-system dynamographdeployment.nvidia.com/qwen3 job.batch/qwen3-download-1a2b',
    ]);
  });

  it('uses the verbs that there are', () => {
    const lines = interruptedLines({ ...left, verbs: ['install', 'status', 'uninstall'] }, 80);
    expect(lines).toContain('    ./cli nvidia-platform dynamo-vllm status qwen3 -n dynamo-system');
    expect(lines).toContain('    ./cli nvidia-platform dynamo-vllm uninstall qwen3 -n dynamo-system');
    expect(lines.join('\n')).not.toContain('kubectl');
  });

  it('reaches with them the cluster that this run was sent to', () => {
    const reach = ['--kubeconfig', 'my config', '--context', 'prod'];
    const lines = interruptedLines({ ...left, verbs: ['status', 'uninstall'], reach }, 80);
    for (const verb of ['status', 'uninstall'])
      expect(lines).toContain(
        `    ./cli nvidia-platform dynamo-vllm ${verb} qwen3 -n dynamo-system --kubeconfig 'my config' --context prod`,
      );
  });

  it('names no command that it does not know, and never offers to delete what others use', () => {
    const lines = interruptedLines({ ...left, replay: null }, 200).join('\n');
    expect(lines).not.toContain('To go on');
    expect(lines).not.toMatch(/delete .*(secret|persistentvolumeclaim|configmap|namespace)\//);
    const shared = left.awaited.objects.slice(0, 4);
    expect(undoAdvice({ ...left, awaited: { ...left.awaited, objects: shared } })).toBe(null);
  });

  it('deletes objects of other hands by their own names', () => {
    const objects = [{ ...wait, metadata: { name: 'foreign', namespace: 'a' } }];
    const awaited = { ...left.awaited, namespace: 'a', objects };
    expect(undoAdvice({ ...left, awaited, kubectl: 'kubectl' })?.command).toBe(
      'kubectl delete -n a dynamographdeployment.nvidia.com/foreign',
    );
  });

  it.each([
    [0, 'no GPU is held by it at the moment.'],
    [1, 'its pods hold 1 GPU.'],
  ])('counts %d GPUs', (gpusHeld, end) => {
    expect(whatIsThere({ ...left, gpusHeld }).endsWith(end)).toBe(true);
    expect(whatIsThere(left)).toBe(there);
  });

  it('says so when there is nothing', () => {
    expect(whatIsThere({ ...left, awaited: { ...left.awaited, objects: [] } })).toBe('Nothing was applied.');
  });
});

describe('what is said when it is hopeless', () => {
  const finding = {
    rule: 'worker-crashed',
    level: 'error',
    path: '',
    message: 'Worker qwen3-worker-0 ended three times.',
    hint: 'Give it more memory: --vllm-args "--gpu-memory-utilization 0.85"',
  } as const;

  it('names cause, lines, remedy, and what is still there', () => {
    const evidence = ['RuntimeError: out of memory'];
    expect(endedLines({ findings: [finding], evidence, left: { ...left, gpusHeld: 1 } }, plain, 80)).toEqual([
      'error: Worker qwen3-worker-0 ended three times.',
      '  Give it more memory:',
      '    --vllm-args "--gpu-memory-utilization 0.85"',
      '  (worker-crashed)',
      '  Its log says:',
      '    RuntimeError: out of memory',
      'Applied in namespace dynamo-system: Secret hf-token, PersistentVolumeClaim',
      'dynamo-model-cache, ConfigMap shared-tuning, Job qwen3-download-1a2b and',
      'DynamoGraphDeployment qwen3; its pods hold 1 GPU.',
      '  To try again once it is mended:',
      '    ./cli nvidia-platform dynamo-vllm install --model Qwen/Qwen3-0.6B --yes --action deploy',
      '  To remove it, and keep Secret hf-token, PersistentVolumeClaim',
      '  dynamo-model-cache and ConfigMap shared-tuning:',
      '    kubectl --context prod delete -n dynamo-system dynamographdeployment.nvidia.com/qwen3 job.batch/qwen3-download-1a2b',
    ]);
  });

  it('quotes the last five lines, cut at the width, without escapes and secrets', () => {
    const token = `hf_${'aB3'.repeat(11)}`;
    const lines = [
      '1',
      '2',
      '',
      `HF_TOKEN=${token}`,
      '\u001b[31mred\u001b[0m\tand\u0007',
      'x'.repeat(90),
      '5% \r50%',
    ];
    expect(evidenceLines(lines, plain, 80)).toEqual([
      '  Its log says:',
      '    2',
      '    HF_TOKEN=hf_***',
      '    red  and',
      `    ${'x'.repeat(74)}…`,
      '    50%',
    ]);
    expect(evidenceLines(['', '\r'], plain, 80)).toEqual([]);
  });
});

describe('GPUs that are held', () => {
  const pod = (
    phase: string,
    nodeName: string | undefined,
    limits: Record<string, string>,
  ): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { ...(nodeName === undefined ? {} : { nodeName }), containers: [{ resources: { limits } }, {}] },
    status: { phase },
  });
  it('are those of pods that stand on a node and have not ended', () => {
    const four = { 'nvidia.com/gpu': '4', cpu: '8' };
    expect(
      heldGpus([
        pod('Running', 'a', four),
        pod('Pending', 'b', { 'nvidia.com/mig-1g.10gb': '1' }),
        pod('Pending', undefined, four),
        pod('Succeeded', 'a', four),
        pod('Failed', 'a', four),
      ]),
    ).toBe(5);
  });
});
