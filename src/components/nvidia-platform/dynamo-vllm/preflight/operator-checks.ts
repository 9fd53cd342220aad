/** Checks the Dynamo operator: that it is there, runs, answers for admission, and watches the namespace. */

import type { CheckResult } from '../../../../core/check.ts';
import type { OperatorFact } from '../../../../core/cluster-facts.ts';
import { readOr } from '../../../../core/cluster-facts.ts';
import { listed } from '../../../../core/text.ts';
import { restrictedTo } from './operator.ts';
import { check, cli } from './result.ts';
import type { Scene } from './scene.ts';
import { survey } from './survey.ts';

const presence = check('operator', 'the Dynamo operator is installed', 'unavailable');

const where = ({ namespace, name }: OperatorFact): string => `${namespace}/${name}`;

const install = 'helm upgrade --install dynamo-platform (chart dynamo-platform of NVIDIA)';

const operatorFound = ({ cluster, operator, operatorRelease }: Scene): CheckResult => {
  if (cluster.operators.kind !== 'read')
    return presence.unknown(`The Dynamo operator was not looked for: ${cluster.operators.message}`);
  const release = operatorRelease === null ? 'its release is not known' : `release ${operatorRelease}`;
  if (operator !== null) return presence.pass(`The operator is ${where(operator)}, ${release}.`);
  return presence.fail(
    `No Dynamo operator was found (label ${survey.operatorSelector.split(',')[1]}), though its custom resource is installed; without one a deployment stays without pods for ever.`,
    `See whether one runs: kubectl get deployments --all-namespaces | grep dynamo\nIf not, install it with ${install}. If it has other labels: --skip-check operator`,
  );
};

const health = check('operator-health', 'the Dynamo operator runs and its webhook answers', 'unavailable');

const operatorRuns = ({ cluster, operator }: Scene): CheckResult[] => {
  if (operator === null) return [];
  if (operator.available > 0)
    return [health.pass(`${operator.available} of ${operator.replicas} operator pods are available.`)];
  const closed = (readOr(cluster.webhooks) ?? []).find(({ failurePolicy }) => failurePolicy === 'Fail');
  const effect =
    closed === undefined
      ? 'nothing would happen to a deployment'
      : `every change is refused as long as its webhook ${closed.name} does not answer`;
  return [
    health.fail(
      `The Dynamo operator ${where(operator)} has none of its ${operator.replicas} pods available, so ${effect}.`,
      `See why: kubectl -n ${operator.namespace} describe deployment ${operator.name}`,
    ),
  ];
};

const watching = check('operator-namespace', 'the Dynamo operator watches the namespace', 'unavailable');

/** From 1.1 on the restriction stands in a file, but the chart then holds the operator's webhooks to its namespace, too. */
const hintedRestriction = ({ cluster, namespace }: Scene, operator: OperatorFact): boolean =>
  (readOr(cluster.webhooks) ?? []).some(
    ({ namespaces }) => namespaces?.includes(operator.namespace) === true && !namespaces.includes(namespace),
  );

const namespaceWatched = (scene: Scene): CheckResult[] => {
  const { cluster, operator, namespace } = scene;
  if (operator === null) return [];
  const only = restrictedTo(operator);
  if (only !== null && only !== namespace) {
    const all = (readOr(cluster.operators) ?? []).map(restrictedTo).filter(found => found !== null);
    return [
      watching.fail(
        `No Dynamo operator watches the namespace ${namespace}: the operator ${where(operator)} is restricted to ${listed([...new Set(all)])}, so the deployment would stay without status and pods.`,
        `Install into ${only} (${cli} install --namespace ${only}), or lift the operator's namespace restriction (dynamo-operator.namespaceRestriction of the chart).`,
      ),
    ];
  }
  if (only === null && operator.namespace !== namespace && hintedRestriction(scene, operator))
    return [
      watching.warn(
        `The operator ${where(operator)} seems to watch only ${operator.namespace}, by the selector of its webhooks; in ${namespace} the deployment would then stay without status and pods.`,
        `Install into ${operator.namespace} (--namespace ${operator.namespace}), or look at dynamo-operator.namespaceRestriction of the chart.`,
      ),
    ];
  return [watching.pass(`The operator watches ${namespace}.`)];
};

export const operatorChecks = (scene: Scene): CheckResult[] => [
  operatorFound(scene),
  ...operatorRuns(scene),
  ...namespaceWatched(scene),
];
