/** Log lines made fit for looking through and for quoting. */

import { redact } from '../../../../core/redact.ts';
import { logKey, type Sight } from '../../../../core/sight.ts';
import type { Container, Pod } from './pods.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours in logs begin with the escape character.
const colours = /\u001b\[[0-9;]*[A-Za-z]/g;

/** A progress bar redraws itself with carriage returns; its last state is what counts. */
const lastDrawing = (line: string): string => line.slice(line.lastIndexOf('\r', line.length - 2) + 1);

const plainLine = (line: string): string => lastDrawing(line).replace(colours, '').trimEnd();

const longest = 400;

/** As it stands, without what looks like a credential, cut where nobody reads on. */
export const quoted = (line: string): string => {
  const safe = redact(plainLine(line)).trim();
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

type LastWords = {
  /** Whether any of it came from the container itself. */
  readonly read: boolean;
  readonly lines: readonly string[];
};

const split = (text: string): string[] => text.split('\n').map(plainLine);

/** What the run that ended last has said: its log, and the end of it that the kubelet keeps in the status. */
export const lastWords = (sight: Sight, pod: Pod, container: Container): LastWords => {
  const again = container.running && container.endedBefore !== null;
  const before = container.restarts > 0 ? linesOf(sight, pod, container.name, true) : [];
  const present = again ? [] : linesOf(sight, pod, container.name, false);
  const kept = split((container.ended ?? container.endedBefore)?.message ?? '');
  const said = [...kept, ...(before ?? []), ...(present ?? [])].filter(line => line !== '');
  const waited = split(container.waiting?.message ?? '').filter(line => line !== '');
  return { read: said.length > 0, lines: [...waited, ...said] };
};
