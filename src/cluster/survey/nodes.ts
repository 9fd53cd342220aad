/** Owns reading nodes. */

import type { Labels, NodeFact, Taint } from '../../core/cluster-facts.ts';
import { amountsOf, type Quantities } from './amounts.ts';
import { collect, readList } from './list.ts';
import { amountOf } from './quantity.ts';
import type { Reader } from './reader.ts';

export type WrittenTaint = { readonly key: string; readonly value?: string; readonly effect?: string };

type WrittenNode = {
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  readonly spec?: { readonly taints?: readonly WrittenTaint[]; readonly unschedulable?: boolean };
  readonly status?: {
    readonly allocatable?: Quantities;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly nodeInfo?: { readonly architecture?: string; readonly kubeletVersion?: string };
  };
};

export const taintsOf = (taints: readonly WrittenTaint[] = []): Taint[] =>
  taints.map(({ key, value = '', effect = '' }) => ({ key, value, effect }));

const vendor = 'nvidia.com/';

const devicesOf = (allocatable: Quantities): Readonly<Record<string, number>> => {
  const devices: Record<string, number> = {};
  for (const name in allocatable)
    if (name.startsWith(vendor)) devices[name] = amountOf(allocatable[name] ?? '');
  return devices;
};

const isReady = ({ conditions = [] }: NonNullable<WrittenNode['status']>): boolean =>
  conditions.some(({ type, status }) => type === 'Ready' && status === 'True');

export const nodeFact = ({ metadata, spec = {}, status = {} }: WrittenNode): NodeFact => {
  const { allocatable = {}, nodeInfo = {} } = status;
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    taints: taintsOf(spec.taints),
    ready: isReady(status),
    unschedulable: spec.unschedulable === true,
    architecture: nodeInfo.architecture ?? '',
    kubelet: nodeInfo.kubeletVersion ?? '',
    allocatable: amountsOf(allocatable),
    devices: devicesOf(allocatable),
  };
};

export const readNodes = (reader: Reader): Promise<readonly NodeFact[]> =>
  readList(reader, { path: '/api/v1/nodes' }, collect(nodeFact));
