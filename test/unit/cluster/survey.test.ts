import { describe, expect, it } from 'vitest';
import type { Ask } from '../../../src/cluster/client.ts';
import { survey } from '../../../src/cluster/survey.ts';
import { ask, crdPath, discovery, type Played, playedApi, refusal, version } from './surveyApi.ts';

const never = new AbortController().signal;

const surveyed = async (played: Played = {}) => {
  const api = playedApi(played);
  return { api, facts: await survey(api.client, ask, 'ns', never) };
};

const paths = (asked: readonly Ask[]) => asked.map(({ path }) => path);

const within = '/api/v1/namespaces/ns';

describe('survey', () => {
  it('asks each path once and never more than six at a time', async () => {
    const { api, facts } = await surveyed();
    expect(new Set(paths(api.asked)).size).toBe(api.asked.length);
    expect(api.most()).toBe(6);
    expect(facts).toMatchObject({
      namespace: 'ns',
      target: { context: 'gpu' },
      version: { kind: 'read', value: 'v1.33.5-eks-3abbec1' },
      namespaceState: { kind: 'read', value: 'active' },
      crd: { kind: 'read', value: { name: ask.crd } },
      crdShape: { kind: 'read', value: null },
      graphs: { kind: 'read', value: [] },
      use: { kind: 'read', value: [] },
      volumes: { kind: 'read', value: [] },
      nodePools: { kind: 'missing' },
    });
  });

  it('never lets values of Secrets come, and asks for pods that hold a node only', async () => {
    const { api } = await surveyed();
    const of = (path: string) => api.asked.find(one => one.path === path);
    for (const path of [`${within}/secrets`, `${within}/services`, '/apis/batch/v1/namespaces/ns/jobs'])
      expect(of(path)?.accept).toBe('application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io');
    expect(of('/api/v1/pods')?.query).toEqual({
      fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed,spec.nodeName!=',
      limit: 500,
      continue: undefined,
    });
    expect(of(`${within}/configmaps`)?.query).toMatchObject({
      labelSelector: 'app.kubernetes.io/managed-by=dynamo-installer',
    });
    expect(of('/apis/apps/v1/deployments')?.query).toMatchObject({ labelSelector: ask.operatorSelector });
    expect(api.asked.filter(({ method }) => method !== 'GET')).toMatchObject([
      {
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
        body: { spec: { namespace: 'ns' } },
      },
    ]);
  });

  it('keeps forbidden, missing and failed apart, with the words of the API server', async () => {
    const { facts } = await surveyed({
      '/api/v1/nodes': refusal('forbidden', 'nodes is forbidden: User "u" cannot list resource "nodes".'),
      '/apis/storage.k8s.io/v1/storageclasses': refusal('server', 'etcdserver: request timed out'),
      [within]: refusal('not-found', 'namespaces "ns" not found'),
      [crdPath]: refusal('not-found', 'not found'),
      '/apis/batch/v1/namespaces/ns/jobs': refusal('not-found', 'the server could not find it'),
    });
    expect(facts).toMatchObject({
      nodes: { kind: 'forbidden', message: 'nodes is forbidden: User "u" cannot list resource "nodes".' },
      storageClasses: { kind: 'failed', message: 'etcdserver: request timed out' },
      namespaceState: { kind: 'read', value: 'missing' },
      crd: { kind: 'read', value: null },
      crdShape: { kind: 'read', value: null },
      jobs: { kind: 'missing' },
    });
  });

  it.each(['unreachable', 'unauthorized', 'credentials', 'no-config', 'interrupted'] as const)(
    'ends at once when the first request is %s',
    async kind => {
      const api = playedApi({
        '/version': refusal(kind, 'no'),
        '/api/v1/nodes': () => new Promise(() => {}),
      });
      await expect(survey(api.client, ask, 'ns', never)).rejects.toMatchObject({ kind, message: 'no' });
      expect(api.asked.length).toBeLessThanOrEqual(11);
      expect(api.asked.every(({ signal }) => signal?.aborted)).toBe(true);
    },
  );

  it('asks nothing more once nobody answers any more', async () => {
    const { api, facts } = await surveyed({ '/api/v1/pods': refusal('unreachable', 'Nobody answers.') });
    expect(facts).toMatchObject({
      version: { kind: 'read' },
      use: { kind: 'failed', message: 'Nobody answers.' },
      answers: { kind: 'failed', message: 'Nobody answers.' },
    });
    expect(paths(api.asked)).not.toContain(`${within}/configmaps`);
  });

  it('goes on without a version when only that is refused', async () => {
    const { facts } = await surveyed({ '/version': refusal('forbidden', 'no version for you') });
    expect(facts).toMatchObject({ version: { kind: 'forbidden' }, nodes: { kind: 'read' } });
  });

  it('rejects when it is interrupted on the way', async () => {
    const interrupt = new AbortController();
    const api = playedApi({
      '/api/v1/nodes': () => {
        interrupt.abort();
        return { items: [] };
      },
    });
    await expect(survey(api.client, ask, 'ns', interrupt.signal)).rejects.toMatchObject({
      kind: 'interrupted',
    });
  });
});

