/** Deletes one object that is known by its uid, or asks whether that would be allowed. */

import type { Client } from '../../cluster/client.ts';
import { deleteObject, deleteOptions } from '../../cluster/delete.ts';
import { type ClusterError, isClusterError } from '../../cluster/refusal.ts';
import { slots } from '../../cluster/survey/slots.ts';
import type { SurveyAsk } from '../../core/cluster-facts.ts';
import type { Finding } from '../../core/finding.ts';
import { refText } from '../../core/kinds.ts';
import type { Removable } from '../../core/removal.ts';
import { CliError } from '../../errors.ts';
import { commandLine } from '../context.ts';
import { pathOf } from './kinds.ts';

type Entry = Parameters<typeof commandLine>[0];

/** `gone` when it was not there any more, or another has its name by now. Errors: ClusterError. */
export const deleteOne = async (
  client: Client,
  { ref, uid }: Removable,
  graph: SurveyAsk['graph'],
): Promise<'deleted' | 'gone'> => {
  try {
    return await deleteObject(client, { path: pathOf(ref, graph), uid });
  } catch (error) {
    if (isClusterError(error) && error.kind === 'conflict') return 'gone';
    throw error;
  }
};

/** Null when it would be deleted. A webhook that cannot be asked without consequences says nothing about that. */
const tryOne = async (
  client: Client,
  { ref, uid }: Removable,
  graph: SurveyAsk['graph'],
  signal: AbortSignal,
): Promise<ClusterError | null> => {
  try {
    const body = { ...deleteOptions(uid), dryRun: ['All'] };
    const query = { dryRun: 'All' };
    await client.request({ method: 'DELETE', path: pathOf(ref, graph), query, body, signal });
    return null;
  } catch (error) {
    if (!isClusterError(error)) throw error;
    if (error.kind === 'forbidden') return error;
    if (['not-found', 'conflict', 'invalid', 'server'].includes(error.kind)) return null;
    throw error;
  }
};

const atOnce = 6;

/** Before anything is deleted: whether everything may be. Errors: `forbidden` with a finding for each that may not. */
export const refuseForbidden = async (
  client: Client,
  removables: readonly Removable[],
  graph: SurveyAsk['graph'],
  { entry, signal }: { readonly entry: Entry; readonly signal: AbortSignal },
): Promise<void> => {
  const slot = slots(atOnce);
  const refusals = await Promise.all(removables.map(one => slot(() => tryOne(client, one, graph, signal))));
  const findings = removables.flatMap(({ ref }, index): Finding[] => {
    const refusal = refusals[index];
    if (refusal === null || refusal === undefined) return [];
    return [
      {
        rule: 'uninstall-forbidden',
        level: 'error',
        path: '',
        message: `${refText(ref)} may not be deleted: ${refusal.message}`,
        hint: `Ask an administrator for that right, or to run this; the Role that is needed: ${commandLine(entry, 'check')} -n ${ref.namespace} --print-rbac`,
      },
    ];
  });
  if (findings.length > 0)
    throw new CliError('forbidden', 'Not everything may be deleted; nothing was.', { findings });
};
