/** Owns reading what bound, unfinished pods take from their nodes. */

import type { Amounts, NodeUse } from '../../core/cluster-facts.ts';
import { nothing, plus } from './amounts.ts';
import { type Fold, readList } from './list.ts';
import { type PodSpec, podAsk } from './podAsk.ts';
import type { Reader } from './reader.ts';

type WrittenPod = { readonly metadata: { readonly namespace?: string }; readonly spec?: PodSpec };

/** Finished pods have given back what they took; pods without a node took nothing yet. */
const boundAndUnfinished = 'status.phase!=Succeeded,status.phase!=Failed,spec.nodeName!=';

/** Adds pods up by node and namespace; keeps no pod. */
export const nodeUse = (): Fold<WrittenPod, readonly NodeUse[]> => {
  const nodes = new Map<string, Map<string, Amounts>>();
  return {
    add: ({ metadata, spec = {} }) => {
      const { nodeName } = spec;
      if (nodeName === undefined) return;
      const namespaces = nodes.get(nodeName) ?? new Map<string, Amounts>();
      nodes.set(nodeName, namespaces);
      const namespace = metadata.namespace ?? '';
      namespaces.set(namespace, plus(namespaces.get(namespace) ?? nothing, podAsk(spec)));
    },
    end: () =>
      [...nodes].flatMap(([node, namespaces]) =>
        [...namespaces].map(([namespace, asked]) => ({ node, namespace, asked })),
      ),
  };
};

export const readUse = (reader: Reader): Promise<readonly NodeUse[]> =>
  readList(reader, { path: '/api/v1/pods', query: { fieldSelector: boundAndUnfinished } }, nodeUse);
