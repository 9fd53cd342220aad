/** Owns the kubeconfigs of a rehearsal: who can log in, and how. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Authority, Pair } from './certificates.ts';

/** The token the exec credential plugin hands out; worth something on this loopback API server only. */
export const EXEC_TOKEN = 'rehearsal-exec-token';

/** The user of the context `restricted`; its rights are RoleBindings in single namespaces. */
export const RESTRICTED_USER = 'restricted';

type Written = {
  kubeconfig: string;
  execRuns: string;
  kubeconfigFor: (user: string) => string;
};

/** Writes the kubeconfig for people (contexts admin, restricted, exec) and returns how to make more for parts of the kit. */
export function writeKubeconfigs(folder: string, server: string, authority: Authority): Written {
  const admin = authority.issue({ name: 'admin', groups: ['system:masters'] });
  const restricted = authority.issue({ name: RESTRICTED_USER });
  const execRuns = join(folder, 'exec-credential.runs');
  const users = [
    { name: 'admin', user: certificateUser(admin) },
    { name: RESTRICTED_USER, user: certificateUser(restricted) },
    { name: 'exec', user: execUser(folder, execRuns) },
  ];
  const kubeconfig = join(folder, 'kubeconfig');
  writeConfig(kubeconfig, server, authority, users);
  return {
    kubeconfig,
    execRuns,
    kubeconfigFor(user) {
      const path = join(folder, `${user.replaceAll(':', '-')}.kubeconfig`);
      const client = authority.issue({
        name: user,
        groups: ['system:masters'],
      });
      writeConfig(path, server, authority, [{ name: user, user: certificateUser(client) }]);
      return path;
    },
  };
}

type User = { readonly name: string; readonly user: Record<string, unknown> };

/** Writes a kubeconfig with one context a user, the first being current. JSON is YAML, and needs no quoting rules. */
export function writeConfig(
  path: string,
  server: string,
  authority: Pick<Authority, 'cert'>,
  users: readonly User[],
  proxyUrl?: string,
): void {
  const cluster = {
    server,
    'certificate-authority-data': base64(authority.cert),
    ...(proxyUrl && { 'proxy-url': proxyUrl }),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'rehearsal', cluster }],
    users,
    contexts: users.map(({ name }) => ({
      name,
      context: { cluster: 'rehearsal', user: name },
    })),
    'current-context': users[0]?.name,
  };
  writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}

/** A user who shows a client certificate. */
export function certificateUser(pair: Pair): Record<string, string> {
  return {
    'client-certificate-data': base64(pair.cert),
    'client-key-data': base64(pair.key),
  };
}

function execUser(folder: string, runs: string): Record<string, unknown> {
  const apiVersion = 'client.authentication.k8s.io/v1';
  const credential = {
    apiVersion,
    kind: 'ExecCredential',
    status: { token: EXEC_TOKEN },
  };
  const answer = join(folder, 'exec-credential.json');
  const plugin = join(folder, 'exec-credential.sh');
  writeFileSync(answer, JSON.stringify(credential), { mode: 0o600 });
  writeFileSync(runs, '');
  writeFileSync(plugin, `#!/bin/sh\necho run >> '${runs}'\nexec cat '${answer}'\n`, { mode: 0o700 });
  return {
    exec: { apiVersion, command: plugin, args: [], interactiveMode: 'Never' },
  };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
