/** Turns a kubeconfig's user into headers and certificates, once a run; anew only after the server has refused them. */

import type { OutgoingHttpHeaders } from 'node:http';
import type { Agent, RequestOptions } from 'node:https';
import { type Cluster, KubeConfig } from '@kubernetes/client-node';
import type { Io } from '../io.ts';
import type { Chosen } from './context.ts';
import { credentialsFailed } from './credential-sentences.ts';
import { pluginOf } from './users.ts';

export type Tls = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'servername'
>;

/** What a request needs to be let in. */
export type Access = {
  readonly headers: OutgoingHttpHeaders;
  readonly tls: Tls;
  /** An agent for a SOCKS proxy, which client-node makes; null without one. */
  readonly socks: Agent | null;
};

export type Credentials = {
  readonly current: () => Promise<Access>;
  /** The server refused `stale`: asks the plugin or file again, once for all who ask at the same time. */
  readonly renew: (stale: Access) => Promise<Access>;
};

/** Hears what a credential plugin says to a person. */
type Tell = (text: string) => void;

/** What plugins read about the run (client.authentication.k8s.io, ExecCredential). */
const execInfo = (apiVersion: string | undefined, cluster: Cluster | null): string =>
  JSON.stringify({
    apiVersion: apiVersion ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(cluster && {
        cluster: {
          server: cluster.server,
          'certificate-authority-data': cluster.caData,
          'insecure-skip-tls-verify': cluster.skipTLSVerify,
          'tls-server-name': cluster.tlsServerName,
        },
      }),
    },
  });

/** client-node 1.4 gives plugins neither the run's environment nor KUBERNETES_EXEC_INFO. */
const withPluginEnv = (chosen: Chosen, env: Io['env']): Chosen['user'] => {
  const plugin = pluginOf(chosen.user);
  if (plugin === null) return chosen.user;
  const given = Object.entries(env).map(([name, value]) => ({ name, value: value ?? '' }));
  const info = execInfo(plugin.apiVersion, plugin.provideClusterInfo ? chosen.cluster : null);
  const all = [...given, ...(plugin.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: info }];
  return { ...chosen.user, exec: { ...plugin, env: all } };
};

type Child = {
  readonly kill: () => unknown;
  readonly stdin: { readonly end: () => unknown } | null;
  readonly stderr: { readonly on: (event: 'data', heard: (text: string) => void) => unknown } | null;
  readonly once: (event: 'close', over: () => void) => unknown;
};
type Runner = { execFn: (...args: readonly unknown[]) => Child };

/** A plugin that takes longer may be waiting for somebody to log in elsewhere. Milliseconds. */
const patience = 2000;

/** Passes on what a plugin says while it keeps the run waiting, such as a code to log in with. */
const passOn = (child: Child, tell: Tell): void => {
  let held = '';
  let waits = false;
  const give = (): void => {
    const text = held.trim();
    held = '';
    if (text !== '') tell(text);
  };
  const timer = setTimeout(() => {
    waits = true;
    give();
  }, patience);
  child.stderr?.on('data', text => {
    held += text;
    if (waits) give();
  });
  child.once('close', () => clearTimeout(timer));
};

/** A plugin gets no input that it could wait for, and ends with the run. client-node offers no other way to its process. */
const holdPlugin = (config: KubeConfig, signal: AbortSignal, tell: Tell): void => {
  const runner = (config['authenticators'] as readonly object[]).find(one => 'execFn' in one) as
    | Runner
    | undefined;
  if (runner === undefined) return;
  const start = runner.execFn;
  runner.execFn = (...args) => {
    const child = start(...args);
    child.stdin?.end();
    passOn(child, tell);
    signal.addEventListener('abort', () => child.kill(), { once: true });
    return child;
  };
};

const loadConfig = (chosen: Chosen, proxy: string | null, env: Io['env']): KubeConfig => {
  const config = new KubeConfig();
  const { proxyUrl: _, ...cluster } = chosen.cluster;
  const isPlain = cluster.server.startsWith('http:');
  const user = withPluginEnv(chosen, env);
  config.loadFromOptions({
    // Proxies are the transport's, but for SOCKS. kubectl allows plain HTTP, client-node only when told so.
    clusters: [
      {
        ...cluster,
        ...(proxy?.startsWith('socks') && { proxyUrl: proxy }),
        ...(isPlain && { skipTLSVerify: true }),
      },
    ],
    users: [user],
    contexts: [{ name: 'chosen', cluster: cluster.name, user: user.name }],
    currentContext: 'chosen',
  });
  return config;
};

const authorization = (options: RequestOptions): OutgoingHttpHeaders => {
  const headers = options.headers as OutgoingHttpHeaders | undefined;
  const bearer = headers?.['Authorization'];
  if (options.auth)
    return { ...headers, Authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` };
  // A token read from a file ends in a line break as often as not.
  return typeof bearer === 'string' ? { ...headers, Authorization: bearer.trim() } : { ...headers };
};

const ask = async (
  chosen: Chosen,
  proxy: string | null,
  env: Io['env'],
  signal: AbortSignal,
  tell: Tell,
): Promise<Access> => {
  const config = loadConfig(chosen, proxy, env);
  holdPlugin(config, signal, tell);
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw credentialsFailed(error, chosen, signal);
  }
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
  return {
    headers: { ...authorization(options), ...chosen.user.actAs },
    tls: { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername },
    socks: proxy?.startsWith('socks') ? (options.agent as Agent) : null,
  };
};

/** `proxy` leads to the server, or is null; `tell` hears a plugin that keeps the run waiting. Both members reject with a ClusterError. */
export const credentialsOf = (
  chosen: Chosen,
  proxy: string | null,
  env: Io['env'],
  signal: AbortSignal,
  tell: Tell,
): Credentials => {
  // A fresh KubeConfig each time: the old one would hand out its cached credential again.
  const start = (): Promise<Access> => ask(chosen, proxy, env, signal, tell);
  let latest: Promise<Access> | undefined;
  const current = (): Promise<Access> => {
    latest ??= start();
    return latest;
  };
  return {
    current,
    renew: async stale => {
      if ((await current()) === stale) latest = start();
      return current();
    },
  };
};
