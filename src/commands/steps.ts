/** What a deployment and each of its steps are given. */

import type { Client } from '../cluster/client.ts';
import type { ClusterFacts } from '../core/cluster-facts.ts';
import type { Finding } from '../core/finding.ts';
import type { HubFacts } from '../core/hub-facts.ts';
import type { Awaited } from '../core/sight.ts';
import type { Context } from './context.ts';
import type { Token } from './hubFacts.ts';
import type { Look } from './look.ts';
import type { Subject } from './subject.ts';

/** What a deployment needs to know beside its manifests. */
export type Deployment = {
  readonly subject: Subject;
  readonly look: Look;
  /** Null when the Hub was not asked. */
  readonly hub: HubFacts | null;
  readonly token: Token | null;
  /** Findings about the manifests that nobody was told yet; none when absent. */
  readonly untold?: readonly Finding[];
  /** Codes of --skip-check. */
  readonly skipped: readonly string[];
  /** Checks that are left out, because what they warn of is what was asked for; none when absent. */
  readonly intended?: readonly string[];
  /** Told once everything is applied, before the wait. */
  readonly applied?: () => void;
  /** The command that does the same again. */
  readonly replay: string;
};

export type Step = {
  readonly context: Context;
  readonly deployment: Deployment;
  readonly client: Client;
  readonly cluster: ClusterFacts;
  readonly awaited: Awaited;
};