describe('reads that wait for others', () => {
  it('reads graphs in the first wanted version that is served, and NodePools where there are any', async () => {
    const graphs = { dynamographdeployments: 'DynamoGraphDeployment' };
    const graph = {
      apiVersion: 'nvidia.com/v1beta1',
      kind: 'DynamoGraphDeployment',
      metadata: { name: 'a' },
    };
    const { api, facts } = await surveyed({
      '/apis': discovery({
        'nvidia.com': [version('v1alpha1', graphs), version('v1beta1', graphs)],
        'karpenter.sh': [version('v1beta1', { nodepools: 'NodePool' })],
      }),
      '/apis/nvidia.com/v1beta1/namespaces/ns/dynamographdeployments': { items: [graph] },
      '/apis/karpenter.sh/v1beta1/nodepools': { items: [{ metadata: { name: 'gpu' } }] },
    });
    expect(facts.graphs).toEqual({ kind: 'read', value: [graph] });
    expect(facts.nodePools).toMatchObject({ kind: 'read', value: [{ name: 'gpu', ready: true }] });
    expect(facts.served.kind === 'read' && facts.served.value.map(kind => kind.group)).toEqual([
      'nvidia.com',
      'nvidia.com',
    ]);
    expect(paths(api.asked)).not.toContain('/apis/nvidia.com/v1alpha1/namespaces/ns/dynamographdeployments');
  });

  it('reads graphs in the stored version while the operator, which converts, is down', async () => {
    const graphs = { dynamographdeployments: 'DynamoGraphDeployment' };
    const graph = {
      apiVersion: 'nvidia.com/v1alpha1',
      kind: 'DynamoGraphDeployment',
      metadata: { name: 'x' },
    };
    const down = refusal('server', 'conversion webhook for nvidia.com/v1alpha1 failed');
    const path = (one: string) => `/apis/nvidia.com/${one}/namespaces/ns/dynamographdeployments`;
    const served = {
      '/apis': discovery({ 'nvidia.com': [version('v1alpha1', graphs), version('v1beta1', graphs)] }),
    };
    const { facts } = await surveyed({
      ...served,
      [path('v1beta1')]: down,
      [path('v1alpha1')]: { items: [graph] },
    });
    expect(facts.graphs).toEqual({ kind: 'read', value: [graph] });
    const dark = await surveyed({ ...served, [path('v1beta1')]: down, [path('v1alpha1')]: down });
    expect(dark.facts.graphs).toEqual({ kind: 'failed', message: down.message });
    const no = refusal('forbidden', 'no');
    const barred = await surveyed({
      ...served,
      [path('v1beta1')]: no,
      [path('v1alpha1')]: { items: [graph] },
    });
    expect(barred.facts.graphs).toEqual({ kind: 'forbidden', message: 'no' });
  });

  it('says that graphs are not served, or why nobody knows', async () => {
    const { facts } = await surveyed({ '/apis': discovery({}) });
    expect(facts.graphs).toEqual({
      kind: 'missing',
      message: 'The API server serves no dynamographdeployments.nvidia.com in a known version.',
    });
    const dark = await surveyed({ '/apis': refusal('forbidden', 'no discovery') });
    expect(dark.facts).toMatchObject({ graphs: { kind: 'forbidden', message: 'no discovery' } });
  });

  it.each([
    ['an annotation of the CRD', '1.4.2', 'operator:latest', 1],
    ['the tag of the operator image', undefined, 'r.example:5000/kubernetes-operator:1.4.2', 1],
    ['nothing else', undefined, 'r.example:5000/kubernetes-operator:latest', 2],
  ])(
    'asks for the whole CRD only when it must: the release is told by %s',
    async (_, annotated, image, times) => {
      const annotations = annotated ? { 'dynamo.nvidia.com/operator-version': annotated } : {};
      const container = { name: 'manager', image, args: ['--leader-elect'] };
      const { api, facts } = await surveyed({
        [crdPath]: {
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata: { name: ask.crd, annotations },
          spec: { versions: [{ name: 'v1alpha1', served: true, storage: true }] },
        },
        '/apis/apps/v1/deployments': {
          items: [{ metadata: { name: 'o' }, spec: { template: { spec: { containers: [container] } } } }],
        },
      });
      expect(paths(api.asked).filter(path => path === crdPath).length).toBe(times);
      expect(facts.crdShape.kind === 'read' && facts.crdShape.value !== null).toBe(times === 2);
    },
  );

  it('asks for volumes of bound claims, and for no more when the first is refused', async () => {
    const claim = (name: string, phase: string) => ({
      metadata: { name },
      spec: { volumeName: `pv-${name}` },
      status: { phase },
    });
    const claims = {
      items: [claim('a', 'Bound'), claim('b', 'Pending'), claim('c', 'Bound'), claim('d', 'Bound')],
    };
    const open = await surveyed({
      [`${within}/persistentvolumeclaims`]: claims,
      '/api/v1/persistentvolumes/pv-a': {
        metadata: { name: 'pv-a' },
        spec: { csi: { driver: 'ebs.csi.aws.com' } },
      },
      '/api/v1/persistentvolumes/pv-c': refusal('not-found', 'gone'),
      '/api/v1/persistentvolumes/pv-d': { metadata: { name: 'pv-d' } },
    });
    expect(open.facts.volumes.kind === 'read' && open.facts.volumes.value.map(one => one.name)).toEqual([
      'pv-a',
      'pv-d',
    ]);
    const closed = await surveyed({
      [`${within}/persistentvolumeclaims`]: claims,
      '/api/v1/persistentvolumes/pv-a': refusal('forbidden', 'no volumes'),
    });
    expect(closed.facts.volumes).toEqual({ kind: 'forbidden', message: 'no volumes' });
    expect(paths(closed.api.asked).filter(path => path.includes('/persistentvolumes/')).length).toBe(1);
  });
});
