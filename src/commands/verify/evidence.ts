/** What a verification reads of the cluster when it looks for a cause: logs and the names of network policies. */

import type { Client } from '../../cluster/client.ts';
import { readLog } from '../../cluster/logs.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import { redact } from '../../core/redact.ts';

type PodList = {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly containers: readonly { readonly name: string }[] };
  }[];
};

type Named = { readonly items: readonly { readonly metadata: { readonly name: string } }[] };

/** Of this many pods, this many last lines each. */
const mostPods = 3;
const lastLines = 200;

/** The container that the operator completes; manifests of others may name it otherwise. */
const usual = 'main';

/** Evidence that cannot be read is none; an interrupt is passed on. */
const orNothing = async <T>(work: () => Promise<readonly T[]>): Promise<readonly T[]> => {
  try {
    return await work();
  } catch (error) {
    if (!isClusterError(error) || error.kind === 'interrupted') throw error;
    return [];
  }
};

/** Last lines of the logs of the pods with these labels, without secrets; empty when they cannot be read. Errors: `interrupted`. */
export const logsOf = (
  client: Client,
  namespace: string,
  labelSelector: string,
  signal: AbortSignal,
): Promise<readonly string[]> =>
  orNothing(async () => {
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const query = { labelSelector };
    const { items } = (await client.request<PodList>({ method: 'GET', path, query, signal })).body;
    const lines: string[] = [];
    for (const { metadata, spec } of items.slice(0, mostPods)) {
      const container = (spec.containers.find(({ name }) => name === usual) ?? spec.containers[0])?.name;
      if (container === undefined) continue;
      const log = { namespace, pod: metadata.name, container, previous: false, follow: false, signal };
      for await (const line of readLog(client, { ...log, tailLines: lastLines })) lines.push(redact(line));
    }
    return lines;
  });

/** `NetworkPolicy no-internet`, …; empty when they cannot be read. Errors: `interrupted`. */
export const policiesOf = (
  client: Client,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly string[]> =>
  orNothing(async () => {
    const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
    const { items } = (await client.request<Named>({ method: 'GET', path, signal })).body;
    return items.map(({ metadata }) => `NetworkPolicy ${metadata.name}`);
  });
