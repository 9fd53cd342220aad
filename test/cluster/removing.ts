/** Owns deployments that are there to be removed, and telling from the audit log what was written while they were. */

import { recordOf } from '../../src/commands/apply/record.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import type { AuditedCall } from '../kit/cluster/control/audit.ts';
import { manifestsOf } from './applying.ts';

export const RELEASE = '0.9.1';
export const MODEL = 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8';

/** Everything that an install makes for a deployment, the claim that it shares too. */
export const objectsOf = (name: string, namespace: string): KubeObject[] => [
  ...(manifestsOf(RELEASE, 'aggregated', name, namespace) as unknown as KubeObject[]),
  recordOf(
    name,
    namespace,
    { model: MODEL, name, mode: 'aggregated' },
    '0.0.0-test',
  ) as unknown as KubeObject,
];

const writing = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** Without trials, and without reviews, which store nothing. */
const changes = (calls: readonly AuditedCall[]): AuditedCall[] =>
  calls
    .filter(({ verb, uri }) => writing.includes(verb) && !uri.includes('dryRun=All'))
    .filter(({ resource }) => !/^self|reviews$/.test(resource));

const told = ({ verb, resource, name }: AuditedCall): string => `${verb} ${resource}/${name}`;

/** Writes that came true, as `delete jobs/chat-download`. */
export const writes = (calls: readonly AuditedCall[]): string[] =>
  changes(calls)
    .filter(({ code }) => code < 300)
    .map(told);

const plurals: Readonly<Record<string, string>> = {
  ConfigMap: 'configmaps',
  DynamoGraphDeployment: 'dynamographdeployments',
  Job: 'jobs',
};

/**
 * Writes that the removal of one deployment has no business with, whether they came true or not. What deployments share is nobody's
 * own: its removal counts as foreign here.
 */
export const foreignWrites = (
  calls: readonly AuditedCall[],
  name: string,
  namespace = 'dynamo-system',
): string[] => {
  const own = objectsOf(name, namespace).map(
    ({ kind, metadata }) => `delete ${plurals[kind] ?? 'nothing'}/${metadata.name}`,
  );
  const lease = ['create', 'update', 'delete'].map(verb => `${verb} leases/dynamo-installer-${name}`);
  return changes(calls)
    .filter(
      call => !call.uri.includes(`/namespaces/${namespace}/`) || ![...own, ...lease].includes(told(call)),
    )
    .map(call => `${told(call)} in ${call.uri}`);
};
