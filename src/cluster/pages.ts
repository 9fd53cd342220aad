/** Lists a collection page by page. */

import type { KubernetesObject } from '../core/manifest.ts';
import type { Client, Query } from './client.ts';

const pageSize = 500;

type Page = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubernetesObject[] | null;
};

export type Listed = {
  readonly objects: KubernetesObject[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
};

/** Items of a list do not say their kind; those of a watch do. */
const named = ({ apiVersion, kind, items }: Page): KubernetesObject[] =>
  (items ?? []).map(item => ({ ...item, apiVersion, kind: kind.replace(/List$/, '') }));

/** Every object of a collection at one moment. Rejects with a ClusterError. */
export const listAll = async (
  client: Client,
  path: string,
  query: Query,
  signal: AbortSignal,
): Promise<Listed> => {
  const objects: KubernetesObject[] = [];
  let next: string | undefined;
  for (;;) {
    const { body } = await client.request<Page>({
      method: 'GET',
      path,
      query: { ...query, limit: pageSize, continue: next },
      signal,
    });
    objects.push(...named(body));
    next = body.metadata.continue || undefined;
    if (next === undefined) return { objects, resourceVersion: body.metadata.resourceVersion };
  }
};
