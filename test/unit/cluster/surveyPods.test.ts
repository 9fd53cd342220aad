import { describe, expect, it } from 'vitest';
import type { PodSpec } from '../../../src/cluster/survey/podAsk.ts';
import { podAsk } from '../../../src/cluster/survey/podAsk.ts';
import { nodeUse } from '../../../src/cluster/survey/pods.ts';

const gi = 2 ** 30;

const asks = (cpu: string, memory: string, more: object = {}) => ({
  resources: { requests: { cpu, memory } },
  ...more,
});
const sidecar = { restartPolicy: 'Always' };

const cases: readonly (readonly [
  string,
  PodSpec,
  { cpuMilli?: number; memoryBytes?: number; gpus?: number },
])[] = [
  ['no containers', {}, { cpuMilli: 0, memoryBytes: 0, gpus: 0 }],
  ['containers without resources', { containers: [{}, { resources: {} }] }, { cpuMilli: 0 }],
  [
    'several containers are added up',
    { containers: [asks('100m', '1Gi'), asks('1', '512Mi')] },
    { cpuMilli: 1100, memoryBytes: 1.5 * gi },
  ],
  [
    'the largest init container counts when it is larger, resource by resource',
    { containers: [asks('1', '1Gi')], initContainers: [asks('3', '128Mi'), asks('2', '4Gi')] },
    { cpuMilli: 3000, memoryBytes: 4 * gi },
  ],
  [
    'a sidecar runs beside the containers',
    { containers: [asks('1', '1Gi')], initContainers: [asks('500m', '1Gi', sidecar)] },
    { cpuMilli: 1500, memoryBytes: 2 * gi },
  ],
  [
    'an init container runs beside the sidecars before it, not beside those after it',
    {
      containers: [asks('1', '1Gi')],
      initContainers: [asks('1', '1Gi', sidecar), asks('4', '1Gi'), asks('2', '1Gi', sidecar)],
    },
    { cpuMilli: 5000, memoryBytes: 3 * gi },
  ],
  [
    'overhead comes on top',
    { containers: [asks('1', '1Gi')], overhead: { cpu: '250m', memory: '120Mi' } },
    { cpuMilli: 1250, memoryBytes: gi + 120 * 2 ** 20 },
  ],
  [
    'what is asked for the pod as a whole wins',
    { containers: [asks('1', '1Gi')], resources: { requests: { cpu: '6' } } },
    { cpuMilli: 6000, memoryBytes: gi },
  ],
  [
    'GPUs as a limit alone',
    { containers: [{ resources: { limits: { 'nvidia.com/gpu': '4' } } }] },
    { gpus: 4 },
  ],
  [
    'GPUs as request and limit count once',
    {
      containers: [
        { resources: { requests: { 'nvidia.com/gpu': '2' }, limits: { 'nvidia.com/gpu': '2', cpu: '8' } } },
      ],
    },
    { gpus: 2, cpuMilli: 0 },
  ],
];

describe('what a pod asks for', () => {
  it.each(cases)('%s', (_, spec, expected) => {
    expect(podAsk(spec)).toMatchObject(expected);
  });
});

describe('use of nodes', () => {
  it('counts the roles of deployments apart, by the labels that were asked for', () => {
    const by = { deployment: 'made-for', role: 'plays' };
    const [told, untold] = [nodeUse(by), nodeUse()];
    const pod = (labels: Readonly<Record<string, string>>) => ({
      metadata: { namespace: 'a', labels },
      spec: { nodeName: 'n1', containers: [{ resources: { limits: { 'nvidia.com/gpu': '2' } } }] },
    });
    const worker = pod({ 'made-for': 'x', plays: 'worker' });
    for (const one of [worker, pod({}), worker, pod({ 'made-for': 'y' })]) {
      told.add(one);
      untold.add(one);
    }
    expect(told.end().map(({ made, asked }) => [made, asked.gpus])).toEqual([
      [{ deployment: 'x', role: 'worker', pods: 2 }, 4],
      [undefined, 2],
      [{ deployment: 'y', role: '', pods: 1 }, 2],
    ]);
    expect(untold.end().map(({ made, asked }) => [made, asked.gpus])).toEqual([[undefined, 8]]);
  });

  it('adds up by node and namespace and leaves out pods without a node', () => {
    const fold = nodeUse();
    const pod = (namespace: string, nodeName: string | undefined, gpus: string) => ({
      metadata: { namespace },
      spec: {
        ...(nodeName === undefined ? {} : { nodeName }),
        containers: [{ resources: { limits: { 'nvidia.com/gpu': gpus } } }],
      },
    });
    for (const one of [
      pod('a', 'n1', '1'),
      pod('b', 'n1', '2'),
      pod('a', 'n1', '4'),
      pod('a', 'n2', '8'),
      pod('a', undefined, '16'),
    ])
      fold.add(one);
    expect(fold.end().map(({ node, namespace, asked }) => [node, namespace, asked.gpus])).toEqual([
      ['n1', 'a', 5],
      ['n1', 'b', 2],
      ['n2', 'a', 8],
    ]);
  });
});
