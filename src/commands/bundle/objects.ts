/** The objects of a bundle: what belongs to the deployment, and the operator that makes it. Secrets are never read. */

import type { Client } from '../../cluster/client.ts';
import { listAll } from '../../cluster/pages.ts';
import { type ClusterFacts, type OperatorFact, readOr } from '../../core/cluster-facts.ts';
import type { Collection } from '../../core/inventory.ts';
import type { Task } from './tasks.ts';

/** More of one kind than this helps nobody. */
const mostObjects = 2000;

const rootOf = (group: string, version: string): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;

/** The version that the API server serves; null when it does not serve the kind. */
const versionOf = ({ group, version, plural }: Collection, cluster: ClusterFacts | null): string | null => {
  if (version !== null) return version;
  const served = cluster === null ? [] : (readOr(cluster.served) ?? []);
  return served.find(kind => kind.group === group && kind.plural === plural)?.version ?? null;
};

const forbiddenKinds: readonly string[] = ['secrets'];

export const collectionTasks = (
  client: Client,
  namespace: string,
  collections: readonly Collection[],
  cluster: ClusterFacts | null,
): Task[] =>
  collections.flatMap(collection => {
    const { file, group, plural, labelSelector } = collection;
    const version = versionOf(collection, cluster);
    if (version === null || forbiddenKinds.includes(plural)) return [];
    const path = `${rootOf(group, version)}/namespaces/${namespace}/${plural}`;
    return [
      {
        what: `${file}${labelSelector === null ? ` of namespace ${namespace}` : ''}`,
        file: `objects/${file}.json`,
        read: async signal => {
          const query = { labelSelector: labelSelector ?? undefined };
          const { objects } = await listAll(client, path, query, signal);
          return objects.length === 0 ? null : objects.slice(-mostObjects);
        },
      },
    ];
  });

/** Found by a list, which the survey needs the right for anyway. */
export const operatorTasks = (client: Client, operators: readonly OperatorFact[]): Task[] =>
  operators.map(({ namespace, name }) => ({
    what: `Deployment ${name} of the operator`,
    file: `operator/${namespace}-${name}.json`,
    read: async signal => {
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
      const { objects } = await listAll(client, path, { fieldSelector: `metadata.name=${name}` }, signal);
      return objects[0] ?? null;
    },
  }));
