import { beforeAll, expect, test } from 'vitest';
import type { Ask, Client } from '../../src/cluster/client.ts';
import { connect } from '../../src/cluster/connect.ts';
import { survey } from '../../src/cluster/survey.ts';
import { type ClusterFacts, type Reading, readOr } from '../../src/core/cluster-facts.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { goldenManifests } from './golden.ts';
import { describeWithCluster, eventually } from './support.ts';
import {
  ASK,
  answers,
  busySpec,
  claim,
  crdObject,
  gpuSpec,
  limitRange,
  mountSpec,
  object,
  pod,
  quota,
  SPACE,
  secret,
} from './surveyed.ts';

/** The client, with what it was asked and how many requests were under way at most. */
const watched = (client: Client) => {
  const asked: string[] = [];
  let now = 0;
  let most = 0;
  const request = async <T>(ask: Ask) => {
    asked.push(ask.query?.['continue'] === undefined ? `${ask.method} ${ask.path}` : 'page');
    now += 1;
    most = Math.max(most, now);
    try {
      return await client.request<T>(ask);
    } finally {
      now -= 1;
    }
  };
  return { client: { ...client, request }, asked, most: () => most };
};

const settings = { nodes: 'g5.12xlarge=2,mig-host=1,cpu=1', release: '1.4.2' };

describeWithCluster('a survey of a real control plane', settings, cluster => {
  const surveyedAs = async (context: string, server?: string) => {
    const { signal } = new AbortController();
    const io = { cwd: '.', env: {} };
    const found = await connect(io, { kubeconfig: server ?? cluster().kubeconfig, context, signal });
    const seen = watched(found);
    try {
      return { ...seen, facts: await survey(seen.client, ASK, SPACE, signal) };
    } finally {
      found.close();
    }
  };

  beforeAll(async () => {
    const objects = cluster().objects;
    const graph = goldenManifests('1.4.2', 'aggregated').at(-1) as KubeObject;
    for (const object of [quota(), limitRange(), claim('shared', 'efs'), claim('data', 'gp3'), answers()])
      await objects.apply(object, 'dynamo-installer');
    await objects.apply(secret('other'), 'kubectl');
    await objects.apply(graph, 'dynamo-installer');
    await objects.create(pod('busy', 'default', busySpec()));
    await objects.create(pod('mount', SPACE, mountSpec()));
    await objects.create(pod('done', 'default', { ...gpuSpec('1'), nodeName: 'g5.12xlarge-0' }));
    await objects.create(pod('waiting', 'default', gpuSpec('99')));
    await eventually(async () => {
      const busy = await objects.read(pod('busy', 'default', {}));
      const data = await objects.read(claim('data', 'gp3'));
      const shared = await objects.read(claim('shared', 'efs'));
      const phases = [busy?.status?.phase, data?.status?.phase, shared?.status?.phase];
      return phases.join() === 'Running,Bound,Bound' ? true : undefined;
    }, 'a pod runs and the claims are bound');
    await objects.mergeStatus(pod('done', 'default', {}), { phase: 'Succeeded' });
  }, 60_000);

  test('an administrator sees everything, each thing asked for once, six at a time', async () => {
    const before = cluster().audit().length;
    const { facts, asked, most } = await surveyedAs('admin');
    expect(unread(facts)).toEqual(['nodePools: missing']);
    expect(most()).toBe(6);
    expect(new Set(asked).size).toBe(asked.length);
    expectCluster(facts);
    expectNamespace(facts);
    const calls = await eventually(async () => {
      const own = cluster()
        .audit()
        .slice(before)
        .filter(call => call.user === 'admin');
      return own.length >= asked.length ? own : undefined;
    }, 'the audit log tells the whole survey');
    expect(calls.map(call => call.uri.split('?')[0]).sort()).toEqual(
      asked.map(one => one.replace(/^\w+ /, '')).sort(),
    );
    expect(calls.filter(call => call.code >= 400)).toEqual([]);
  });

  test('a user of one namespace is told what is forbidden, in the words of the API server', async () => {
    const { facts } = await surveyedAs('restricted');
    expect(unread(facts)).toEqual([
      'crd: forbidden',
      'crdShape: forbidden',
      'namespaceState: forbidden',
      'nodePools: missing',
      'nodes: forbidden',
      'operators: forbidden',
      'storageClasses: forbidden',
      'use: forbidden',
      'volumes: forbidden',
      'webhooks: forbidden',
    ]);
    expect(facts.nodes).toMatchObject({ message: expect.stringContaining('cannot list resource "nodes"') });
    expectNamespace(facts);
    const access = readOr(facts.access);
    expect(access?.incomplete).toBe(false);
    expect(access?.rules).toContainEqual({
      verbs: ['*'],
      groups: ['nvidia.com'],
      resources: ['*'],
      names: [],
    });
  });

  test('the whole CRD is read, and kept in outline, when nothing else tells the release', async () => {
    const crd = crdObject();
    await cluster().objects.mergeMetadata(crd, {
      annotations: { 'dynamo.nvidia.com/operator-version': null },
    });
    for (const operator of readOr((await surveyedAs('admin')).facts.operators) ?? [])
      await cluster().objects.remove(object('apps/v1', 'Deployment', operator.name));
    const { facts, asked } = await surveyedAs('admin');
    expect(readOr(facts.operators)).toEqual([]);
    expect(asked.filter(one => one.endsWith(ASK.crd)).length).toBe(2);
    const shape = readOr(facts.crdShape);
    expect(shape).toMatchObject({
      kind: 'CustomResourceDefinition',
      spec: { versions: [{ name: 'v1alpha1' }, { name: 'v1beta1' }] },
    });
    expect(JSON.stringify(shape)).not.toContain('description');
    expect(JSON.stringify(shape).length).toBeLessThan(40_000);
  });

  test('a cluster without the platform', async () => {
    await cluster().objects.remove(crdObject());
    const facts = await eventually(async () => {
      const { facts } = await surveyedAs('admin');
      const served = readOr(facts.served)?.some(kind => kind.plural === ASK.graph.plural);
      return served === false ? facts : undefined;
    }, 'the API server serves no graphs any more');
    expect(unread(facts)).toEqual(['graphs: missing', 'nodePools: missing']);
    expect(facts.crd).toEqual({ kind: 'read', value: null });
    expect(facts.crdShape).toEqual({ kind: 'read', value: null });
  });

  test('a cluster that is gone ends the survey at once', async () => {
    const { signal } = new AbortController();
    const client = await connect({ cwd: '.', env: {} }, { kubeconfig: cluster().kubeconfig, signal });
    await cluster().stop();
    await expect(survey(client, ASK, SPACE, signal)).rejects.toMatchObject({ kind: 'unreachable' });
    client.close();
  });
});

