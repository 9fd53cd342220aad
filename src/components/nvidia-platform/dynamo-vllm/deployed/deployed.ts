/** What this component knows about a deployment that is in a cluster. */

import type { Deployed } from '../../../../core/deployed.ts';
import type { Ref } from '../../../../core/kinds.ts';
import { isGraph } from '../graph.ts';
import { managerOf } from '../preflight/graphs.ts';
import { describe } from './describe.ts';
import { removalOutlook, stillThere } from './removal.ts';
import { claimsIn, secretsIn } from './uses.ts';

/** Made by the operator in every namespace with a deployment, without an owner; the Secret up to 0.9. */
const leftBehind = (namespace: string): Ref[] => [
  { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'planner-serviceaccount' },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    namespace,
    name: 'planner-serviceaccount-binding',
  },
  { apiVersion: 'v1', kind: 'Secret', namespace, name: 'mpi-run-ssh-secret' },
];

export const deployed: Deployed = {
  describe,
  isGraph,
  childLabel: 'nvidia.com/dynamo-graph-deployment-name',
  children: [
    { plural: 'dynamocomponentdeployments', apiVersion: null },
    { plural: 'deployments', apiVersion: 'apps/v1' },
    { plural: 'services', apiVersion: 'v1' },
  ],
  claimsIn,
  secretsIn,
  leftBehind,
  remadeBy: ({ metadata }) => managerOf(metadata, []),
  removal: removalOutlook,
  stillThere,
};
