/** Log lines made fit for looking through and for quoting. */

import { logKey, type Sight } from '../../../../core/sight.ts';
import type { Container, Pod } from './pods.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours in logs begin with the escape character.
const colours = /\u001b\[[0-9;]*[A-Za-z]/g;

/** A progress bar redraws itself with carriage returns; its last state is what counts. */
const lastDrawing = (line: string): string => line.slice(line.lastIndexOf('\r', line.length - 2) + 1);

export const plainLine = (line: string): string => lastDrawing(line).replace(colours, '').trimEnd();

const secrets = /\bhf_[A-Za-z0-9]{6,}|(?<=:\/\/)[^/@\s]+(?=@)|(?<=Bearer )\S+/g;
const longest = 400;

/** As it stands, without what looks like a credential, cut where nobody reads on. */
export const quoted = (line: string): string => {
  const safe = plainLine(line).trim().replace(secrets, '***');
  return safe.length > longest ? `${safe.slice(0, longest - 1)}…` : safe;
};

/** The lines of a container's present or previous run; undefined when they were not read yet. */
export const linesOf = (
  sight: Sight,
  pod: Pod,
  container: string,
  previous: boolean,
): readonly string[] | undefined => {
  const lines = sight.logs[logKey({ pod: pod.name, container, previous })];
  return Array.isArray(lines) ? lines.filter(line => typeof line === 'string').map(plainLine) : undefined;
};

/** What the run that ended last has said: its log, and the end of it that the kubelet keeps in the status. */
export const lastWords = (
  sight: Sight,
  pod: Pod,
  container: Container,
): { readonly read: boolean; readonly lines: readonly string[] } => {
  const again = container.running && container.endedBefore !== null;
  const before = container.restarts > 0 ? linesOf(sight, pod, container.name, true) : undefined;
  const present = again ? undefined : linesOf(sight, pod, container.name, false);
  const ended = container.ended ?? container.endedBefore;
  const kept = (ended?.message ?? '').split('\n').map(plainLine);
  const waited = (container.waiting?.message ?? '').split('\n').map(plainLine);
  const lines = [...waited, ...kept, ...(before ?? []), ...(present ?? [])].filter(line => line !== '');
  return { read: before !== undefined || (present !== undefined && present.length > 0), lines };
};
