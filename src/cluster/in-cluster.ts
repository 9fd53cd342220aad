/** The way to the API server from inside a pod, by what the kubelet mounts. */

import { isIPv6 } from 'node:net';
import { bufferFromFileOrString } from '@kubernetes/client-node';
import type { Io } from '../io.ts';
import type { Chosen } from './context.ts';

/** Where the kubelet mounts token, CA and namespace of the service account. */
const account = '/var/run/secrets/kubernetes.io/serviceaccount';

const text = (file: string): string | null => {
  try {
    return bufferFromFileOrString(file)?.toString('utf8').trim() ?? null;
  } catch {
    return null;
  }
};

/** Null outside a pod, or in one without a service account token. `folder` differs in tests only. */
export const inCluster = (io: Pick<Io, 'env'>, folder = account): Chosen | null => {
  const host = io.env['KUBERNETES_SERVICE_HOST'];
  const tokenFile = `${folder}/token`;
  if (!host || text(tokenFile) === null) return null;
  const port = io.env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return {
    cluster: { name: 'in-cluster', server, caFile: `${folder}/ca.crt`, skipTLSVerify: false },
    user: { name: 'service account', authProvider: { name: 'tokenFile', config: { tokenFile } } },
    namespace: text(`${folder}/namespace`),
    target: {
      context: null,
      cluster: 'in-cluster',
      server,
      user: 'service account',
      otherContexts: [],
      files: [],
    },
  };
};