/** Members that were not read, with the reason. */
function unread(facts: ClusterFacts): string[] {
  const { target: _, namespace: __, ...readings } = facts;
  return Object.entries<Reading<unknown>>(readings)
    .filter(([, { kind }]) => kind !== 'read')
    .map(([name, { kind }]) => `${name}: ${kind}`)
    .sort();
}

function expectCluster(facts: ClusterFacts): void {
  expect(readOr(facts.version)).toMatch(/^v1\.\d+\.\d+/);
  expect(readOr(facts.namespaceState)).toBe('active');
  expect(readOr(facts.nodes)?.map(node => [node.name, node.ready, node.allocatable.gpus])).toEqual([
    ['cpu-0', true, 0],
    ['g5.12xlarge-0', true, 4],
    ['g5.12xlarge-1', true, 4],
    ['mig-host-0', true, 56],
  ]);
  expect(readOr(facts.nodes)?.[1]).toMatchObject({
    allocatable: { cpuMilli: 47_810, memoryBytes: 173_400 * 2 ** 20 },
    labels: { 'nvidia.com/gpu.product': 'NVIDIA-A10G' },
    architecture: 'amd64',
  });
  expect(readOr(facts.use)?.filter(use => use.namespace === 'default')).toEqual([
    {
      node: 'g5.12xlarge-1',
      namespace: 'default',
      asked: { gpus: 2, cpuMilli: 1600, memoryBytes: 3 * 2 ** 30, ephemeralBytes: 0 },
    },
  ]);
  expect(readOr(facts.operators)).toMatchObject([
    { namespace: SPACE, image: 'nvcr.io/nvidia/ai-dynamo/kubernetes-operator:1.4.2', replicas: 1 },
  ]);
  expect(readOr(facts.webhooks)).toEqual([
    { name: 'vdynamographdeployment.kb.io', failurePolicy: 'Fail', service: null },
  ]);
  expect(readOr(facts.crd)).toMatchObject({ annotations: { 'dynamo.nvidia.com/operator-version': '1.4.2' } });
  expect(readOr(facts.crdShape)).toBeNull();
  expect(readOr(facts.storageClasses)?.map(({ name, isDefault }) => [name, isDefault])).toEqual([
    ['efs', false],
    ['gp3', true],
    ['never', false],
  ]);
  const volumes = readOr(facts.volumes) ?? [];
  expect(volumes.map(({ driver, zones }) => [driver, zones.length]).sort()).toEqual([
    ['ebs.csi.aws.com', 1],
    ['efs.csi.aws.com', 0],
  ]);
}

/** What a user of the namespace sees too. */
function expectNamespace(facts: ClusterFacts): void {
  expect(readOr(facts.served)?.filter(kind => kind.plural === 'dynamographdeployments')).toEqual(
    ['v1beta1', 'v1alpha1'].map(version => ({
      group: 'nvidia.com',
      version,
      kind: 'DynamoGraphDeployment',
      plural: 'dynamographdeployments',
      namespaced: true,
    })),
  );
  expect(readOr(facts.quotas)).toMatchObject([
    { name: 'gpus', hard: { 'requests.nvidia.com/gpu': '6' }, scoped: false },
  ]);
  expect(readOr(facts.limitRanges)).toMatchObject([
    { name: 'range', type: 'Container', max: { memory: '64Gi' } },
  ]);
  expect(readOr(facts.claims)).toMatchObject([
    { name: 'data', storageClass: 'gp3', phase: 'Bound', size: '10Gi', capacity: '10Gi' },
    { name: 'shared', storageClass: 'efs', phase: 'Bound', accessModes: ['ReadWriteMany'] },
  ]);
  expect(readOr(facts.secrets)?.map(({ name, managers }) => [name, managers])).toEqual([
    ['hf-token-secret', ['rehearsal-kit']],
    ['other', ['kubectl']],
  ]);
  expect(readOr(facts.services)?.map(({ name }) => name)).toContain(
    'dynamo-platform-dynamo-operator-webhook-service',
  );
  expect(readOr(facts.jobs)).toEqual([]);
  expect(readOr(facts.answers)).toMatchObject([
    { kind: 'ConfigMap', metadata: { name: 'saved' }, data: { a: '1' } },
  ]);
  expect(readOr(facts.graphs)).toMatchObject([
    { apiVersion: 'nvidia.com/v1beta1', kind: 'DynamoGraphDeployment', metadata: { namespace: SPACE } },
  ]);
}
