/** Owns whose credentials a story's command has, and the kubeconfig it finds. */

import { join } from 'node:path';
import type { Objects } from '../api/objects.ts';
import type { ControlPlane } from '../control/controlPlane.ts';
import { certificateUser, writeConfig } from '../control/kubeconfig.ts';
import type { Expanded } from './expand.ts';
import { DEFAULT_NAMESPACE } from './settings.ts';
import type { Account, Loaded, Rules } from './story.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** The user name under which the command is seen in the audit log, and its KUBECONFIG. */
export type StoryAccess = { readonly user: string; readonly kubeconfig: string };

/** Gives the story's account its rights and writes the kubeconfig; `silentProxy` never answers. */
export async function grantAccess(
  loaded: Loaded,
  cluster: Expanded,
  plane: ControlPlane,
  objects: Objects,
  silentProxy: string,
): Promise<StoryAccess> {
  const user = cluster.user ?? 'story-user';
  const account = accountOf(loaded, cluster);
  const namespace = String(loaded.story.settings.namespace ?? DEFAULT_NAMESPACE);
  if (account.bind) await bind(objects, user, 'ClusterRoleBinding', 'ClusterRole', account.bind);
  if (account.cluster) await grant(objects, user, account.cluster);
  if (account.namespace) await grant(objects, user, account.namespace, namespace);
  return { user, kubeconfig: writeKubeconfig(loaded, cluster, plane, user, silentProxy) };
}

function accountOf({ profiles }: Loaded, cluster: Expanded): Account {
  const { account } = cluster;
  if (typeof account === 'object') return account;
  return profiles.accounts[account ?? 'admin'] ?? { bind: 'cluster-admin' };
}

async function grant(objects: Objects, user: string, rules: Rules, namespace?: string): Promise<void> {
  const kind = namespace ? 'Role' : 'ClusterRole';
  await objects.apply({
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name: 'story', ...(namespace && { namespace }) },
    rules,
  });
  await bind(objects, user, namespace ? 'RoleBinding' : 'ClusterRoleBinding', kind, 'story', namespace);
}

async function bind(
  objects: Objects,
  user: string,
  kind: string,
  roleKind: string,
  role: string,
  namespace?: string,
): Promise<void> {
  await objects.apply({
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name: `story-${role}`, ...(namespace && { namespace }) },
    roleRef: { apiGroup: RBAC, kind: roleKind, name: role },
    subjects: [{ apiGroup: RBAC, kind: 'User', name: user }],
  });
}

function writeKubeconfig(
  { story }: Loaded,
  cluster: Expanded,
  plane: ControlPlane,
  user: string,
  silentProxy: string,
): string {
  const twist = cluster.kubeconfig ?? {};
  if (twist.file === 'absent') return story.env?.KUBECONFIG ?? '/home/user/.kube/config';
  const path = join(plane.folder.path, 'story.kubeconfig');
  const credentials = certificateUser(plane.authority.issue({ name: user }));
  const names = contextNames(twist.current ?? twist.context, Object.keys(twist.contexts ?? {}));
  const server = twist.server ?? plane.server;
  const users = names.map(name => ({ name, user: credentials }));
  // Nobody listens behind this proxy as far as the command can tell: connections hang, as with a private endpoint.
  writeConfig(
    path,
    server,
    plane.authority,
    users,
    twist.network?.connect === 'blackhole' ? silentProxy : undefined,
  );
  return path;
}

function contextNames(current: string | undefined, all: readonly string[]): string[] {
  const first = current ?? all[0] ?? 'story';
  return [first, ...all.filter(name => name !== first)];
}
