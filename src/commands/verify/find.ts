/** Finds the deployment that is meant: by its name, or the only one of ours. */

import type { Client } from '../../cluster/client.ts';
import { type ClusterError, isClusterError } from '../../cluster/refusal.ts';
import type { SurveyAsk } from '../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { isOwn } from '../../core/ownership.ts';
import { listed } from '../../core/text.ts';
import { CliError } from '../../errors.ts';

type Graphs = Pick<SurveyAsk, 'graph'>['graph'];
type List = { readonly items: readonly KubernetesObject[] };

/** Versions that are not served are passed over, and so is one that the operator would have to convert while it is down. */
const passedOver = (error: unknown): error is ClusterError =>
  isClusterError(error) && ['not-found', 'server'].includes(error.kind);

/** What comes of the first version that can be read; null when nothing is there in any of them. Errors: ClusterError. */
export const readFirst = async <T>(
  { group, versions }: Pick<Graphs, 'group' | 'versions'>,
  read: (root: string) => Promise<T>,
): Promise<T | null> => {
  const refused: ClusterError[] = [];
  for (const version of versions) {
    try {
      return await read(`/apis/${group}/${version}`);
    } catch (error) {
      if (!passedOver(error)) throw error;
      refused.push(error);
    }
  }
  const broken = refused.find(({ kind }) => kind === 'server');
  if (broken !== undefined) throw broken;
  return null;
};

const read = <T>(client: Client, graphs: Graphs, rest: string): Promise<T | null> =>
  readFirst(graphs, async root => (await client.request<T>({ method: 'GET', path: `${root}/${rest}` })).body);

const nothingThere = (namespace: string): CliError =>
  new CliError('unavailable', `There is no deployment in namespace ${namespace}.`, {
    hint: 'Name another namespace with -n, or deploy one with install.',
  });

const names = (graphs: readonly KubernetesObject[]): string[] =>
  graphs.map(({ metadata }) => metadata.name).sort();

const choose = (found: readonly KubernetesObject[], namespace: string): KubernetesObject => {
  const own = found.filter(({ metadata }) => isOwn(metadata.labels));
  const [only] = own;
  if (only !== undefined && own.length === 1) return only;
  const candidates = names(own.length > 0 ? own : found);
  if (candidates.length === 0) throw nothingThere(namespace);
  const whose = own.length > 0 ? 'several deployments' : 'deployments, none of them made by this program,';
  throw new CliError('usage', `There are ${whose} in namespace ${namespace}: ${listed(candidates)}.`, {
    hint: `Name one, such as ${candidates[0] ?? ''}.`,
  });
};

const missing = (name: string, namespace: string, others: readonly string[]): CliError =>
  new CliError('unavailable', `There is no deployment ${name} in namespace ${namespace}.`, {
    hint:
      others.length === 0
        ? 'Name another namespace with -n.'
        : `There ${others.length === 1 ? 'is' : 'are'} ${listed(others)}; or name another namespace with -n.`,
  });

/** Errors: ClusterError; `unavailable` when it is not there, `usage` when several might be meant. */
export const findGraph = async (
  client: Client,
  graphs: Graphs,
  namespace: string,
  name: string | null,
): Promise<KubernetesObject> => {
  const collection = `namespaces/${namespace}/${graphs.plural}`;
  if (name !== null) {
    const found = await read<KubernetesObject>(client, graphs, `${collection}/${encodeURIComponent(name)}`);
    if (found !== null) return found;
  }
  const { items } = (await read<List>(client, graphs, collection)) ?? { items: [] };
  if (name !== null) throw missing(name, namespace, names(items));
  return choose(items, namespace);
};
