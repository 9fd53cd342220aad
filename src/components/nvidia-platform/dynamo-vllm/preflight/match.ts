/** Whether a node would take a pod, as the scheduler decides it: state, taints, selector, affinity. */

import type { Labels, NodeFact, Taint } from '../../../../core/cluster-facts.ts';
import { passes } from '../passing-taints.ts';
import type { Expression, Tolerated, Where } from './podspec.ts';

const toleratesTaint = (tolerations: readonly Tolerated[], taint: Taint): boolean =>
  tolerations.some(
    ({ key, operator, value, effect }) =>
      (effect === '' || effect === taint.effect) &&
      (key === '' ? operator === 'Exists' : key === taint.key) &&
      (operator === 'Exists' || value === taint.value),
  );

/** Only these keep a pod away; `PreferNoSchedule` does not. */
const keepsAway = (taint: Taint): boolean => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';

export const untolerated = (taints: readonly Taint[], where: Where): Taint[] =>
  taints.filter(taint => keepsAway(taint) && !toleratesTaint(where.tolerations, taint));

const operators: Readonly<Record<string, (said: string | undefined, values: readonly string[]) => boolean>> =
  {
    In: (said, values) => said !== undefined && values.includes(said),
    NotIn: (said, values) => said === undefined || !values.includes(said),
    Exists: said => said !== undefined,
    DoesNotExist: said => said === undefined,
    Gt: (said, [value]) => said !== undefined && Number(said) > Number(value),
    Lt: (said, [value]) => said !== undefined && Number(said) < Number(value),
  };

const meets = (labels: Labels, { key, operator, values }: Expression): boolean =>
  operators[operator]?.(labels[key], values) ?? true;

/** Labels of the selector that the node lacks or has otherwise, `key=value`. */
const selectorMisses = (labels: Labels, { nodeSelector, affinity }: Where): string[] => {
  const missing = Object.entries(nodeSelector)
    .filter(([key, value]) => labels[key] !== value)
    .map(([key, value]) => `${key}=${value}`);
  if (missing.length > 0 || affinity === null) return missing;
  return affinity.some(term => term.every(one => meets(labels, one))) ? [] : ['the node affinity'];
};

export type Refusal =
  | { readonly kind: 'not-ready' | 'cordoned' }
  | { readonly kind: 'taint'; readonly taint: Taint }
  | { readonly kind: 'selector'; readonly misses: readonly string[] };

/** Why a node would not take a pod whatever it has free; null when it would. */
export const refusalOf = (node: NodeFact, where: Where): Refusal | null => {
  if (!node.ready) return { kind: 'not-ready' };
  if (node.unschedulable) return { kind: 'cordoned' };
  const misses = selectorMisses(node.labels, where);
  if (misses.length > 0) return { kind: 'selector', misses };
  const [taint] = untolerated(node.taints, where);
  if (taint === undefined) return null;
  return passes(taint.key) ? { kind: 'not-ready' } : { kind: 'taint', taint };
};

/** `key=value:Effect`, as kubectl and `--toleration` write it. */
export const taintText = ({ key, value, effect }: Taint): string =>
  `${key}${value === '' ? '' : `=${value}`}:${effect}`;
