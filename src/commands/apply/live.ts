/** What is known of live objects: from the survey, from the dry run, and only then by asking. */

import type { DryRun } from '../../cluster/apply.ts';
import type { Client } from '../../cluster/client.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import { type ClaimFact, type ClusterFacts, type Labels, readOr } from '../../core/cluster-facts.ts';
import type { Ref } from '../../core/kinds.ts';
import { isOwn, ownName } from '../../core/ownership.ts';

type Known = (cluster: ClusterFacts, name: string) => Labels | undefined;

const named = <T extends { readonly name: string; readonly labels: Labels }>(
  list: readonly T[] | null,
  name: string,
): Labels | undefined => list?.find(one => one.name === name)?.labels;

/** Kinds that a survey reads. */
const known: Readonly<Record<string, Known>> = {
  DynamoGraphDeployment: (cluster, name) => {
    const found = readOr(cluster.graphs)?.find(({ metadata }) => metadata.name === name);
    return found === undefined ? undefined : (found.metadata.labels ?? {});
  },
  ConfigMap: (cluster, name) =>
    readOr(cluster.answers)?.find(({ metadata }) => metadata.name === name)?.metadata.labels,
  Job: (cluster, name) => named(readOr(cluster.jobs), name),
  PersistentVolumeClaim: (cluster, name) => named(readOr(cluster.claims), name),
  Secret: (cluster, name) => named(readOr(cluster.secrets), name),
  Service: (cluster, name) => named(readOr(cluster.services), name),
};

/** Managers of fields outside the status; null when the dry run did not tell. */
const managersOf = ({ would }: DryRun): string[] | null =>
  would?.metadata.managedFields
    ?.filter(({ subresource }) => subresource !== 'status')
    .map(({ manager = '' }) => manager) ?? null;

type Metadata = { readonly metadata?: { readonly labels?: Labels } };

const readLabels = async (client: Client, path: string): Promise<Labels | null> => {
  try {
    const { body } = await client.request<Metadata>({
      method: 'GET',
      path,
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json',
    });
    return body.metadata?.labels ?? {};
  } catch (error) {
    if (isClusterError(error) && error.kind === 'not-found') return null;
    throw error;
  }
};

/** Whether what is there is this program's own. Asks the API server only when neither survey nor dry run tell. */
export const isOwnLive = async (client: Client, cluster: ClusterFacts, run: DryRun): Promise<boolean> => {
  const labels = known[run.ref.kind]?.(cluster, run.ref.name);
  if (labels !== undefined) return isOwn(labels);
  const managers = managersOf(run);
  if (managers?.every(manager => manager === ownName)) return true;
  const read = run.path === null ? null : await readLabels(client, run.path);
  return read === null || isOwn(read);
};

type ClaimSpec = {
  readonly accessModes?: readonly string[];
  readonly storageClassName?: string;
  readonly volumeName?: string;
  readonly resources?: { readonly requests?: Labels };
};

type LiveClaim = {
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  readonly spec?: ClaimSpec;
  readonly status?: { readonly phase?: string; readonly capacity?: Labels };
};

export const claimFact = ({ metadata, spec = {}, status = {} }: LiveClaim): ClaimFact => ({
  name: metadata.name,
  accessModes: spec.accessModes ?? [],
  storageClass: spec.storageClassName ?? null,
  phase: status.phase ?? 'Pending',
  size: spec.resources?.requests?.['storage'] ?? null,
  capacity: status.capacity?.['storage'] ?? null,
  volume: spec.volumeName ?? null,
  labels: metadata.labels ?? {},
});

/** A claim that came after the survey; null when there is none. */
export const readClaim = async (client: Client, path: string): Promise<ClaimFact | null> => {
  try {
    return claimFact((await client.request<LiveClaim>({ method: 'GET', path })).body);
  } catch (error) {
    if (isClusterError(error) && error.kind === 'not-found') return null;
    throw error;
  }
};

/** uid of a surveyed graph; null when it was not read. */
export const graphUid = (cluster: ClusterFacts, ref: Ref): string | null => {
  const found = readOr(cluster.graphs)?.find(({ metadata }) => metadata.name === ref.name);
  const uid = (found?.metadata as { readonly uid?: unknown } | undefined)?.uid;
  return typeof uid === 'string' ? uid : null;
};
