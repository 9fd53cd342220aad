/** Owns starting a cluster for a test file, or skipping the file's tests with the reason and the remedy in their name. */

import { afterAll, beforeAll } from 'vitest';
import { type Cluster, type ClusterSettings, startCluster } from '../kit/cluster/cluster.ts';
import { type CannotBuild, KUBERNETES_MINORS, whyNoBinaries } from '../kit/cluster/control/binaries.ts';
import { whyNoFrontend } from '../kit/cluster/frontend/environment.ts';
import { describeUnless } from '../kit/skip.ts';

// The first start may have to build the control plane and to install the frontend.
const FIRST_START_MS = 20 * 60_000;

/** The Kubernetes minor under test: that of TEST_KUBERNETES, or the newest. */
export const MINOR: string = process.env.TEST_KUBERNETES ?? KUBERNETES_MINORS[0] ?? '';

/** Declares tests that need a cluster; `body` gets a way to the running cluster. */
export function describeWithCluster(
  name: string,
  settings: ClusterSettings,
  body: (cluster: () => Cluster) => void,
): void {
  describeIfPossible(name, whyNoBinaries(MINOR), () => body(useCluster(settings)));
}

/** As describeWithCluster, with the real frontend, which needs Python too. */
export async function describeWithFrontend(
  name: string,
  settings: ClusterSettings,
  body: (cluster: () => Cluster) => void,
): Promise<void> {
  const problem = whyNoBinaries(MINOR) ?? (await whyNoFrontend());
  describeIfPossible(name, problem, () => body(useCluster({ ...settings, frontend: 'real' })));
}

/** Declares the tests, or skips them loudly. */
export function describeIfPossible(name: string, problem: CannotBuild | undefined, body: () => void): void {
  const why = problem && `${problem.message} ${problem.remedy}`;
  if (why) process.stderr.write(`\nSKIPPED: ${name}: ${why}\n`);
  describeUnless(why, name, body);
}

function useCluster(settings: ClusterSettings): () => Cluster {
  let cluster: Cluster | undefined;
  beforeAll(async () => {
    cluster = await startCluster({
      kubernetes: MINOR,
      ...settings,
      say: line => process.stderr.write(`${line}\n`),
    });
  }, FIRST_START_MS);
  afterAll(async () => {
    await cluster?.stop();
  });
  return () => {
    if (!cluster) throw new Error('The cluster is not running.');
    return cluster;
  };
}

/** Asks until the answer is something; throws the last reason when the time is up. */
export async function eventually<T>(
  ask: () => Promise<T | undefined>,
  what: string,
  withinMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`This did not come true within ${withinMs / 1000} s: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
