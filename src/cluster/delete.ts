/** Asks the API server to delete one object; what it made goes in the background. */

import { again } from './again.ts';
import type { Client } from './client.ts';
import { isClusterError } from './refusal.ts';

/** Nothing but the object with that uid is deleted; null takes whatever has the name. */
export const deleteOptions = (uid: string | null) => ({
  apiVersion: 'v1',
  kind: 'DeleteOptions',
  propagationPolicy: 'Background',
  ...(uid === null ? {} : { preconditions: { uid } }),
});

/** `gone` when it was not there any more. Errors: ClusterError; `conflict` when another has its name by now. */
export const deleteObject = async (
  client: Client,
  { path, uid }: { readonly path: string; readonly uid: string | null },
): Promise<'deleted' | 'gone'> => {
  const body = deleteOptions(uid);
  try {
    await again(() => client.request({ method: 'DELETE', path, body, throughInterrupt: true }));
    return 'deleted';
  } catch (error) {
    if (isClusterError(error) && error.kind === 'not-found') return 'gone';
    throw error;
  }
};
