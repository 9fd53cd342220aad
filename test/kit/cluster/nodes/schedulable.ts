/** Owns waiting until new nodes can take pods. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, KubeObject } from '../api/client.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';

/** Resolves when the node controller has taken its "not ready" taint from every node. */
export async function untilSchedulable(api: Api): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (Date.now() < deadline) {
    const { items } = await api.send('GET', '/api/v1/nodes?resourceVersion=0');
    const nodes = items as KubeObject[];
    if (!nodes.some(isNew)) return;
    // Thousands of nodes are a long list to read.
    await sleep(nodes.length > 200 ? 2000 : 50);
  }
  throw new Error('Three minutes after their creation some nodes still carry the taint of new nodes.');
}

function isNew(node: KubeObject): boolean {
  return ((node.spec?.taints ?? []) as { key: string }[]).some(taint => taint.key === NOT_READY);
}
