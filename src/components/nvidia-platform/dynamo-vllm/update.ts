/**
 * How the operator replaces the pods of a worker: annotations that it reads in every release, on a component's Deployment (up to 0.9) and
 * across generations of workers (from 1.0). They belong to the pods' template, so that changing them replaces the pods too.
 */

import type { settingTable } from './answers.ts';

type Strategy = (typeof settingTable.updateStrategy.choices)[number]['value'];

const prefix = 'nvidia.com/deployment-rolling-update-max-';
const surgeAnnotation = `${prefix}surge`;
const unavailableAnnotation = `${prefix}unavailable`;
const strategyAnnotation = 'nvidia.com/deployment-strategy';

const annotations: Readonly<Record<Strategy, Readonly<Record<string, string>> | null>> = {
  rolling: null,
  'in-place': { [surgeAnnotation]: '0', [unavailableAnnotation]: '1' },
  // The strategy of that name is read on one of the two ways only in some releases; these figures mean the same on both.
  recreate: { [surgeAnnotation]: '0', [unavailableAnnotation]: '100%' },
};

/** Null where the operator's own way is right. */
export const updateAnnotations = (strategy: Strategy | null): Readonly<Record<string, string>> | null =>
  strategy === null ? null : annotations[strategy];

/** How many pods may be there beyond those that are wanted, and how many of these may be missing. */
export type Budget = { readonly surge: number; readonly unavailable: number };

const usual = '25%';

const amount = (text: string, replicas: number, round: (value: number) => number): number => {
  const value = Number.parseInt(text, 10);
  if (!Number.isFinite(value)) return amount(usual, replicas, round);
  return text.trim().endsWith('%') ? round((replicas * value) / 100) : value;
};

/** As Kubernetes and the operator work it out: surge is rounded up, unavailable down, and one of them is never 0. */
export const budgetOf = (said: Readonly<Record<string, unknown>>, replicas: number): Budget => {
  if (said[strategyAnnotation] === 'Recreate') return { surge: 0, unavailable: replicas };
  const surge = amount(String(said[surgeAnnotation] ?? usual), replicas, Math.ceil);
  const unavailable = amount(String(said[unavailableAnnotation] ?? usual), replicas, Math.floor);
  return surge === 0 && unavailable === 0 ? { surge: 1, unavailable } : { surge, unavailable };
};
