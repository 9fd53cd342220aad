/** Owns a credential plugin whose tokens run out: a kubeconfig that leads through a proxy, and renewing what it takes. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from '../control/controlPlane.ts';
import { writeConfig } from '../control/kubeconfig.ts';
import type { FaultProxy } from './proxy.ts';

export type Login = {
  readonly kubeconfig: string;
  /** How often the plugin ran. */
  readonly runs: () => number;
  /** What was handed out so far is refused from now on; the plugin has a new one. */
  readonly expire: () => void;
};

/** Begins with a token that is good. */
export function createLogin(plane: ControlPlane, proxy: FaultProxy, folder: string): Login {
  const [answer, plugin, runs] = ['answer.json', 'plugin.sh', 'runs'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const apiVersion = 'client.authentication.k8s.io/v1';
  let serial = 0;
  const expire = () => {
    serial += 1;
    const token = `token-${serial}`;
    writeFileSync(answer, JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } }));
    proxy.letIn(token);
  };
  expire();
  writeFileSync(runs, '');
  writeFileSync(plugin, `#!/bin/sh\necho run >> '${runs}'\nexec cat '${answer}'\n`, { mode: 0o700 });
  const exec = { apiVersion, command: plugin, args: [], interactiveMode: 'Never' };
  const kubeconfig = join(folder, 'kubeconfig');
  writeConfig(kubeconfig, proxy.server, plane.authority, [{ name: 'expiring', user: { exec } }]);
  return {
    kubeconfig,
    runs: () => readFileSync(runs, 'utf8').split('\n').length - 1,
    expire,
  };
}
