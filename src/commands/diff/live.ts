/** Reads what is there of a set of objects, and what is there beside them. */

import type { DryRun } from '../../cluster/apply.ts';
import type { Client } from '../../cluster/client.ts';
import { listAll } from '../../cluster/pages.ts';
import { type ClusterError, isClusterError } from '../../cluster/refusal.ts';
import { slots } from '../../cluster/survey/slots.ts';
import { groupOf, type Ref, refOf, sameRef } from '../../core/kinds.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { ownSelector } from '../../core/ownership.ts';
import { recordName } from '../apply/record.ts';

/** `gone` is not there; `unread` says why nobody knows. */
export type Live =
  | { readonly object: KubernetesObject }
  | { readonly gone: true }
  | { readonly unread: ClusterError };

const mostAtOnce = 6;

const readOne = async (client: Client, path: string): Promise<Live> => {
  try {
    return { object: (await client.request<KubernetesObject>({ method: 'GET', path })).body };
  } catch (error) {
    if (!isClusterError(error) || error.status === 0) throw error;
    return error.kind === 'not-found' ? { gone: true } : { unread: error };
  }
};

/** Only what a dry run did not call new. Errors: ClusterError about the connection. */
export const readLive = (client: Client, runs: readonly DryRun[]): Promise<Live[]> => {
  const run = slots(mostAtOnce);
  return Promise.all(
    runs.map(async ({ path, exists, would }) => {
      if (path === null || (would !== null && !exists)) return { gone: true };
      return run(() => readOne(client, path));
    }),
  );
};

/** Kinds that a deployment leaves behind when its manifests change their names. */
const extraPaths = (namespace: string): string[] => [
  `/apis/batch/v1/namespaces/${namespace}/jobs`,
  `/api/v1/namespaces/${namespace}/configmaps`,
];

/** Objects of the deployment that are not in the set; none where they may not be listed. */
export const readExtra = async (
  client: Client,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  refs: readonly Ref[],
  signal: AbortSignal,
): Promise<Ref[]> => {
  const list = async (path: string): Promise<readonly KubernetesObject[]> => {
    try {
      return (await listAll(client, path, { labelSelector: ownSelector(name) }, signal)).objects;
    } catch (error) {
      if (isClusterError(error) && error.status > 0) return [];
      throw error;
    }
  };
  const found = (await Promise.all(extraPaths(namespace).map(list))).flat().map(refOf);
  return found.filter(
    ref =>
      !refs.some(one => sameRef(one, ref)) && !(ref.kind === 'ConfigMap' && ref.name === recordName(name)),
  );
};

type Group = { readonly versions?: readonly { readonly groupVersion?: string }[] };

/** `nvidia.com/v1beta1` and the like; empty when the group is not served. */
export const servedVersions = async (client: Client, apiVersion: string): Promise<string[]> => {
  const group = groupOf(apiVersion);
  if (group === '') return ['v1'];
  try {
    const { body } = await client.request<Group>({ method: 'GET', path: `/apis/${group}` });
    return (body.versions ?? []).flatMap(({ groupVersion }) => groupVersion ?? []);
  } catch (error) {
    if (isClusterError(error) && error.status > 0) return [];
    throw error;
  }
};
