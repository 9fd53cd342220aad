/** Events as the wait reads them, and which of a shared namespace's events are about what is waited for. */

import { count, record, text } from './members.ts';
import { moment } from './moment.ts';

export type Happening = {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly warning: boolean;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** Null when the event does not say. */
  readonly first: number | null;
  readonly last: number | null;
};

/** What an event is about. */
export const aboutOf = (
  object: unknown,
): { readonly kind: string; readonly name: string; readonly uid: string } => {
  const event = record(object);
  const { kind, name, uid } = record(event.involvedObject ?? event.regarding);
  return { kind: text(kind), name: text(name), uid: text(uid) };
};

/** The two generations of the API write the time, the count and the message into different members. */
const happeningOf = (object: unknown): Happening => {
  const event = record(object);
  const series = record(event.series);
  const first = moment(event.firstTimestamp ?? event.deprecatedFirstTimestamp) ?? moment(event.eventTime);
  const last =
    moment(series.lastObservedTime) ?? moment(event.lastTimestamp ?? event.deprecatedLastTimestamp) ?? first;
  return {
    ...aboutOf(object),
    warning: event.type === 'Warning',
    reason: text(event.reason),
    message: text(event.message) || text(event.note),
    count: Math.max(1, count(series.count) || count(event.count ?? event.deprecatedCount)),
    first,
    last,
  };
};

const byTime = (a: Happening, b: Happening): number => (a.last ?? 0) - (b.last ?? 0);

/** Oldest first; unknown times first of all. */
export const happeningsOf = (events: readonly unknown[]): Happening[] => events.map(happeningOf).sort(byTime);

/** Whether an event is about this very pod and not about an earlier one of that name. */
export const isAbout = (event: Happening, name: string, uid: string): boolean =>
  event.kind === 'Pod' && (event.uid !== '' && uid !== '' ? event.uid === uid : event.name === name);

/** How far the clocks of the cluster and of this machine may be apart before an event counts as old. */
export const clockSlackMs = 120_000;

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Names of what the operator and Kubernetes make of a component: an 8-digit hash from Dynamo 1.0 on, and that of a ReplicaSet. */
export const childPattern = (deployment: string, component: string): RegExp =>
  new RegExp(`^${escaped(`${deployment}-${component.toLowerCase()}`)}(-[0-9a-f]{8})?(-[a-z0-9]{5,10})?$`);
