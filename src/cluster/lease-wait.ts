/** Watches a lease that another machine may still hold. */

import type { Client } from './client.ts';
import type { LeaseObject } from './lease-holder.ts';

type WatchLine = { readonly type?: string; readonly object?: LeaseObject };

/** What happened to it: its holder renewed it, it is gone or somebody else's by now, or nothing for the whole time. */
export type News = 'renewed' | 'changed' | 'silent';

const newsIn = (line: string, before: LeaseObject): News | null => {
  const { type, object } = JSON.parse(line) as WatchLine;
  if (type === 'DELETED' || type === 'ERROR') return 'changed';
  if (object?.spec?.holderIdentity !== before.spec?.holderIdentity) return 'changed';
  return object?.spec?.renewTime === before.spec?.renewTime ? null : 'renewed';
};

/** One watch of one object. After Ctrl-C it is `changed`. Errors: ClusterError. */
export const untilChanged = async (
  client: Client,
  lease: LeaseObject,
  ms: number,
  signal: AbortSignal,
): Promise<News> => {
  const { name, namespace, resourceVersion } = lease.metadata;
  const end = AbortSignal.timeout(ms);
  const ask = {
    path: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
    query: { watch: true, fieldSelector: `metadata.name=${name}`, resourceVersion },
    signal: AbortSignal.any([end, signal]),
  };
  for await (const line of client.lines(ask)) {
    const news = newsIn(line, lease);
    if (news !== null) return news;
  }
  return end.aborted && !signal.aborted ? 'silent' : 'changed';
};
