/** Which Dynamo operator is responsible for a namespace. */

import type { ClusterFacts, OperatorFact } from '../../../../core/cluster-facts.ts';
import { readOr } from '../../../../core/cluster-facts.ts';

const restriction = /^--?(?:restrictedNamespace|restricted-namespace)(?:=(.*))?$/;

/** The flag's value may be the operator's own namespace, put in by Kubernetes. */
const expanded = (value: string, operator: OperatorFact): string =>
  /^\$\((POD_|OPERATOR_)?NAMESPACE\)$/.test(value) ? operator.namespace : value;

/**
 * The only namespace that an operator watches; null when its arguments name none. Operators up to 0.9 and the first of 1.0 say it
 * by a flag; later ones read it from a file, which is not looked at.
 */
export const restrictedTo = (operator: OperatorFact): string | null => {
  const at = operator.args.findIndex(arg => restriction.test(arg));
  if (at < 0) return null;
  const value = restriction.exec(operator.args[at] ?? '')?.[1] ?? operator.args[at + 1] ?? '';
  return value === '' ? null : expanded(value, operator);
};

/** The operator that watches the namespace; one that watches another only when there is no better. */
export const operatorFor = ({ operators, namespace }: ClusterFacts): OperatorFact | null => {
  const all = readOr(operators) ?? [];
  return (
    all.find(one => restrictedTo(one) === namespace) ??
    all.find(one => restrictedTo(one) === null) ??
    all[0] ??
    null
  );
};
