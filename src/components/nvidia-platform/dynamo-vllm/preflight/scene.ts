/** What the checks share: the deployment that is going to be applied, the one that is there, and the operator between them. */

import type { OperatorFact } from '../../../../core/cluster-facts.ts';
import { readOr } from '../../../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import type { PreflightInput } from '../../../../core/preflight.ts';
import { isGraph } from '../graph.ts';
import { type Demand, demandsOf } from './demand.ts';
import { isOurs, modelOf } from './graphs.ts';
import { operatorFor } from './operator.ts';
import { operatorRelease } from './release.ts';

export type Scene = PreflightInput & {
  /** The DynamoGraphDeployment among the objects; null when there is none. */
  readonly graph: KubernetesObject | null;
  readonly demands: readonly Demand[];
  /** The one of that name that is there; null when there is none or it was not read. */
  readonly existing: KubernetesObject | null;
  /** It was made by this program, so its pods are the ones that will be replaced. */
  readonly updates: boolean;
  readonly operator: OperatorFact | null;
  /** Release of the operator; null when nothing tells. */
  readonly operatorRelease: string | null;
  /** As asked for, or as the arguments say. */
  readonly model: string | null;
};

const modelAsked = ({ settings }: PreflightInput, graph: KubernetesObject | null): string | null => {
  const said = settings?.['model'];
  if (typeof said === 'string') return said;
  return graph === null ? null : modelOf(graph);
};

export const sceneOf = (input: PreflightInput): Scene => {
  const graph = input.objects.find(isGraph) ?? null;
  const existing =
    (readOr(input.cluster.graphs) ?? []).find(object => object.metadata.name === input.name) ?? null;
  return {
    ...input,
    graph,
    demands: demandsOf(input.objects),
    existing,
    updates: existing !== null && isOurs(existing.metadata.labels, input.name),
    operator: operatorFor(input.cluster),
    operatorRelease: operatorRelease(input.cluster),
    model: modelAsked(input, graph),
  };
};
