/** Which cluster and user a run talks to: the context that was asked for, or the current one. */

import type { Cluster } from '@kubernetes/client-node';
import type { Target } from '../core/cluster-facts.ts';
import type { Io } from '../io.ts';
import { contextList } from './context-list.ts';
import { inCluster } from './in-cluster.ts';
import { type Kubeconfig, loadKubeconfig, nothingToLoad } from './kubeconfig.ts';
import { ClusterError } from './refusal.ts';
import type { Login } from './users.ts';

export type Chosen = {
  readonly cluster: Cluster;
  readonly user: Login;
  readonly namespace: string | null;
  readonly target: Target;
};

const noConfig = (message: string, hint: string): ClusterError =>
  new ClusterError('no-config', message, { hint });

const whereFrom = (config: Kubeconfig): string => `The kubeconfig ${config.files.join(', ')}`;

const noContext = (config: Kubeconfig, name: string, names: readonly string[]): ClusterError => {
  if (names.length === 0)
    return noConfig(
      `${whereFrom(config)} has no contexts.`,
      'Write one with `aws eks update-kubeconfig --name <cluster>`, or name another file with --kubeconfig.',
    );
  if (name === '')
    return noConfig(
      `${whereFrom(config)} says no current context.`,
      `Choose one with --context, or for good with \`kubectl config use-context NAME\`: ${contextList(names)}.`,
    );
  return noConfig(
    `${whereFrom(config)} has no context named ${name}.`,
    `Choose one with --context: ${contextList(names, name)}.`,
  );
};

const choose = (config: Kubeconfig, asked: string | undefined): Chosen => {
  const name = asked ?? config.current;
  const names = config.contexts.map(context => context.name);
  const context = config.contexts.find(one => one.name === name);
  if (context === undefined) throw noContext(config, name, names);
  const cluster = config.clusters.find(one => one.name === context.cluster);
  if (cluster === undefined)
    throw noConfig(
      `The context ${name} names the cluster ${context.cluster}, which the kubeconfig does not have or gives no server.`,
      `Correct ${config.files.join(', ')}, or choose another context with --context: ${contextList(names)}.`,
    );
  const user = config.users.find(one => one.name === context.user);
  if (user === undefined && context.user)
    throw noConfig(
      `The context ${name} names the user ${context.user}, which the kubeconfig does not have.`,
      `Correct ${config.files.join(', ')}, or choose another context with --context: ${contextList(names)}.`,
    );
  return {
    cluster,
    // Nobody in particular is a user too: without one, client-node would leave out the cluster's CA.
    user: user ?? { name: '' },
    namespace: context.namespace ?? null,
    target: {
      context: name,
      cluster: cluster.name,
      server: cluster.server,
      user: context.user ?? null,
      otherContexts: names.filter(other => other !== name),
      files: config.files,
    },
  };
};

/** What kubectl would talk to. Throws a ClusterError of kind no-config. */
export const chooseContext = (
  io: Pick<Io, 'cwd' | 'env'>,
  flags: { readonly kubeconfig?: string | undefined; readonly context?: string | undefined },
): Chosen => {
  const config = loadKubeconfig(io, flags.kubeconfig);
  if (config !== null && (config.contexts.length > 0 || flags.kubeconfig !== undefined))
    return choose(config, flags.context);
  const pod = inCluster(io);
  if (pod !== null && flags.context === undefined) return pod;
  if (config !== null) return choose(config, flags.context);
  throw nothingToLoad(io);
};
