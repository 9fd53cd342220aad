/** The comparison against a played API server: what it makes of each answer. */

import { describe, expect, it } from 'vitest';
import type { Ask, Client } from '../../../../src/cluster/client.ts';
import { ClusterError } from '../../../../src/cluster/refusal.ts';
import { compareAll } from '../../../../src/commands/diff/compare.ts';
import type { Comparison } from '../../../../src/core/comparison.ts';
import type { KubernetesObject } from '../../../../src/core/manifest.ts';
import { ownLabels } from '../../../../src/core/ownership.ts';

const own = (kind: string, name: string, spec: unknown, apiVersion = 'v1'): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'ns', labels: ownLabels('x', 'chat') },
  spec,
});

const graph = (replicas: number): KubernetesObject =>
  own('DynamoGraphDeployment', 'chat', { services: { worker: { replicas } } }, 'nvidia.com/v1alpha1');

const refusal = (status: number, message: string, kind: ClusterError['kind']): ClusterError =>
  new ClusterError(kind, message, { status });

const missing = refusal(404, 'dynamographdeployments.nvidia.com "chat" not found', 'not-found');

type Play = (ask: Ask) => { readonly status: number; readonly body: unknown } | ClusterError | undefined;

/** A dry run makes of an object that is live what was asked for; what nobody plays is not there. */
const compareWith = (
  objects: readonly KubernetesObject[],
  live: readonly KubernetesObject[],
  play: Play = () => undefined,
  replacement: string | null = null,
): { readonly done: Promise<Comparison>; readonly asks: string[] } => {
  const asks: string[] = [];
  const standard = ({ method, path, body }: Ask): { status: number; body: unknown } => {
    const found = live.find(({ metadata }) => path.endsWith(`/${metadata.name}`));
    if (method === 'PATCH') return { status: found === undefined ? 201 : 200, body };
    if (/\/(jobs|configmaps)$/.test(path))
      return { status: 200, body: { kind: 'JobList', metadata: {}, items: [] } };
    if (found === undefined) throw missing;
    return { status: 200, body: found };
  };
  const request = async (ask: Ask) => {
    asks.push(`${ask.method} ${ask.path}${ask.query?.['force'] === true ? ' force' : ''}`);
    if (ask.method !== 'GET') expect(ask.query).toMatchObject({ dryRun: 'All' });
    const answer = play(ask) ?? standard(ask);
    if (answer instanceof Error) throw answer;
    return { warnings: [], ...answer };
  };
  const client = { request } as unknown as Client;
  const done = compareAll({
    client,
    name: 'chat',
    namespace: 'ns',
    objects,
    explainRefusal: ({ message }) => [
      { rule: 'refused-by-server', level: 'error', path: '', message, hint: '' },
    ],
    replacement: () => replacement,
    signal: new AbortController().signal,
  });
  return { done, asks };
};

const isDry = ({ method }: Ask): boolean => method === 'PATCH';

