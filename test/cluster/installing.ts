/** Owns running the built program against a rehearsal cluster, and looking at what it left there. */

import { afterAll, beforeAll } from 'vitest';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import { type Hub, MODEL, startHub } from '../kit/hub.ts';
import { type Ended, type Running, runProgram, verb } from '../kit/program.ts';
import { eventually } from './support.ts';

export const NAMESPACE = 'dynamo-system';

/** The real frontend and its mock workers are a few processes of Python each, which take their time on a busy machine. */
export const PATIENCE = { timeout: 120_000 };

/** A Hub until the file's end. */
export const useHub = (): (() => Hub) => {
  let hub: Hub | undefined;
  beforeAll(async () => {
    hub = await startHub();
  });
  afterAll(() => hub?.stop());
  return () => {
    if (hub === undefined) throw new Error('The Hub is not running.');
    return hub;
  };
};

/** Runs a verb against the cluster with all rights, unless the words say otherwise. */
export const runIn = (
  cluster: Cluster,
  hub: Hub,
  words: readonly string[],
  running: Running = {},
): Promise<Ended> =>
  runProgram(words, { ...running, env: { KUBECONFIG: cluster.kubeconfig, ...hub.env, ...running.env } });

/** `install --yes --action deploy` of a small model, on storage that every node can mount. */
export const deployWords = (name: string, ...words: readonly string[]): readonly string[] => [
  ...verb('install', '--yes', '--action', 'deploy', '--model', MODEL),
  ...['--name', name, '--storage-class', 'efs'],
  ...words,
];

const labelled = (name: string): string =>
  encodeURIComponent(`nvidia.com/dynamo-graph-deployment-name=${name}`);

/** All pods that belong to a deployment, those of its Job too. */
const podsOf = async ({ api }: Cluster, name: string): Promise<KubeObject[]> => {
  const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
  const own = (await api.send('GET', `${path}?labelSelector=${labelled(name)}`)).items as KubeObject[];
  const jobs = (await api.send('GET', `${path}?labelSelector=job-name`)).items as KubeObject[];
  return [...own, ...jobs.filter(({ metadata }) => metadata.name.startsWith(`${name}-`))];
};

/** Which pods there are and how often each was restarted. */
export const livesOf = async (cluster: Cluster, name: string): Promise<string[]> =>
  (await podsOf(cluster, name))
    .map(({ metadata, status }) => {
      const statuses = (status?.containerStatuses ?? []) as { restartCount: number }[];
      return `${metadata.name} ${metadata.uid} ${statuses.map(each => each.restartCount).join()}`;
    })
    .sort();

/** Null when it is not there. */
export const graphOf = async ({ objects }: Cluster, name: string): Promise<KubeObject | null> => {
  const metadata = { name, namespace: NAMESPACE };
  return (
    (await objects.read({ apiVersion: 'nvidia.com/v1alpha1', kind: 'DynamoGraphDeployment', metadata })) ??
    null
  );
};

/** Makes room: what ran for it is gone afterwards. */
export const removeDeployment = async (cluster: Cluster, name: string): Promise<void> => {
  const graph = await graphOf(cluster, name);
  if (graph !== null) await cluster.objects.remove(graph);
  const path = `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=${labelled(name)}`;
  await eventually(
    async () => (((await cluster.api.send('GET', path)).items as unknown[]).length === 0 ? true : undefined),
    `the pods of ${name} are gone`,
    60_000,
  );
};
