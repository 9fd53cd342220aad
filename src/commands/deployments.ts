/** The deployments of this program: finds them by label, over all namespaces or in one, and chooses the one that is meant. */

import type { Client } from '../cluster/client.ts';
import { listAll } from '../cluster/pages.ts';
import { isClusterError } from '../cluster/refusal.ts';
import type { SurveyAsk } from '../core/cluster-facts.ts';
import type { LastVerify } from '../core/last-verify.ts';
import type { KubernetesObject } from '../core/manifest.ts';
import { instanceOf, isOwn, managedByLabel, ownName, ownSelector } from '../core/ownership.ts';
import type { Values } from '../core/settings.ts';
import { parseYaml } from '../core/yaml.ts';
import { answersKey } from './apply/record.ts';
import { namespaceOf } from './connection.ts';
import type { Context } from './context.ts';
import { pickDeployment } from './deployments/pick.ts';
import { readFirst } from './deployments/versions.ts';
import { whileLooking } from './slow.ts';
import { lastVerifyIn } from './verify/last-verify.ts';

export type Deployment = {
  readonly name: string;
  readonly namespace: string;
  /** The custom resource as it lives. */
  readonly graph: KubernetesObject;
  /** The settled answers kept beside it; null when there are none or they may not be read. */
  readonly answers: Values | null;
  /** Null when it is not known to have been verified. */
  readonly lastVerify: LastVerify | null;
  /** Made by this program. */
  readonly own: boolean;
};

/** Null stands for all namespaces. */
export type Where = { readonly namespace: string | null };

/** Deployments and where they were looked for, which is less than was asked for when not everything may be read. */
export type Found = {
  readonly deployments: readonly Deployment[];
  readonly namespace: string | null;
  /** Answers that are kept for deployments that are no longer there. */
  readonly orphans: readonly { readonly name: string; readonly namespace: string }[];
};

type Graphs = Pick<SurveyAsk, 'graph'>;

const ours = { labelSelector: `${managedByLabel}=${ownName}` };
const within = ({ namespace }: Where): string => (namespace === null ? '' : `/namespaces/${namespace}`);
const spaceOf = ({ metadata }: KubernetesObject): string => metadata.namespace ?? '';
const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;

/** Null for a ConfigMap that holds no answers. */
const answersIn = (record: KubernetesObject): Values | null => {
  const text = (record['data'] as Readonly<Record<string, unknown>> | undefined)?.[answersKey];
  if (typeof text !== 'string') return null;
  const [data] = parseYaml(text).documents;
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Values) : null;
};

/** What is kept beside a deployment. */
type Kept = { readonly name: string; readonly namespace: string } & Pick<
  Deployment,
  'answers' | 'lastVerify'
>;

const recordIn = (object: KubernetesObject): Kept[] => {
  const answers = answersIn(object);
  const { labels, annotations } = object.metadata;
  const name = instanceOf(labels) ?? '';
  return answers === null
    ? []
    : [{ name, namespace: spaceOf(object), answers, lastVerify: lastVerifyIn(annotations) }];
};

/** Without the right to read them, deployments are told without their answers. */
const readRecords = async (
  client: Client,
  where: Where,
  labelSelector: string,
  signal: AbortSignal,
): Promise<readonly Kept[]> => {
  try {
    const path = `/api/v1${within(where)}/configmaps`;
    return (await listAll(client, path, { labelSelector }, signal)).objects.flatMap(recordIn);
  } catch (error) {
    if (isClusterError(error) && error.kind === 'forbidden') return [];
    throw error;
  }
};

