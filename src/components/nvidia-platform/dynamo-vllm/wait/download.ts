/** How far the model's download is: from the events that this program's own Job prints, else from the progress lines of other downloaders. */

import type { DownloadRow } from '../../../../core/sight.ts';
import { linesOf } from './lines.ts';
import { type Data, number, record, text } from './members.ts';
import { mainContainers, type Pod } from './pods.ts';
import { jobOfRole, type Role, type Scene } from './scene.ts';
import { weightsOf } from './weights.ts';

/** One JSON object a line; null for every other line. */
const jobEvent = (line: string): Data | null => {
  if (!line.startsWith('{')) return null;
  try {
    const event = record(JSON.parse(line));
    return text(event.event) === '' ? null : event;
  } catch {
    return null;
  }
};

export const jobEvents = (lines: readonly string[]): Data[] =>
  lines.map(jobEvent).filter((event): event is Data => event !== null);

const unknownRow: DownloadRow = {
  doneBytes: null,
  totalBytes: null,
  bytesPerSecond: null,
  secondsLeft: null,
  note: '',
};

/** What the last event that is no progress says, when it came after the last progress. */
const notes: Readonly<Record<string, (event: Data) => string>> = {
  resolve: () => 'asking the Hub for the list of files',
  start: () => 'starting',
  waiting: () => 'another download into this folder is at work',
  adopt: () => 'checking the files that are here',
  retry: event =>
    `trying again (attempt ${String(event.attempt)}, ${text(event.reason)}): ${text(event.message)}`,
};

const fromEvents = (events: readonly Data[], weights: number | null): DownloadRow => {
  const progress = events.findLast(event => event.event === 'progress');
  const total = number(events.findLast(event => number(event.totalBytes) !== null)?.totalBytes);
  const last = events.findLast(event => event.event !== 'note');
  return {
    doneBytes: number(progress?.doneBytes),
    totalBytes: total ?? weights,
    bytesPerSecond: number(progress?.bytesPerSecond),
    secondsLeft: number(progress?.secondsLeft),
    note: last === undefined ? '' : (notes[text(last.event)]?.(last) ?? ''),
  };
};

/** `Fetching 24 files:  25%|██▌  | 6/24 [14:58<44:10, 147s/it]`, as the Hub's own library draws it. */
const fetching = /Fetching (\d+) files:\s+(\d+)%(?:\|[^|]*\|\s*(\d+)\/\d+(?:\s*\[[\d:]+<([\d:]+))?)?/;

/** `44:10` and `1:02:03` in seconds. */
const secondsIn = (clock: string): number =>
  clock.split(':').reduce((total, part) => total * 60 + Number(part), 0);

const fromLines = (lines: readonly string[], weights: number | null): DownloadRow => {
  const line = lines.findLast(each => fetching.test(each));
  const match = line === undefined ? null : fetching.exec(line);
  if (match === null) return { ...unknownRow, totalBytes: weights };
  const [, all = '', percent = '', done, left] = match;
  const files = done === undefined ? `${percent} % of ${all} files` : `${done} of ${all} files`;
  return {
    ...unknownRow,
    totalBytes: weights,
    secondsLeft: left === undefined ? null : secondsIn(left),
    note: `${files} fetched`,
  };
};

const isAtWork = (pod: Pod): boolean => mainContainers(pod).some(one => one.running);

const rowFrom = (scene: Scene, pod: Pod): DownloadRow => {
  const container = mainContainers(pod)[0];
  const lines = container === undefined ? [] : (linesOf(scene.sight, pod, container.name, false) ?? []);
  const events = jobEvents(lines);
  return events.length > 0
    ? fromEvents(events, weightsOf(scene.awaited))
    : fromLines(lines, weightsOf(scene.awaited));
};

export const isFinished = (scene: Scene, role: Role): boolean =>
  jobOfRole(scene, role)?.complete === true || role.pods.some(pod => pod.phase === 'Succeeded');

/** Null when nothing is being downloaded. */
export const downloadOf = (scene: Scene): DownloadRow | null => {
  const role = scene.roles.find(one => one.kind === 'download' && !isFinished(scene, one));
  const pod = role?.pods.findLast(isAtWork);
  return pod === undefined ? null : rowFrom(scene, pod);
};
