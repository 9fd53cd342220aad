/** What is surveyed for this component. */

import type { SurveyAsk } from '../../../../core/cluster-facts.ts';

export const graphGroup = 'nvidia.com';
export const graphPlural = 'dynamographdeployments';
export const crdName = `${graphPlural}.${graphGroup}`;

export const survey: SurveyAsk = {
  groups: [
    graphGroup,
    'monitoring.coreos.com',
    'karpenter.sh',
    'grove.io',
    'scheduling.run.ai',
    'leaderworkerset.x-k8s.io',
    'inference.networking.k8s.io',
  ],
  crd: crdName,
  operatorSelector: 'control-plane=controller-manager,app.kubernetes.io/part-of=dynamo-operator',
  webhookGroup: graphGroup,
  // v1alpha1 is what operators up to 1.4 store: it can be read while the operator, which converts, is down.
  graph: { group: graphGroup, plural: graphPlural, versions: ['v1alpha1', 'v1beta1'] },
  podLabels: { deployment: 'nvidia.com/dynamo-graph-deployment-name', role: 'nvidia.com/dynamo-component' },
};
