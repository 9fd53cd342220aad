/** Finds where objects live, asking the API server only about kinds that nobody knows yet. */

import type { ServedKind } from '../core/cluster-facts.ts';
import { apiRoot, groupOf, objectPath, placeOf, type Ref, refOf, versionOf } from '../core/kinds.ts';
import type { KubernetesObject } from '../core/manifest.ts';
import type { Client } from './client.ts';
import { isClusterError } from './refusal.ts';

type ResourceList = {
  readonly resources?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespaced: boolean;
  }[];
};

const discover = async (client: Client, apiVersion: string): Promise<ServedKind[]> => {
  try {
    const { body } = await client.request<ResourceList>({ method: 'GET', path: apiRoot(apiVersion) });
    return (body.resources ?? [])
      .filter(({ name }) => !name.includes('/'))
      .map(({ kind, name, namespaced }) => ({
        group: groupOf(apiVersion),
        version: versionOf(apiVersion),
        kind,
        plural: name,
        namespaced,
      }));
  } catch (error) {
    if (isClusterError(error) && error.kind === 'not-found') return [];
    throw error;
  }
};

export type Located = {
  readonly ref: Ref;
  /** With the namespace it goes to. */
  readonly object: KubernetesObject;
  /** Null when its kind is not served. */
  readonly path: string | null;
};

const locateOne = (object: KubernetesObject, served: readonly ServedKind[], fallback: string): Located => {
  const place = placeOf(object.apiVersion, object.kind, served);
  const namespace = place?.namespaced === false ? undefined : (object.metadata.namespace ?? fallback);
  const { namespace: _, ...metadata } = object.metadata;
  const homed = { ...object, metadata: { ...metadata, ...(namespace === undefined ? {} : { namespace }) } };
  const ref = refOf(homed);
  return { ref, object: homed, path: place === null ? null : objectPath(ref, place) };
};

/**
 * Where each object goes; `namespace` is for those that name none. One question for each version of an API
 * that holds a kind which is neither in the table nor in `served`. Errors: ClusterError.
 */
export const locate = async (
  client: Client,
  objects: readonly KubernetesObject[],
  { served, namespace }: { readonly served: readonly ServedKind[]; readonly namespace: string },
): Promise<Located[]> => {
  const strange = objects.filter(({ apiVersion, kind }) => placeOf(apiVersion, kind, served) === null);
  const versions = [...new Set(strange.map(({ apiVersion }) => apiVersion))];
  const found = await Promise.all(versions.map(version => discover(client, version)));
  const all = [...served, ...found.flat()];
  return objects.map(object => locateOne(object, all, namespace));
};
