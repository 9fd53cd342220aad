/** Renews a lease while it is held, notices when it is lost, and gives it back. */

import { ownName } from '../core/ownership.ts';
import { again } from './again.ts';
import type { Client } from './client.ts';
import type { LeaseObject } from './lease-holder.ts';
import { isClusterError } from './refusal.ts';

export type Held = {
  /** When it was taken by the API server's clock: RFC 3339, whole seconds; null when not told. */
  readonly since: string | null;
  /** Fires when it was taken over or could not be renewed in time: stop writing. */
  readonly lost: AbortSignal;
  /** Gives it back, also after Ctrl-C; never rejects, because it runs out by itself. */
  readonly release: () => Promise<void>;
};

/** The API server wants six digits after the point. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

export const stamp = (now: number, holder: string) => ({
  holderIdentity: holder,
  acquireTime: microTime(now),
  renewTime: microTime(now),
});

const takenAt = ({ metadata }: LeaseObject): string | null =>
  metadata.managedFields?.findLast(({ manager }) => manager === ownName)?.time ??
  metadata.creationTimestamp ??
  null;

/** Keeps it from now on. */
export const hold = (
  client: Client,
  path: string,
  taken: LeaseObject,
  timing: { readonly durationSeconds: number; readonly renewMs: number },
): Held => {
  const lost = new AbortController();
  let current = taken;
  let renewedAt = Date.now();
  let running: Promise<void> = Promise.resolve();

  const send = async (): Promise<void> => {
    const now = Date.now();
    const body = { ...current, spec: { ...current.spec, renewTime: microTime(now) } };
    const answer = await client.request<LeaseObject>({
      method: 'PUT',
      path,
      query: { fieldManager: ownName },
      body,
      throughInterrupt: true,
    });
    current = answer.body;
    renewedAt = now;
  };

  /** A renewal whose answer was lost looks like a conflict: only the holder tells. */
  const look = async (): Promise<void> => {
    const { body } = await client.request<LeaseObject>({ method: 'GET', path, throughInterrupt: true });
    if (body.spec?.holderIdentity !== taken.spec?.holderIdentity) lost.abort();
    else current = body;
  };

  const renew = async (): Promise<void> => {
    try {
      await send().catch(error => {
        if (isClusterError(error) && error.kind === 'conflict') return look();
        throw error;
      });
    } catch (error) {
      const gone = isClusterError(error) && error.kind === 'not-found';
      if (gone || Date.now() - renewedAt > timing.durationSeconds * 1000) lost.abort();
    }
  };

  const timer = setInterval(() => {
    running = running.then(renew);
  }, timing.renewMs);
  timer.unref();

  const give = (): Promise<unknown> => {
    const { uid, resourceVersion } = current.metadata;
    const preconditions = { uid, resourceVersion };
    return client.request({
      method: 'DELETE',
      path,
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions },
      throughInterrupt: true,
    });
  };

  return {
    since: takenAt(taken),
    lost: lost.signal,
    release: async () => {
      clearInterval(timer);
      await running;
      if (!lost.signal.aborted) await again(give).catch(() => undefined);
    },
  };
};
