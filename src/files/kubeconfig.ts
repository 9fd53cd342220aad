/** Whether there is anything to connect with, so that runs without a cluster need not load a client. */

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Io } from '../io.ts';

/** False only when kubectl too would find nothing: no flag, no KUBECONFIG, no file at the usual place, no pod around us. */
export const mayConnect = ({ env }: Io, flag: string | undefined): boolean => {
  if (flag !== undefined || (env.KUBERNETES_SERVICE_HOST ?? '') !== '') return true;
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter(path => path !== '');
  return listed.length > 0 || existsSync(join(env.HOME ?? '', '.kube', 'config'));
};