const readGraphs = async (
  client: Client,
  { graph }: Graphs,
  where: Where,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> =>
  (await readFirst(
    graph,
    async root => (await listAll(client, `${root}${within(where)}/${graph.plural}`, ours, signal)).objects,
  )) ?? [];

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Names are plain letters and digits: a collator of the language would take longer to load than to sort. */
const byPlace = (a: Deployment, b: Deployment): number =>
  order(a.namespace, b.namespace) || order(a.name, b.name);

const deploymentOf = (graph: KubernetesObject, record: Kept | undefined): Deployment => ({
  name: graph.metadata.name,
  namespace: spaceOf(graph),
  graph,
  answers: record?.answers ?? null,
  lastVerify: record?.lastVerify ?? null,
  own: isOwn(graph.metadata.labels),
});

const recordsByPlace = (records: readonly Kept[]): Map<string, Kept> =>
  new Map(records.map(one => [keyOf(one.namespace, one.name), one]));

/** Two lists, whatever the number of deployments. Errors: ClusterError; `forbidden` when the graphs may not be listed there. */
const survey = async (client: Client, ask: Graphs, where: Where, signal: AbortSignal): Promise<Found> => {
  const [graphs, records] = await Promise.all([
    readGraphs(client, ask, where, signal),
    readRecords(client, where, ours.labelSelector, signal),
  ]);
  const byKey = recordsByPlace(records);
  const deployments = graphs.map(graph =>
    deploymentOf(graph, byKey.get(keyOf(spaceOf(graph), graph.metadata.name))),
  );
  for (const { name, namespace } of deployments) byKey.delete(keyOf(namespace, name));
  const orphans = [...byKey.values()].map(({ name, namespace }) => ({ name, namespace }));
  return { deployments: deployments.sort(byPlace), namespace: where.namespace, orphans };
};

/** Ours, by label, sorted by namespace and name; where all namespaces may not be listed, in the one namespace. Errors: ClusterError. */
export const findAround = async (
  client: Client,
  ask: Graphs,
  namespace: () => Promise<string>,
  signal: AbortSignal,
): Promise<Found> => {
  try {
    return await survey(client, ask, { namespace: null }, signal);
  } catch (error) {
    if (!isClusterError(error) || error.kind !== 'forbidden') throw error;
    return survey(client, ask, { namespace: await namespace() }, signal);
  }
};

export const findWithin = (
  client: Client,
  ask: Graphs,
  namespace: string,
  signal: AbortSignal,
): Promise<Found> => survey(client, ask, { namespace }, signal);

/** The namespace behind -n; null when none was typed. */
export const typedNamespace = ({ typed }: Context): string | null =>
  typeof typed['namespace'] === 'string' ? typed['namespace'] : null;

/** One object by its name, whoever made it; null when it is not there. */
const readOne = async (
  { client, ask, signal }: { readonly client: Client; readonly ask: Graphs; readonly signal: AbortSignal },
  namespace: string,
  name: string,
): Promise<Deployment | null> => {
  const { graph } = ask;
  const rest = `namespaces/${namespace}/${graph.plural}/${encodeURIComponent(name)}`;
  const found = await readFirst(
    graph,
    async root =>
      (await client.request<KubernetesObject>({ method: 'GET', path: `${root}/${rest}`, signal })).body,
  );
  if (found === null) return null;
  const records = await readRecords(client, { namespace }, ownSelector(name), signal);
  return deploymentOf(found, recordsByPlace(records).get(keyOf(namespace, name)));
};

/**
 * The deployment that is meant. With a name: that one in the settled namespace, whoever made it, else the only one of ours of that
 * name in another namespace (unless -n was typed). Without: the only one of ours, else a list to choose from at a terminal.
 * Errors: `unavailable` when it is not there, `usage` when several might be meant; ClusterError.
 */
export const chooseDeployment = async (
  context: Context,
  client: Client,
  name: string | undefined,
): Promise<Deployment> => {
  const ask = await context.entry.preflight().then(({ survey: { graph } }) => ({ graph }));
  const { signal } = context.io;
  const namespace = await namespaceOf(context);
  if (name !== undefined) {
    const exact = await whileLooking(context, readOne({ client, ask, signal }, namespace, name));
    if (exact !== null) return exact;
  }
  const typed = typedNamespace(context);
  const found = await whileLooking(
    context,
    typed === null
      ? findAround(client, ask, async () => namespace, signal)
      : findWithin(client, ask, typed, signal),
  );
  return pickDeployment(context, found, { name });
};