describe('a comparison', () => {
  it('is the same when nothing would change, and writes nothing', async () => {
    const { done, asks } = compareWith([graph(1)], [graph(1)]);
    expect(await done).toMatchObject({ differs: false, objects: [{ state: 'same' }], findings: [] });
    expect(asks.filter(ask => ask.startsWith('PATCH'))).toHaveLength(1);
  });

  it('tells what is new without reading it', async () => {
    const { done, asks } = compareWith([graph(1)], []);
    expect(await done).toMatchObject({ differs: true, objects: [{ state: 'created', changes: [] }] });
    expect(asks.join()).not.toContain('GET /apis/nvidia.com');
  });

  it('names who owns what would change', async () => {
    const conflict = new ClusterError('conflict', 'conflict', {
      status: 409,
      causes: [
        { reason: 'FieldManagerConflict', message: 'conflict with "kubectl-edit"', field: '.spec.replicas' },
      ],
    });
    const { done, asks } = compareWith([graph(2)], [graph(1)], ask =>
      isDry(ask) && ask.query?.['force'] !== true ? conflict : undefined,
    );
    expect((await done).objects).toMatchObject([
      { state: 'changed', managers: ['kubectl-edit'], changes: [{ live: 1, here: 2 }] },
    ]);
    expect(asks.filter(ask => ask.endsWith('force'))).toHaveLength(1);
  });

  it('marks a replacement, with what would come and go', async () => {
    const { done } = compareWith([graph(2)], [graph(1)], () => undefined, 'The mode changes.');
    expect(await done).toMatchObject({
      differs: true,
      objects: [{ state: 'replaced', why: 'The mode changes.', changes: [{ live: 1, here: 2 }] }],
    });
  });

  it('does without a dry run where that is not allowed', async () => {
    const forbidden = refusal(403, 'User "x" cannot patch resource "dynamographdeployments"', 'forbidden');
    const { done } = compareWith([graph(2)], [graph(1)], ask => (isDry(ask) ? forbidden : undefined));
    expect(await done).toMatchObject({
      objects: [{ state: 'changed', changes: [{ live: 1, here: 2 }] }],
      findings: [{ rule: 'diff-without-dry-run', level: 'info' }],
    });
  });

  it("says in the server's own words what it refuses", async () => {
    const invalid = refusal(422, 'spec.services: Invalid value', 'invalid');
    const { done } = compareWith([graph(2)], [graph(1)], ask => (isDry(ask) ? invalid : undefined));
    expect(await done).toMatchObject({
      objects: [{ state: 'changed' }],
      findings: [{ rule: 'refused-by-server', message: 'spec.services: Invalid value' }],
    });
  });

  it('names the versions that are served instead', async () => {
    const gone = refusal(404, 'the server could not find the requested resource', 'not-found');
    const versions = [{ groupVersion: 'nvidia.com/v1beta1' }];
    const { done } = compareWith([graph(1)], [], ask => {
      if (isDry(ask)) return gone;
      return ask.path === '/apis/nvidia.com' ? { status: 200, body: { versions } } : undefined;
    });
    expect((await done).findings).toMatchObject([
      { rule: 'kind-not-served', message: expect.stringMatching(/v1alpha1.*v1beta1/) },
    ]);
  });

  it('says what it may not read', async () => {
    const secret = { ...own('Secret', 'token', undefined), data: { a: 'b' } };
    const forbidden = refusal(403, 'cannot get resource "secrets"', 'forbidden');
    const { done } = compareWith([secret], [secret], ask => (ask.method === 'GET' ? forbidden : undefined));
    expect(await done).toMatchObject({
      differs: false,
      objects: [{ state: 'unread' }],
      findings: [{ rule: 'diff-unreadable', level: 'unknown' }],
    });
  });

  it("leaves claims and Jobs as applying does, and warns of what is somebody else's", async () => {
    const claim = (size: string): KubernetesObject =>
      own('PersistentVolumeClaim', 'cache', {
        accessModes: ['ReadWriteMany'],
        resources: { requests: { storage: size } },
      });
    const bound = { ...claim('100Gi'), status: { phase: 'Bound' } };
    const job = { ...own('Job', 'load', { a: 1 }, 'batch/v1'), status: {} };
    const { done } = compareWith([claim('50Gi'), { ...job, spec: { a: 2 } }], [bound, job]);
    expect((await done).objects).toMatchObject([{ state: 'left' }, { state: 'same' }]);
    const grown = compareWith([claim('200Gi')], [bound]);
    expect((await grown.done).objects).toMatchObject([
      { state: 'changed', changes: [{ live: '100Gi', here: '200Gi' }] },
    ]);

    const theirs = { ...graph(1), metadata: { name: 'chat', namespace: 'ns' } };
    const foreign = compareWith([graph(1)], [theirs]);
    expect((await foreign.done).findings).toMatchObject([{ rule: 'apply-foreign', level: 'warning' }]);
  });

  it('ends when the connection does', async () => {
    const away = new ClusterError('unreachable', 'Nobody answers.');
    await expect(compareWith([graph(1)], [], () => away).done).rejects.toBe(away);
  });
});
