/** Owns kwok, which keeps the fake nodes alive and plays their kubelets: logs and port-forward, on loopback. */

import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Objects } from '../api/objects.ts';
import { type Child, lastLines } from '../control/children.ts';
import type { ControlPlane } from '../control/controlPlane.ts';
import { freePorts } from '../control/ports.ts';
import { kwokCrds } from './kwokCrds.ts';
import { kwokStages } from './kwokStages.ts';

/** The running kwok. */
export type Kwok = {
  /** Where the kubelets of all nodes listen. */
  readonly kubeletPort: number;
  /** Resolves when they do. */
  readonly listening: Promise<void>;
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
  const child = plane.startProcess({
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
      // Leases are renewed four times in this; for thousands of nodes every ten seconds would be all the machine does.
      '--node-lease-duration-seconds=600',
      '--enable-crds=Logs,PortForward',
    ],
  });
  return { kubeletPort, listening: untilListening(kubeletPort, child) };
}

async function untilListening(port: number, child: Child): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (!child.isRunning()) throw new Error(`${await child.ended}:\n${lastLines(child.logFile)}`);
    if (await accepts(port)) return;
    await sleep(50);
  }
  throw new Error('kwok did not begin to listen within half a minute.');
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
