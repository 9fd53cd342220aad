/** What every verb about one deployment begins with: a connection, and the deployment that is meant. */

import { setMaxListeners } from 'node:events';
import type { Client } from '../cluster/client.ts';
import type { Awaited, WatchAsk } from '../core/sight.ts';
import { asCliError, connectFrom } from './connection.ts';
import type { Context } from './context.ts';
import { chooseDeployment, type Deployment } from './deployments.ts';

export type Reached = { readonly client: Client; readonly deployment: Deployment };

/** Runs the work and closes the connection, however it ends. Errors: CliError. */
export const withDeployment = async <T>(
  context: Context,
  work: (reached: Reached) => Promise<T>,
): Promise<T> => {
  let client: Client | null = null;
  try {
    // Node would take the listeners of many streams for a leak.
    setMaxListeners(0, context.io.signal);
    client = await connectFrom(context);
    const deployment = await chooseDeployment(context, client, context.words[0]);
    return await work({ client, deployment });
  } catch (error) {
    throw asCliError(error);
  } finally {
    client?.close();
  }
};

/** The deployment as the wait's rules take it. */
export const awaitedFrom = ({ name, namespace, graph }: Deployment): Awaited => ({
  name,
  namespace,
  objects: [graph],
  weightsBytes: null,
});

/** Where its pods are listed, those of its Jobs too when it is ours. */
export const podsAskOf = async (context: Context, deployment: Deployment): Promise<WatchAsk> => {
  const { watches } = await context.entry.watching();
  const { namespace } = deployment;
  return (
    watches(awaitedFrom(deployment)).find(({ key }) => key === 'pods') ?? {
      key: 'pods',
      path: `/api/v1/namespaces/${namespace}/pods`,
      labelSelector: null,
      fieldSelector: null,
    }
  );
};
