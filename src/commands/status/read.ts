/** What is seen of a deployment at one moment, judged as a wait would judge it a little later. */

import type { Client } from '../../cluster/client.ts';
import type { Finding } from '../../core/finding.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import type { Awaited, Outlook, Sight, Watching } from '../../core/sight.ts';
import { type Looked, lookOnce } from '../wait/look.ts';

type Reading = {
  readonly client: Client;
  readonly watching: Watching;
  readonly awaited: Awaited;
  readonly graph: KubernetesObject;
  readonly signal: AbortSignal;
};

/** What only has to settle is ready: a status is no wait. Milliseconds. */
const settlesWithinMs = 3_000;
/** Events are kept for an hour, and what was said before says nothing about now. Milliseconds. */
const memoryMs = 3_600_000;

const unreadable = (what: string, message: string): Finding => ({
  rule: 'status-unreadable',
  level: 'unknown',
  path: '',
  message: `Without ${what}: ${message}`,
  hint: '',
});

/** The same a moment later, when nothing but that moment is missing. */
const settled = ({ watching, awaited }: Reading, sight: Sight, outlook: Outlook): Outlook => {
  const { done, hopeless, lookAgainAt } = outlook;
  if (done || hopeless.length > 0 || lookAgainAt === null || lookAgainAt - sight.now > settlesWithinMs)
    return outlook;
  const later = watching.outlook(awaited, { ...sight, now: lookAgainAt });
  return later.done ? later : outlook;
};

const createdAt = ({ metadata }: KubernetesObject): number =>
  Date.parse((metadata as { readonly creationTimestamp?: string }).creationTimestamp ?? '') || 0;

/** Errors: ClusterError; `forbidden` when pods may not be listed. */
export const readStatus = async (reading: Reading): Promise<Looked> => {
  const since = Math.max(createdAt(reading.graph), Date.now() - memoryMs);
  const looked = await lookOnce({ ...reading, since, unreadable });
  return { ...looked, outlook: settled(reading, looked.sight, looked.outlook) };
};
