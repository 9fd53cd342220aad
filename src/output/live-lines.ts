/** The wait as lines, one for every change, for logs, screen readers and terminals that cannot redraw. */

import type { Outlook, RoleRow } from '../core/sight.ts';
import { timeLine, type WaitTimes } from './stages.ts';
import { clock } from './time.ts';

/** The stage without its counter: `loading weights` of `loading weights 5/11`. */
export const stageWord = (stage: string): string => stage.replace(/\s+\d+(\/\d+|\s?%)?$/, '');

const head = ({ role, ready, wanted }: RoleRow): string => (wanted > 1 ? `${role} ${ready}/${wanted}` : role);

/** Below a second nobody waits. */
const worthSaying = (milliseconds: number): boolean => milliseconds >= 1000;

/** Nothing was under way in them, so they took no time. */
const settled: readonly string[] = ['ready', 'complete', 'none wanted'];

/** How long the stage before took, or how long this one lasts. */
const timeOf = (row: RoleRow, before: RoleRow | undefined, now: number): string => {
  const lasts = now - row.stageSince;
  if (before === undefined || stageWord(before.stage) === stageWord(row.stage))
    return worthSaying(lasts) ? ` (${clock(lasts)})` : '';
  if (settled.includes(before.stage)) return '';
  const took = row.stageSince - before.stageSince;
  return worthSaying(took) ? ` (${stageWord(before.stage)} took ${clock(took)})` : '';
};

/** `worker: loading weights 5/11 (00:42)`; with the node when it is new, and the restarts when there are any. */
export const stageLine = (row: RoleRow, before: RoleRow | undefined, now: number): string => {
  const node = row.node === null || row.node === before?.node ? '' : `, on ${row.node}`;
  const restarts = row.restarts === 0 ? '' : `, ${row.restarts} restart${row.restarts === 1 ? '' : 's'}`;
  const note = row.note === '' || row.note === before?.note ? '' : `: ${row.note}`;
  return `${head(row)}: ${row.stage}${timeOf(row, before, now)}${node}${restarts}${note}`;
};

/** The last state in one line, for when nothing has changed for long. */
export const heartbeatLine = ({ rows }: Pick<Outlook, 'rows'>, times: WaitTimes): string => {
  const states = rows.map(row => `${head(row)} ${row.stage} for ${clock(times.now - row.stageSince)}`);
  const word = Number.isFinite(times.limitAt) ? 'still waiting after' : 'no change, watched for';
  return `${word} ${timeLine(times)}${states.length === 0 ? '' : `: ${states.join('; ')}`}`;
};
