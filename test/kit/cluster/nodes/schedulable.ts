/** Owns waiting until new nodes can take pods. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, KubeObject } from '../api/client.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';

/** Resolves when the node controller has taken its "not ready" taint from every node. */
export async function untilSchedulable(api: Api): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const list = await api.send('GET', '/api/v1/nodes');
    if (!(list.items as KubeObject[]).some(isNew)) return;
    await sleep(100);
  }
  throw new Error('A minute after their creation some nodes still carry the taint of new nodes.');
}

function isNew(node: KubeObject): boolean {
  return ((node.spec?.taints ?? []) as { key: string }[]).some(taint => taint.key === NOT_READY);
}
