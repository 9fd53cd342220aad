/** What differs between the pods of two graphs, component by component, whichever API versions they are written in. */

import type { KubernetesObject } from '../../../../core/manifest.ts';
import { dialectFor } from '../dialect.ts';
import { type Component, componentsOf } from '../graph.ts';
import { type Demand, demandsOf } from '../preflight/demand.ts';

type Pod = { readonly component: Component; readonly demand: Demand | undefined };

const podsOf = (graph: KubernetesObject): Map<string, Pod> => {
  const demands = demandsOf([graph]);
  return new Map(
    componentsOf(graph).map(component => [
      component.name,
      { component, demand: demands.find(({ name }) => name === component.name) },
    ]),
  );
};

/** The order of variables means nothing. */
const environment = ({ env }: Component): unknown =>
  env.map(({ name, value }) => [name, value] as const).sort(([a], [b]) => a.localeCompare(b));

const aspects: readonly (readonly [string, (pod: Pod) => unknown])[] = [
  ['image', ({ component }) => component.image],
  ['command', ({ component }) => component.command],
  ['arguments', ({ component }) => component.args],
  ['environment', ({ component }) => environment(component)],
  ['GPUs', ({ component }) => Number(component.gpu ?? 0)],
  ['placement', ({ demand }) => [demand?.where.nodeSelector, demand?.where.tolerations]],
];

const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

/** Types of components that are replaced together from operator 1.0 on. */
const workers: readonly string[] = ['worker', 'prefill', 'decode'];
const isWorker = ({ component }: Pod): boolean =>
  workers.includes(component.type) || workers.includes(component.name);

export type Difference = {
  readonly name: string;
  /** Pods that were wanted and are wanted now. */
  readonly replicas: readonly [before: number, after: number];
  /** What differs in the pods; empty when they stay. */
  readonly reasons: readonly string[];
};

const together = 'the other workers';

/** Components that are in both graphs, in the order of the second. `more`: what else is known to differ, by component. */
export const differencesOf = (
  before: KubernetesObject,
  after: KubernetesObject,
  operatorRelease: string | null,
  more: ReadonlyMap<string, readonly string[]> = new Map(),
): Difference[] => {
  const old = podsOf(before);
  const found = [...podsOf(after)].flatMap(([name, pod]) => {
    const was = old.get(name);
    if (was === undefined) return [];
    const seen = aspects.filter(([, of]) => differs(of(was), of(pod))).map(([noun]) => noun);
    const reasons = [...new Set([...seen, ...(more.get(name) ?? [])])];
    return [{ name, replicas: [was.component.replicas, pod.component.replicas] as const, reasons, pod }];
  });
  const all =
    operatorRelease !== null &&
    dialectFor(operatorRelease, operatorRelease).operator.workersRollTogether &&
    found.some(({ pod, reasons }) => isWorker(pod) && reasons.length > 0);
  return found.map(({ pod, ...one }) =>
    all && isWorker(pod) && one.reasons.length === 0 ? { ...one, reasons: [together] } : one,
  );
};
