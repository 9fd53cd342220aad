/** Owns a played API server for the survey's tests: answers by path, and a record of what was asked. */

import { setImmediate as turn } from 'node:timers/promises';
import type { Ask, Client } from '../../../src/cluster/client.ts';
import { ClusterError } from '../../../src/cluster/refusal.ts';
import type { SurveyAsk } from '../../../src/core/cluster-facts.ts';

/** What is answered to a path: a body, a refusal, or either made of the request. */
export type Played = Readonly<Record<string, unknown | ClusterError | ((ask: Ask) => unknown)>>;

export type PlayedApi = {
  readonly client: Client;
  readonly asked: readonly Ask[];
  /** Most requests that were under way at the same time. */
  readonly most: () => number;
};

export const ask: SurveyAsk = {
  groups: ['nvidia.com', 'monitoring.coreos.com'],
  crd: 'dynamographdeployments.nvidia.com',
  operatorSelector: 'app.kubernetes.io/part-of=dynamo-operator',
  webhookGroup: 'nvidia.com',
  graph: { group: 'nvidia.com', plural: 'dynamographdeployments', versions: ['v1beta1', 'v1alpha1'] },
};

export const crdPath = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${ask.crd}`;

export const refusal = (kind: ClusterError['kind'], message: string): ClusterError =>
  new ClusterError(kind, message);

/** Resources of one version, as aggregated discovery writes them. */
export const version = (name: string, kinds: Readonly<Record<string, string>>) => ({
  version: name,
  resources: Object.entries(kinds).map(([resource, kind]) => ({
    resource,
    responseKind: { group: '', version: name, kind },
    scope: resource === 'nodepools' ? 'Cluster' : 'Namespaced',
    singularResource: kind.toLowerCase(),
    verbs: ['get', 'list'],
    subresources: [{ subresource: 'status', responseKind: { kind } }],
  })),
  freshness: 'Current',
});

export const discovery = (groups: Readonly<Record<string, readonly unknown[]>>) => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  items: Object.entries(groups).map(([name, versions]) => ({ metadata: { name }, versions })),
});

const usual: Played = {
  '/version': { gitVersion: 'v1.33.5-eks-3abbec1' },
  '/apis': discovery({
    apps: [version('v1', { deployments: 'Deployment' })],
    'nvidia.com': [version('v1alpha1', { dynamographdeployments: 'DynamoGraphDeployment' })],
  }),
  [crdPath]: { metadata: { name: ask.crd, annotations: { 'dynamo.nvidia.com/operator-version': '1.4.2' } } },
  '/api/v1/namespaces/ns': { status: { phase: 'Active' } },
};

const answerTo = (played: Played, asked: Ask): unknown => {
  const found = played[asked.path] ?? usual[asked.path] ?? { items: [] };
  const answer: unknown = typeof found === 'function' ? found(asked) : found;
  if (answer instanceof Error) throw answer;
  return answer;
};

/** Paths that nobody plays answer with an empty list, or as a healthy cluster would. */
export const playedApi = (played: Played = {}): PlayedApi => {
  const asked: Ask[] = [];
  let now = 0;
  let most = 0;
  const request: Client['request'] = async <T>(one: Ask) => {
    asked.push(one);
    now += 1;
    most = Math.max(most, now);
    await turn();
    now -= 1;
    if (one.signal?.aborted) throw refusal('interrupted', 'The request was interrupted.');
    return { status: 200, body: answerTo(played, one) as T, warnings: [] };
  };
  const refuse = () => {
    throw new Error('A survey neither follows nor forwards.');
  };
  const client: Client = {
    target: {
      context: 'gpu',
      cluster: 'c',
      server: 'https://c',
      user: 'u',
      otherContexts: [],
      files: ['config'],
    },
    contextNamespace: null,
    request,
    lines: refuse,
    openPort: refuse,
    close: () => {},
  };
  return { client, asked, most: () => most };
};
