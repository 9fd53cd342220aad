/** Asks the component whether a deployment can be changed in place, with nothing known of the cluster but that deployment. */

import type { ClusterFacts, Reading, Target } from '../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import type { Context } from '../context.ts';
import { graphsAmong } from '../manifests/several.ts';
import type { Subject } from '../subject.ts';
import type { Compared } from './compare.ts';

const unread: Reading<never> = { kind: 'failed', message: 'It was not looked at.' };

const onlyGraph = (target: Target, namespace: string, graph: KubernetesObject): ClusterFacts => ({
  target,
  namespace,
  version: unread,
  namespaceState: { kind: 'read', value: 'active' },
  served: unread,
  crd: unread,
  crdShape: unread,
  operators: unread,
  webhooks: unread,
  nodes: unread,
  use: unread,
  quotas: unread,
  limitRanges: unread,
  storageClasses: unread,
  claims: unread,
  volumes: unread,
  secrets: unread,
  services: unread,
  jobs: unread,
  answers: unread,
  graphs: { kind: 'read', value: [graph] },
  nodePools: unread,
  access: unread,
});

export const replacementFor = async (
  context: Context,
  target: Target,
  { name, namespace, objects, answers }: Subject,
): Promise<Compared['replacement']> => {
  const { replacement } = await context.entry.preflight();
  const [graph] = await graphsAmong(context, objects);
  return (live, { kind }) => {
    if (graph === undefined || kind !== graph.kind) return null;
    const cluster = onlyGraph(target, namespace, live);
    const input = { name, namespace, objects, settings: answers, cluster, hub: null, token: false };
    return replacement({ ...input, unattended: true })?.reason ?? null;
  };
};
