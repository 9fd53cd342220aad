/** Checks that the user may do everything the installation is going to do, before it begins. */

import type { CheckResult } from '../../../../core/check.ts';
import { type AccessFact, readOr } from '../../../../core/cluster-facts.ts';
import { deniedVerbs, type Permission } from '../../../../core/permission.ts';
import { listed } from '../../../../core/text.ts';
import { createNamespace, permissions } from './permissions.ts';
import { check, cli } from './result.ts';
import type { Scene } from './scene.ts';
import { graphPlural } from './survey.ts';

/** Kinds among the objects that decide whether a permission is needed at all. */
const onlyFor: Readonly<Record<string, string>> = {
  jobs: 'Job',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  podmonitors: 'PodMonitor',
};

/** An existing Secret is used as it is; only a token in hand is written. */
const writesSecret = ({ token, settings, cluster }: Scene): boolean =>
  token && (readOr(cluster.secrets) ?? []).every(({ name }) => name !== settings?.['hfTokenSecret']);

const isNeeded = (scene: Scene, { resource, required }: Permission): boolean => {
  const kind = onlyFor[resource];
  const applied = kind === undefined || scene.objects.some(object => object.kind === kind);
  if (kind === 'PodMonitor') return applied;
  return required && applied && (resource !== 'secrets' || writesSecret(scene));
};

const plural = ({ group, resource }: Permission): string =>
  group === '' || resource === graphPlural ? resource : `${resource}.${group}`;

type Denied = { readonly permission: Permission; readonly verbs: readonly string[] };

const deniedOf = (access: AccessFact, asked: readonly Permission[]): Denied[] =>
  asked
    .map(permission => ({ permission, verbs: deniedVerbs(access, permission) }))
    .filter(({ verbs }) => verbs.length > 0);

/** `create jobs.batch and pods/portforward, list events`: resources that lack the same verbs together. */
const sentence = (denied: readonly Denied[]): string => {
  const byVerbs = new Map<string, string[]>();
  for (const { permission, verbs } of denied) {
    const key = listed(verbs);
    byVerbs.set(key, [...new Set([...(byVerbs.get(key) ?? []), plural(permission)])]);
  }
  return listed([...byVerbs].map(([verbs, resources]) => `${verbs} ${listed(resources)}`));
};

const requiredCheck = check(
  'permissions',
  'the user may do everything that the installation does',
  'forbidden',
);
const welcomeCheck = check(
  'permissions-reading',
  'the user may read all that the checks look at',
  'forbidden',
);

const hintFor = (namespace: string, denied: readonly Denied[]): string => {
  const others = denied.some(({ permission }) => permission.resource === 'jobs')
    ? ' For the Job alone: an existing model cache that holds the model, or --model-cache none.'
    : '';
  return `Ask an admin for a Role in ${namespace} that allows it; ${cli} check --print-rbac --namespace ${namespace} prints one.${others}`;
};

const requiredResult = (scene: Scene, access: AccessFact): CheckResult => {
  const { namespace, objects, cluster } = scene;
  const user = cluster.target.user ?? 'The user';
  const makesNamespace = objects.some(object => object.kind === 'Namespace');
  const asked = [
    ...permissions.filter(permission => isNeeded(scene, permission)),
    ...(makesNamespace && cluster.namespaceState.kind === 'read' && cluster.namespaceState.value === 'missing'
      ? [createNamespace]
      : []),
  ];
  const denied = deniedOf(access, asked);
  if (denied.length === 0) return requiredCheck.pass(`${user} may do all that is needed in ${namespace}.`);
  const what = `${user} may not ${sentence(denied)} in ${namespace}`;
  const why = listed([...new Set(denied.map(({ permission }) => permission.why))]);
  return access.incomplete
    ? requiredCheck.unknown(
        `${what} by the rules that the cluster lists, but it does not list all of them.`,
        `To be certain: kubectl auth can-i --list --namespace ${namespace}`,
      )
    : requiredCheck.fail(`${what}, which is needed ${why}.`, hintFor(namespace, denied));
};

const welcomeResults = (scene: Scene, access: AccessFact): CheckResult[] => {
  const reading = permissions.filter(({ required, namespaced }) => !required && !namespaced);
  const denied = deniedOf(access, reading);
  if (denied.length === 0 || access.incomplete) return [];
  const user = scene.cluster.target.user ?? 'The user';
  return [
    welcomeCheck.unknown(
      `${user} may not ${sentence(denied)} in the whole cluster, so what depends on that is not checked.`,
      `An admin can allow it: ${cli} check --print-rbac --namespace ${scene.namespace}`,
    ),
  ];
};

export const permissionChecks = (scene: Scene): CheckResult[] => {
  const { access } = scene.cluster;
  if (access.kind !== 'read')
    return [requiredCheck.unknown(`What the user may do could not be asked: ${access.message}`)];
  return [requiredResult(scene, access.value), ...welcomeResults(scene, access.value)];
};
