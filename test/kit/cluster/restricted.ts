/** Owns the rights of the restricted user: everything an installer needs inside one namespace, nothing outside it. */

import type { Objects } from './api/objects.ts';
import { RESTRICTED_USER } from './control/kubeconfig.ts';

const RBAC = 'rbac.authorization.k8s.io';

const RULES = [
  { apiGroups: ['nvidia.com'], resources: ['*'], verbs: ['*'] },
  {
    apiGroups: [''],
    resources: [
      'pods',
      'services',
      'events',
      'configmaps',
      'secrets',
      'persistentvolumeclaims',
      'resourcequotas',
      'limitranges',
      'endpoints',
    ],
    verbs: ['*'],
  },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['*'] },
  { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['get', 'list', 'watch'] },
];

/** Gives the restricted user its rights in one namespace. */
export async function grantRestricted(objects: Objects, namespace: string): Promise<void> {
  const metadata = { name: 'restricted-user', namespace };
  await objects.apply({ apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules: RULES });
  await objects.apply({
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: RBAC, kind: 'Role', name: metadata.name },
    subjects: [{ apiGroup: RBAC, kind: 'User', name: RESTRICTED_USER }],
  });
}
