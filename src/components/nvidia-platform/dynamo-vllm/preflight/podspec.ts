/** Reads of a pod's specification what the scheduler and quotas look at, whoever wrote it. */

import type { Amounts, Labels } from '../../../../core/cluster-facts.ts';
import { noAmounts, quantityOf } from './amounts.ts';

export type Data = Readonly<Record<string, unknown>>;

export const record = (value: unknown): Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

/** A map's plain values as text. */
export const labelsOf = (value: unknown): Labels =>
  Object.fromEntries(
    Object.entries(record(value))
      .filter(([, one]) => one !== null && typeof one !== 'object')
      .map(([key, one]) => [key, text(one)]),
  );

export type Tolerated = {
  /** Empty with `Exists`: every taint. */
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  /** Empty: every effect. */
  readonly effect: string;
};

export type Expression = {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
};

/** Where a pod may run. */
export type Where = {
  readonly tolerations: readonly Tolerated[];
  readonly nodeSelector: Labels;
  /** Terms of the required node affinity: one of them has to hold whole; null when there is none. */
  readonly affinity: readonly (readonly Expression[])[] | null;
};

/** Sums over containers by resource name; a request that is not said is the limit. */
export type Resources = { readonly requests: Labels; readonly limits: Labels };

const tolerationOf = (value: unknown): Tolerated => {
  const { key, operator, value: said, effect } = record(value);
  return { key: text(key), operator: text(operator) || 'Equal', value: text(said), effect: text(effect) };
};

const expressionOf = (value: unknown): Expression => {
  const { key, operator, values } = record(value);
  return { key: text(key), operator: text(operator), values: list(values).map(text) };
};

/** Fields can only be the node's name; it is also the label of the host's name on nearly every node. */
const termOf = (term: unknown): Expression[] => [
  ...list(record(term)['matchExpressions']).map(expressionOf),
  ...list(record(term)['matchFields'])
    .map(expressionOf)
    .map(one => ({ ...one, key: 'kubernetes.io/hostname' })),
];

export const whereOf = (spec: Data): Where => {
  const required = record(record(spec['affinity'])['nodeAffinity'])[
    'requiredDuringSchedulingIgnoredDuringExecution'
  ];
  return {
    tolerations: list(spec['tolerations']).map(tolerationOf),
    nodeSelector: labelsOf(spec['nodeSelector']),
    affinity: required === undefined ? null : list(record(required)['nodeSelectorTerms']).map(termOf),
  };
};

/** Values of a label that a required pod affinity wants to share on one node; empty when there is none. */
export const togetherBy = (spec: Data, label: string): string[] =>
  list(
    record(record(spec['affinity'])['podAffinity'])['requiredDuringSchedulingIgnoredDuringExecution'],
  ).flatMap(term => {
    const { topologyKey, labelSelector } = record(term);
    const value = labelsOf(record(labelSelector)['matchLabels'])[label];
    return topologyKey === 'kubernetes.io/hostname' && value !== undefined ? [value] : [];
  });

/** Claims among the volumes. */
export const claimsOf = (spec: Data): string[] =>
  list(spec['volumes']).flatMap(volume => {
    const name = record(record(volume)['persistentVolumeClaim'])['claimName'];
    return name === undefined ? [] : [text(name)];
  });

const withRequests = ({ requests, limits }: Resources): Resources => ({
  limits,
  requests: { ...limits, ...requests },
});

export const resourcesOf = (container: unknown): Resources => {
  const { requests, limits } = record(record(container)['resources']);
  return withRequests({ requests: labelsOf(requests), limits: labelsOf(limits) });
};

const added = (maps: readonly Labels[]): Labels => {
  const sum: Record<string, number> = {};
  for (const map of maps)
    for (const [name, value] of Object.entries(map)) sum[name] = (sum[name] ?? 0) + (quantityOf(value) ?? 0);
  return Object.fromEntries(Object.entries(sum).map(([name, value]) => [name, String(value)]));
};

export const addResources = (all: readonly Resources[]): Resources => ({
  requests: added(all.map(one => one.requests)),
  limits: added(all.map(one => one.limits)),
});

export const gpuName = 'nvidia.com/gpu';

/** What the scheduler counts of a pod's requests. */
export const amountsOf = (requests: Labels): Amounts => {
  const said = (name: string): number => quantityOf(requests[name]) ?? 0;
  return {
    ...noAmounts,
    gpus: said(gpuName),
    cpuMilli: said('cpu') * 1000,
    memoryBytes: said('memory'),
    ephemeralBytes: said('ephemeral-storage'),
  };
};
