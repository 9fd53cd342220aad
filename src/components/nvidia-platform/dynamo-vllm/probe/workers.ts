/** Who is registered at the frontend, out of /health. */

import type { Deployed, RoleKind, WorkerRole } from './deployed.ts';
import { list, type Reply, record } from './reply.ts';

export type Instance = { readonly component: string; readonly namespace: string };

/** Instances that answer requests; null when the answer does not list any. */
export const instancesIn = (reply: Reply): Instance[] | null => {
  if (reply.kind === 'broken' || reply.status !== 200) return null;
  const { instances } = record(reply.body);
  if (!Array.isArray(instances)) return null;
  return list(instances)
    .map(record)
    .filter(({ endpoint }) => endpoint === 'generate')
    .map(({ component, namespace }) => ({ component: String(component), namespace: String(namespace) }));
};

/** The name under which a role registers itself. */
const registeredAs = (kind: RoleKind): string => (kind === 'prefill' ? 'prefill' : 'backend');

/** From 1.0 on the worker generation stands behind the namespace. */
const isOwn = ({ namespace }: Instance, { dynamoNamespace }: Deployed): boolean =>
  namespace === dynamoNamespace || namespace.startsWith(`${dynamoNamespace}-`);

/** Instances that this deployment's frontend listens to, and those of others. */
export const sorted = (
  instances: readonly Instance[],
  deployed: Deployed,
): { readonly own: readonly Instance[]; readonly foreign: readonly Instance[] } => ({
  own: instances.filter(instance => isOwn(instance, deployed)),
  foreign: instances.filter(instance => !isOwn(instance, deployed)),
});

const countOf = (instances: readonly Instance[], { kind }: WorkerRole): number =>
  instances.filter(({ component }) => component === registeredAs(kind)).length;

/** Roles of which nobody is registered. */
export const absentRoles = (instances: readonly Instance[], { roles }: Deployed): WorkerRole[] =>
  roles.filter(role => role.replicas > 0 && countOf(instances, role) === 0);

/** `worker 2, prefill 1 of 2` */
export const tallyOf = (instances: readonly Instance[], { roles }: Deployed): string =>
  roles
    .map(role => {
      const registered = countOf(instances, role);
      return `${role.component} ${registered}${registered < role.replicas ? ` of ${role.replicas}` : ''}`;
    })
    .join(', ');
