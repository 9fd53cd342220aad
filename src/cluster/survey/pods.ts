/** Owns reading what bound, unfinished pods take from their nodes. */

import type { Labels, NodeUse, SurveyAsk } from '../../core/cluster-facts.ts';
import { nothing, plus } from './amounts.ts';
import { type Fold, readList } from './list.ts';
import { type PodSpec, podAsk } from './podAsk.ts';
import type { Reader } from './reader.ts';

type Metadata = { readonly namespace?: string; readonly labels?: Labels };
type WrittenPod = { readonly metadata: Metadata; readonly spec?: PodSpec };
type PodLabels = NonNullable<SurveyAsk['podLabels']>;

/** Finished pods have given back what they took; pods without a node took nothing yet. */
const boundAndUnfinished = 'status.phase!=Succeeded,status.phase!=Failed,spec.nodeName!=';

type Maker = Pick<NonNullable<NodeUse['made']>, 'deployment' | 'role'>;

const makerOf = ({ labels }: Metadata, by: PodLabels | undefined): Maker | null => {
  const deployment = by === undefined ? undefined : labels?.[by.deployment];
  if (by === undefined || deployment === undefined) return null;
  return { deployment, role: labels?.[by.role] ?? '' };
};

type Sums = Map<string, NodeUse>;

/** Names hold no slash. */
const keyOf = (namespace: string, maker: Maker | null): string =>
  maker === null ? namespace : `${namespace}/${maker.deployment}/${maker.role}`;

/** Adds pods up by node, namespace and role; keeps no pod. */
export const nodeUse = (by?: PodLabels): Fold<WrittenPod, readonly NodeUse[]> => {
  const nodes = new Map<string, Sums>();
  return {
    add: ({ metadata, spec = {} }) => {
      const { nodeName } = spec;
      if (nodeName === undefined) return;
      const sums: Sums = nodes.get(nodeName) ?? new Map();
      nodes.set(nodeName, sums);
      const namespace = metadata.namespace ?? '';
      const maker = makerOf(metadata, by);
      const key = keyOf(namespace, maker);
      const before = sums.get(key);
      const asked = plus(before?.asked ?? nothing, podAsk(spec));
      const made = maker === null ? {} : { made: { ...maker, pods: (before?.made?.pods ?? 0) + 1 } };
      sums.set(key, { node: nodeName, namespace, asked, ...made });
    },
    end: () => [...nodes.values()].flatMap(sums => [...sums.values()]),
  };
};

export const readUse = (reader: Reader, by: PodLabels | undefined): Promise<readonly NodeUse[]> =>
  readList(reader, { path: '/api/v1/pods', query: { fieldSelector: boundAndUnfinished } }, () => nodeUse(by));
