/** Which objects a removal takes, which it keeps, and why. */

import { describe, expect, it } from 'vitest';
import { deployed } from '../../../src/components/nvidia-platform/dynamo-vllm/deployed/deployed.ts';
import { refText } from '../../../src/core/kinds.ts';
import type { KubernetesObject } from '../../../src/core/manifest.ts';
import { planRemoval, type RemovalInput } from '../../../src/core/removal.ts';
import { type Made, object, objectsOf, ownLabelsOf, pod } from '../../kit/namespace.ts';

const usual: Made = {
  name: 'chat',
  own: true,
  claim: 'dynamo-model-cache',
  secret: 'hf-token',
  replicas: 2,
  downloaded: true,
  beta: false,
};

const cache = object('v1', 'PersistentVolumeClaim', 'dynamo-model-cache', ownLabelsOf(null));
const token = object('v1', 'Secret', 'hf-token', ownLabelsOf(null));

const all = (made: Made): KubernetesObject[] => {
  const { own, children } = objectsOf(made);
  return [...own, ...children];
};

const plan = (objects: readonly KubernetesObject[], more: Partial<RemovalInput> = {}) =>
  planRemoval(
    { name: 'chat', namespace: 'team', objects, modelCache: false, tokenSecret: false, ...more },
    deployed,
  );

const texts = (list: readonly { readonly ref: { kind: string; name: string } }[]): string[] =>
  list.map(({ ref }) => refText(ref));

describe('a plan of removal', () => {
  it('takes the graph first and the record last, and counts pods that run', () => {
    const { graphs, own, shared, pods } = plan([cache, token, ...all(usual)]);
    expect(texts(graphs)).toEqual(['DynamoGraphDeployment chat']);
    expect(texts(own)).toEqual(['Job chat-download', 'ConfigMap dynamo-installer-chat']);
    expect(shared).toEqual([]);
    expect(pods.map(({ metadata }) => metadata.name)).toEqual(['chat-worker-0', 'chat-worker-1']);
  });

  it('keeps cache and token unless asked, and says how to ask', () => {
    const { kept } = plan([cache, token, ...all(usual)]);
    expect(texts(kept)).toEqual(['PersistentVolumeClaim dynamo-model-cache', 'Secret hf-token']);
    expect(kept.map(({ why }) => why).join(' ')).toMatch(/--delete-model-cache.*--delete-token-secret/);
    expect(kept.some(({ refused }) => refused)).toBe(false);
  });

  it('takes them when asked and nobody else needs them', () => {
    const { shared, kept } = plan([cache, token, ...all(usual)], { modelCache: true, tokenSecret: true });
    expect(texts(shared)).toEqual(['PersistentVolumeClaim dynamo-model-cache', 'Secret hf-token']);
    expect(kept).toEqual([]);
  });

  it.each([
    ['a deployment of ours', all({ ...usual, name: 'other' }), /Pod other-worker-0/],
    ['a graph of others without a pod', all({ ...usual, name: 'x', own: false, replicas: 0 }), /DynamoGraph/],
    ['a pod of somebody', [pod('notebook', {}, { claim: 'dynamo-model-cache' })], /Pod notebook uses it/],
  ])('keeps a cache that %s uses, and names it', (_, others, said) => {
    const { shared, kept } = plan([cache, token, ...all(usual), ...others], { modelCache: true });
    expect(shared).toEqual([]);
    expect(kept[0]).toMatchObject({ refused: true, why: expect.stringMatching(said) });
  });

  it('does not count pods and Jobs that have ended', () => {
    const over = pod('done', {}, { claim: 'dynamo-model-cache', phase: 'Succeeded' });
    expect(texts(plan([cache, ...all(usual), over], { modelCache: true }).shared)).toEqual([
      'PersistentVolumeClaim dynamo-model-cache',
    ]);
  });

  it('never takes a claim that somebody else made', () => {
    const theirs = object('v1', 'PersistentVolumeClaim', 'dynamo-model-cache');
    const { shared, kept } = plan([theirs, ...all(usual)], { modelCache: true });
    expect(shared).toEqual([]);
    expect(kept[0]?.why).toMatch(/not made by this program/);
  });

  it('tells of claims that go with the graph that made them', () => {
    const uid = 'DynamoGraphDeployment/chat';
    const made = object(
      'v1',
      'PersistentVolumeClaim',
      'dynamo-model-cache',
      {},
      {
        metadata: { ownerReferences: [{ uid }] },
      },
    );
    const { along, kept } = plan([made, ...all(usual)]);
    expect(texts(along)).toEqual(['PersistentVolumeClaim dynamo-model-cache']);
    expect(kept).toEqual([]);
  });

  it('finds the rest when the graph is gone', () => {
    const { graphs, own, names } = plan(all(usual).filter(one => !deployed.isGraph(one)));
    expect(graphs).toEqual([]);
    expect(texts(own)).toEqual(['Job chat-download', 'ConfigMap dynamo-installer-chat']);
    expect(names).toEqual(['chat']);
  });

  it('leaves the pods of a graph alone that somebody else made under the same name', () => {
    const [, job, record] = objectsOf(usual).own as [unknown, KubernetesObject, KubernetesObject];
    const theirs = all({ ...usual, own: false }).filter(({ kind }) => kind !== 'Job' && kind !== 'ConfigMap');
    const { names, pods, graphs } = plan([job, record, ...theirs]);
    expect({ names, graphs }).toEqual({ names: [], graphs: [] });
    expect(pods.map(({ metadata }) => metadata.name)).toEqual([]);
  });
});
