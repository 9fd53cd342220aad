/** One connection for everything that a run does: opened when the first needs it, and only once. */

import type { Client } from '../cluster/client.ts';
import { connectFrom } from './connection.ts';
import type { Context } from './context.ts';

export type SharedConnection = {
  /** Errors: ClusterError, `usage`; the same ones each time. */
  readonly open: () => Promise<Client>;
  /** Null until it is open. */
  readonly client: () => Client | null;
  readonly close: () => void;
};

export const shareConnection = (context: Context): SharedConnection => {
  let opening: Promise<Client> | null = null;
  let client: Client | null = null;
  const connectOnce = async (): Promise<Client> => {
    client = await connectFrom(context);
    return client;
  };
  return {
    open: () => {
      opening ??= connectOnce();
      return opening;
    },
    client: () => client,
    close: () => client?.close(),
  };
};
