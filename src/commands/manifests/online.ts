/** A cluster beside manifests: used when it answers soon, insisted upon when it was named. */

import type { Client } from '../../cluster/client.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import { mayConnect } from '../../files/kubeconfig.ts';
import { asCliError } from '../connection.ts';
import type { Context } from '../context.ts';
import type { SharedConnection } from '../shared-connection.ts';

/** `unseen` is a sentence; empty when nobody expected a cluster. */
export type Answered<T> = { readonly value: T } | { readonly unseen: string };

export type Online = {
  /** Errors: why the cluster does not answer, when --context named it. */
  readonly ask: <T>(work: (client: Client) => Promise<T>) => Promise<Answered<T>>;
  /** Name of the context that answered; null when none did so far. */
  readonly context: () => string | null;
};

/** Longest time that a look at the cluster may hold up a review, in milliseconds. */
const patienceMs = 2000;

const late = { unseen: 'The cluster did not answer within two seconds.' } as const;

const soon = async <T>(work: Promise<Answered<T>>): Promise<Answered<T>> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Answered<T>>(resolve => {
    timer = setTimeout(() => resolve(late), patienceMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
};

export const goOnline = ({ io, options }: Context, connection: SharedConnection): Online => {
  const insisted = options.context !== undefined;
  const attempt = async <T>(work: (client: Client) => Promise<T>): Promise<Answered<T>> => {
    try {
      return { value: await work(await connection.open()) };
    } catch (error) {
      if (insisted || !isClusterError(error)) throw asCliError(error);
      return { unseen: error.message };
    }
  };
  return {
    ask: async work => {
      if (options.offline === true) return { unseen: '' };
      if (!insisted && !mayConnect(io, options.kubeconfig)) return { unseen: '' };
      return insisted ? attempt(work) : soon(attempt(work));
    },
    context: () => connection.client()?.target.context ?? null,
  };
};
