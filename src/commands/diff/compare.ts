/** Compares manifests with a cluster: a server-side dry run of all of them against what is there. */

import { type DryRun, dryRun } from '../../cluster/apply.ts';
import type { Client } from '../../cluster/client.ts';
import { locate } from '../../cluster/resources.ts';
import { type Comparison, type ObjectComparison, wouldChange } from '../../core/comparison.ts';
import type { Finding } from '../../core/finding.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import type { ExplainRefusal } from '../../core/refused.ts';
import { type Judged, judge } from './judge.ts';
import { readExtra, readLive } from './live.ts';

export type Compared = {
  readonly client: Client;
  readonly name: string;
  readonly namespace: string;
  readonly objects: readonly KubernetesObject[];
  readonly explainRefusal: ExplainRefusal;
  /** Why a live object cannot be changed into the other in place; null when it can. */
  readonly replacement: (live: KubernetesObject, object: KubernetesObject) => string | null;
  readonly signal: AbortSignal;
};

/** What would come of each, whoever owns the fields by now, and who does. */
const tryAll = async ({ client, objects, namespace }: Compared): Promise<DryRun[]> => {
  const set = await locate(client, objects, { served: [], namespace });
  const runs = await dryRun(client, set, { force: false });
  const open = runs.filter(({ conflict }) => conflict !== null);
  const forced = await dryRun(client, open, { force: true });
  return runs.map(run => {
    const at = open.indexOf(run);
    const taken = at < 0 ? undefined : forced[at];
    return taken === undefined ? run : { ...taken, conflict: run.conflict };
  });
};

/** A hint that several objects give is given once. */
const unique = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map(found => [`${found.rule} ${found.message}`, found])).values(),
];

const objectsOf = (judged: readonly Judged[]): ObjectComparison[] => judged.map(({ object }) => object);

/** Errors: ClusterError when it is about the connection and not about one object. */
export const compareAll = async (compared: Compared): Promise<Comparison> => {
  const { client, signal } = compared;
  const runs = await tryAll(compared);
  const refs = runs.map(({ ref }) => ref);
  const [live, extra] = await Promise.all([
    readLive(client, runs),
    readExtra(client, compared, refs, signal),
  ]);
  const judged = await Promise.all(
    runs.map((run, at) => judge(compared, run, live[at] ?? { gone: true }, runs)),
  );
  const objects = objectsOf(judged);
  return {
    objects,
    extra,
    findings: unique(judged.flatMap(({ findings }) => findings)),
    differs: objects.some(wouldChange),
  };
};
