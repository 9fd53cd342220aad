/** What a change works with, and what is known of the world for it. */

import type { Changes } from '../../core/changes.ts';
import { type ClusterFacts, readOr } from '../../core/cluster-facts.ts';
import type { Facts } from '../../core/component.ts';
import type { HubFacts } from '../../core/hub-facts.ts';
import type { Layer } from '../../core/settings.ts';
import type { Deployment } from '../deployments.ts';
import type { Token } from '../hubFacts.ts';
import type { Look, World } from '../look.ts';
import type { SharedConnection } from '../shared-connection.ts';
import type { Base } from './base.ts';

export type Kind = {
  readonly verb: string;
  /** Whether the setting is asked where nothing was typed. */
  readonly asks: (key: string, changes: Changes) => boolean;
  /** Whether the Hub is asked about the model. */
  readonly asksHub: boolean;
  /** Flags to name where nothing was typed and nobody can be asked. */
  readonly example: string;
};

export type Work = {
  readonly kind: Kind;
  readonly base: Base;
  readonly deployment: Deployment;
  readonly connection: SharedConnection;
  readonly look: Look;
  readonly world: World;
  /** Flags. */
  readonly typed: Layer;
};

/** Its own pods make way, so what they hold counts as free. */
const withoutOwn = (cluster: ClusterFacts, { name, namespace }: Deployment): ClusterFacts => {
  const use = readOr(cluster.use);
  if (use === null) return cluster;
  const value = use.filter(one => one.namespace !== namespace || one.made?.deployment !== name);
  return { ...cluster, use: { kind: 'read', value } };
};

export const factsOf = async (work: Work, hub: HubFacts | null, token: Token | null): Promise<Facts> => {
  const { facts } = await work.base.context.entry.preflight();
  return facts(withoutOwn(work.world.cluster, work.deployment), hub, token !== null);
};
