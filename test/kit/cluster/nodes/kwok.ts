/** Owns kwok, which keeps the fake nodes alive and plays their kubelets: logs and port-forward, on loopback. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Objects } from '../api/objects.ts';
import type { ControlPlane } from '../control/controlPlane.ts';
import { freePorts } from '../control/ports.ts';
import { kwokCrds } from './kwokCrds.ts';
import { kwokStages } from './kwokStages.ts';

/** The running kwok. */
export type Kwok = {
  /** Where the kubelets of all nodes listen. */
  readonly kubeletPort: number;
};

/** Starts kwok; the kinds it is steered by are applied first. */
export async function startKwok(plane: ControlPlane, objects: Objects, file: string): Promise<Kwok> {
  const [kubeletPort = 0] = await freePorts(1);
  const { cert, key } = plane.authority.issue({
    name: 'kubelet',
    hosts: ['127.0.0.1'],
  });
  const at = (name: string) => join(plane.folder.path, name);
  writeFileSync(at('kubelet.crt'), cert);
  writeFileSync(at('kubelet.key'), key, { mode: 0o600 });
  writeFileSync(at('kwok.yaml'), kwokStages.map(stage => JSON.stringify(stage)).join('\n---\n'));
  await Promise.all(kwokCrds.map(crd => objects.apply(crd)));
  plane.startProcess({
    name: 'kwok',
    file,
    args: [
      `--config=${at('kwok.yaml')}`,
      `--kubeconfig=${plane.kubeconfigFor('rehearsal-kwok')}`,
      '--manage-all-nodes=true',
      '--cidr=10.244.0.0/16',
      '--node-ip=127.0.0.1',
      `--node-port=${kubeletPort}`,
      `--server-address=127.0.0.1:${kubeletPort}`,
      `--tls-cert-file=${at('kubelet.crt')}`,
      `--tls-private-key-file=${at('kubelet.key')}`,
      '--node-lease-duration-seconds=40',
      '--enable-crds=Logs,PortForward',
    ],
  });
  return { kubeletPort };
}
