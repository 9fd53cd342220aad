/** Owns making fake nodes, few or thousands. */

import type { Api } from '../api/client.ts';
import { type NodeSpec, nodeObject } from './nodeObject.ts';

const AT_ONCE = 24;

/** Creates the nodes; each is Ready when this resolves. */
export async function createNodes(api: Api, specs: readonly NodeSpec[], kubeletPort: number): Promise<void> {
  const left = [...specs];
  const work = async () => {
    for (let spec = left.pop(); spec; spec = left.pop()) {
      await api.send('POST', '/api/v1/nodes', nodeObject(spec, kubeletPort));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
