/** Owns reading Karpenter's NodePools: what an autoscaler could still make. */

import type { Labels, NodePoolFact, ServedKind } from '../../core/cluster-facts.ts';
import { collect, readList } from './list.ts';
import type { Metadata } from './metadata.ts';
import { taintsOf, type WrittenTaint } from './nodes.ts';
import type { Reader } from './reader.ts';

export const poolGroup = 'karpenter.sh';
const versions = ['v1', 'v1beta1'];

/** The version in which to read NodePools; undefined when none is served. */
export const poolVersion = (served: readonly ServedKind[]): string | undefined =>
  versions.find(version =>
    served.some(kind => kind.group === poolGroup && kind.version === version && kind.plural === 'nodepools'),
  );

type WrittenPool = {
  readonly metadata: Metadata;
  readonly spec?: {
    readonly limits?: Readonly<Record<string, string | number>>;
    readonly template?: {
      readonly metadata?: { readonly labels?: Labels };
      readonly spec?: {
        readonly taints?: readonly WrittenTaint[];
        readonly requirements?: readonly {
          readonly key: string;
          readonly operator: string;
          readonly values?: readonly string[];
        }[];
      };
    };
  };
  readonly status?: {
    readonly resources?: Readonly<Record<string, string | number>>;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
};

/** v1beta1 knows no such condition: ready is what does not say otherwise. */
const isReady = ({ status }: WrittenPool): boolean => {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready === undefined || ready.status === 'True';
};

const asText = (amounts: Readonly<Record<string, string | number>>): Labels =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, String(amount)]));

export const nodePoolFact = (pool: WrittenPool): NodePoolFact => {
  const { limits = {}, template = {} } = pool.spec ?? {};
  const { taints, requirements = [] } = template.spec ?? {};
  return {
    name: pool.metadata.name,
    labels: template.metadata?.labels ?? {},
    taints: taintsOf(taints),
    requirements: requirements.map(({ key, operator, values = [] }) => ({ key, operator, values })),
    limits: asText(limits),
    ...(pool.status?.resources && { used: asText(pool.status.resources) }),
    ready: isReady(pool),
  };
};

export const readNodePools = (reader: Reader, version: string): Promise<readonly NodePoolFact[]> =>
  readList(reader, { path: `/apis/${poolGroup}/${version}/nodepools` }, collect(nodePoolFact));
