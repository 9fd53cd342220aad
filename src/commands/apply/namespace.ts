/** Creates the namespace of a deployment when it is missing and somebody agreed to it. */

import { again } from '../../cluster/again.ts';
import type { Client } from '../../cluster/client.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import { refOf } from '../../core/kinds.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { ownLabels, ownName } from '../../core/ownership.ts';
import { CliError } from '../../errors.ts';
import type { ApplyArgs } from './args.ts';
import { blameOf, nothingApplied, refusalFindings } from './ended.ts';
import type { Progress } from './progress.ts';

export const isNamespace = ({ kind, apiVersion, metadata }: KubernetesObject, name: string): boolean =>
  kind === 'Namespace' && apiVersion === 'v1' && metadata.name === name;

const plainNamespace = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: ownLabels('namespace', null) },
});

/** Created, never patched: one that somebody else just made stays theirs. */
const create = async (client: Client, object: KubernetesObject): Promise<'created' | 'unchanged'> => {
  try {
    await again(() =>
      client.request({
        method: 'POST',
        path: '/api/v1/namespaces',
        query: { fieldManager: ownName, fieldValidation: 'Strict' },
        body: object,
      }),
    );
    return 'created';
  } catch (error) {
    if (isClusterError(error) && error.kind === 'conflict') return 'unchanged';
    throw error;
  }
};

const refuse = (namespace: string): CliError =>
  new CliError('refused', `The namespace ${namespace} does not exist; nothing was applied.`, {
    hint: `Add --create-namespace, choose another with --namespace, or create it: kubectl create namespace ${namespace}`,
  });

/** Errors: `refused` when nobody agreed, and what the API server says against it. */
export const createNamespace = async (args: ApplyArgs, progress: Progress): Promise<void> => {
  const { client, namespace, objects, confirm } = args;
  const inSet = objects.find(object => isNamespace(object, namespace));
  const object = inSet ?? plainNamespace(namespace);
  const question = `The namespace ${namespace} does not exist. Create it?`;
  if (inSet === undefined && !(await confirm({ kind: 'create-namespace', text: question })))
    throw refuse(namespace);
  try {
    progress.applied(refOf(object), await create(client, object));
  } catch (error) {
    if (!isClusterError(error) || error.status === 0) throw error;
    throw nothingApplied(blameOf(error), refusalFindings(args, error, object), progress);
  }
};
