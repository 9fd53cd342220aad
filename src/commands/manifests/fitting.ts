/** Whether manifests fit on the GPUs of the cluster beside them, for those who only look. */

import { findingsOf, skipChecks } from '../../core/check.ts';
import type { Finding } from '../../core/finding.ts';
import type { Context } from '../context.ts';
import { prepareLook } from '../look.ts';
import type { SharedConnection } from '../shared-connection.ts';
import type { Subject } from '../subject.ts';

/** Longest time that this may hold up whoever looks, in milliseconds. */
const patienceMs = 2000;

const skippedIn = ({ answers }: Subject): readonly string[] => {
  const said = answers?.['skipCheck'];
  return Array.isArray(said) ? said.map(String) : [];
};

/** Misfits and near ones. Empty where nothing is in the way, the cluster does not answer soon, or it is not known. */
export const fitFindings = async (
  context: Context,
  subject: Subject,
  connection: SharedConnection,
): Promise<Finding[]> => {
  const { name, namespace, objects, answers } = subject;
  const seen = await prepareLook(context, namespace, connection).within(patienceMs);
  if (seen === null || 'unseen' in seen) return [];
  const { fits } = await context.entry.preflight();
  const { cluster } = seen.world;
  const world = { cluster, hub: null, token: false, unattended: true };
  const results = fits({ name, namespace, objects, settings: answers, ...world });
  return findingsOf(skipChecks(results, skippedIn(subject))).filter(({ level }) => level !== 'unknown');
};
