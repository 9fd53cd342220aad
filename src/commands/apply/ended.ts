/** How applying ends early: whose fault it is, what is there by then, and how to go on. */

import { type ClusterError, isClusterError } from '../../cluster/refusal.ts';
import type { Finding } from '../../core/finding.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { CliError, type ErrorKind, isCliError } from '../../errors.ts';
import { asCliError } from '../connection.ts';
import type { ApplyArgs } from './args.ts';
import type { Progress } from './progress.ts';

/** What was written is wrong although the status says that the server failed. */
const isContent = (message: string): boolean =>
  /failed to create typed|failed to convert|json: cannot unmarshal/.test(message);

const lacking = /exceeded quota|failed quota|usage per \w+ is|being terminated/;

/** Exit code of a refusal, by name: a 403 is a missing permission, a used-up quota or a policy, and only words tell which. */
export const blameOf = ({ status, message }: ClusterError): ErrorKind => {
  if (/ cannot \w+ resource "/.test(message)) return 'forbidden';
  if (lacking.test(message) || status === 404 || status === 429) return 'unavailable';
  return status >= 500 && !isContent(message) ? 'unavailable' : 'refused';
};

/** The findings of a refusal; manifests from elsewhere have no settings to blame. */
export const refusalFindings = (
  { explainRefusal, settings }: Pick<ApplyArgs, 'explainRefusal' | 'settings'>,
  error: ClusterError,
  object: KubernetesObject,
): readonly Finding[] =>
  explainRefusal(error, object).map(finding =>
    settings === null && /^\w+$/.test(finding.path) ? { ...finding, path: '' } : finding,
  );

/** Before the first write. */
export const nothingApplied = (
  kind: ErrorKind,
  findings: readonly Finding[],
  progress: Progress,
): CliError => {
  const [first] = findings;
  return new CliError(kind, `The cluster does not take the manifests. ${progress.sentence()}`, {
    findings,
    ...(first === undefined ? {} : { hint: first.hint }),
  });
};

/** After Ctrl-C, between two writes. */
export const interrupted = ({ resume, undo }: ApplyArgs, progress: Progress): CliError =>
  new CliError('interrupted', `Interrupted. ${progress.sentence()}`, {
    hint: progress.changed() ? `To go on: ${resume}\nTo undo: ${undo}` : `To go on: ${resume}`,
  });

const connection: readonly string[] = ['unauthorized', 'throttled', 'gone'];

const isAboutObject = ({ kind, status }: ClusterError): boolean => status > 0 && !connection.includes(kind);

/** In the middle: the error, what is there by now, and the way on. */
export const stopped = (
  args: ApplyArgs,
  progress: Progress,
  error: unknown,
  object: KubernetesObject | null,
): unknown => {
  if (args.signal.aborted) return interrupted(args, progress);
  // All but a removal that does not end say already what is there.
  if (isCliError(error) && error.kind !== 'timed-out') return error;
  const told = asCliError(error);
  if (!isCliError(told)) return error;
  const aboutObject = isClusterError(error) && object !== null && isAboutObject(error);
  const kind = aboutObject ? blameOf(error) : told.kind;
  const findings = aboutObject ? refusalFindings(args, error, object) : told.findings;
  const at = object === null ? '' : ` at ${object.kind} ${object.metadata.name}`;
  const cause = findings.length > 0 ? '' : ` ${told.message}`;
  return new CliError(kind, `Applying stopped${at}.${cause} ${progress.sentence()}`, {
    findings,
    hint: `Once that is mended, go on where it stopped: ${args.resume}`,
  });
};
