/** Owns reaching a pod of the cluster as a client does: by port-forward through the API server, without kubectl. */

import { createServer, type Server } from 'node:net';
import { KubeConfig, PortForward } from '@kubernetes/client-node';
import { portOf } from './control/ports.ts';

/** An open way to a pod's port. */
export type Forward = { readonly url: string; close(): Promise<void> };

/** Listens on a loopback port and forwards every connection to the pod's port. */
export async function forwardToPod(
  kubeconfig: string,
  namespace: string,
  pod: string,
  port: number,
): Promise<Forward> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const forwarder = new PortForward(config);
  const server: Server = createServer(socket => {
    socket.on('error', () => {});
    void forwarder.portForward(namespace, pod, [port], socket, null, socket).catch(() => socket.destroy());
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
      }),
  };
}
