/** Tells which claims and Secrets an object needs, wherever in it they are named: a pod, a Job or a graph of either API version. */

import type { KubernetesObject } from '../../../../core/manifest.ts';
import { list, record, text } from '../wait/members.ts';

type Visit = (key: string, value: unknown) => readonly string[];

const walk = (value: unknown, visit: Visit): string[] => {
  if (Array.isArray(value)) return value.flatMap(one => walk(one, visit));
  return Object.entries(record(value)).flatMap(([key, one]) => [...visit(key, one), ...walk(one, visit)]);
};

const named = (value: unknown): string[] => [text(record(value).name)].filter(name => name !== '');

const said = (value: unknown): string[] => [text(value)].filter(name => name !== '');

/** `pvcs` and `pvc` are Dynamo's own; volumes are Kubernetes'. A mount names its claim in v1alpha1, declared or not. */
const claims: Visit = (key, value) => {
  if (key === 'claimName') return said(value);
  if (key === 'pvcs') return list(value).flatMap(named);
  if (key === 'volumeMounts')
    return list(value)
      .filter(mount => 'mountPoint' in record(mount))
      .flatMap(named);
  return key === 'pvc' ? named(value) : [];
};

const secrets: Visit = (key, value) => {
  if (key === 'secretName' || key === 'envFromSecret') return said(value);
  if (key === 'secretKeyRef' || key === 'secretRef') return named(value);
  if (key === 'imagePullSecrets') return list(value).flatMap(named);
  return key === 'secret' ? named(value) : [];
};

const users: readonly string[] = [
  'Pod',
  'Job',
  'CronJob',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
];

const uses = (visit: Visit) => (object: KubernetesObject) =>
  users.includes(object.kind) || object.apiVersion.startsWith('nvidia.com/')
    ? [...new Set(walk(object['spec'], visit))]
    : [];

export const claimsIn = uses(claims);
export const secretsIn = uses(secrets);
