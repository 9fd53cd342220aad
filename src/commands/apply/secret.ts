/** Puts the Hugging Face token into its Secret: the one place it goes to. */

import { again } from '../../cluster/again.ts';
import { ClusterError, isClusterError } from '../../cluster/refusal.ts';
import { readOr } from '../../core/cluster-facts.ts';
import type { Ref } from '../../core/kinds.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { ownLabels, ownName } from '../../core/ownership.ts';
import { hide } from '../../core/redact.ts';
import type { ApplyArgs } from './args.ts';

const key = 'HF_TOKEN';

export type TokenSecret = { readonly ref: Ref; readonly name: string; readonly value: string };

/** Null when there is nothing to create: no Secret is read, no token is at hand, or the Secret is there. */
export const missingSecret = ({ secretName, token, cluster, namespace }: ApplyArgs): TokenSecret | null => {
  if (secretName === null || token === null) return null;
  const there = readOr(cluster.secrets)?.some(({ name }) => name === secretName) ?? false;
  if (there) return null;
  const ref = { apiVersion: 'v1', kind: 'Secret', namespace, name: secretName };
  return { ref, name: secretName, value: token.value };
};

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** Shared by deployments, therefore without an instance. */
export const secretObject = (name: string, namespace: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace, labels: ownLabels('hf-token', null) },
  type: 'Opaque',
});

const post = async (
  { client, namespace }: ApplyArgs,
  { name, value }: TokenSecret,
  dryRun: boolean,
): Promise<'created' | 'unchanged'> => {
  const body = { ...secretObject(name, namespace), data: { [key]: base64(value) } };
  try {
    await again(() =>
      client.request({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/secrets`,
        query: { fieldManager: ownName, fieldValidation: 'Strict', ...(dryRun ? { dryRun: 'All' } : {}) },
        body,
        ...(dryRun ? {} : { throughInterrupt: true as const }),
      }),
    );
    return 'created';
  } catch (error) {
    if (isClusterError(error) && error.kind === 'conflict') return 'unchanged';
    throw error;
  }
};

/** Whether the API server would take it; the value stays here. Null when it would. */
export const trySecret = async (args: ApplyArgs, secret: TokenSecret): Promise<ClusterError | null> => {
  try {
    await post(args, { ...secret, value: 'dry-run' }, true);
    return null;
  } catch (error) {
    if (isClusterError(error) && error.status > 0) return error;
    throw error;
  }
};

/** `unchanged` when somebody was faster. An error never holds the value, whoever wrote its text. */
export const createSecret = async (
  args: ApplyArgs,
  secret: TokenSecret,
): Promise<'created' | 'unchanged'> => {
  try {
    return await post(args, secret, false);
  } catch (error) {
    if (!isClusterError(error)) throw error;
    const known = [secret.value, base64(secret.value)];
    const { kind, status, hint, causes } = error;
    throw new ClusterError(kind, hide(error.message, known), {
      status,
      hint: hide(hint, known),
      causes: causes.map(cause => ({ ...cause, message: hide(cause.message, known) })),
    });
  }
};
