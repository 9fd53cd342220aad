/** Owns one survey of a cluster: which reads there are, how many at once, and which wait for which. */

import { setMaxListeners } from 'node:events';
import type { ClaimFact, ClusterFacts, Reading, SurveyAsk, VolumeFact } from '../core/cluster-facts.ts';
import type { Client } from './client.ts';
import { ClusterError } from './refusal.ts';
import { needsShape, readCrd, readCrdShape } from './survey/crd.ts';
import { readServed } from './survey/discovery.ts';
import { graphVersions, readAnswers, readGraphs } from './survey/graphs.ts';
import { readLimitRanges, readQuotas } from './survey/limits.ts';
import { readObjects } from './survey/metadata.ts';
import { poolGroup, poolVersion, readNodePools } from './survey/nodePools.ts';
import { readNodes } from './survey/nodes.ts';
import { readOperators, readWebhooks } from './survey/operators.ts';
import { readUse } from './survey/pods.ts';
import { type Reader, readerOf } from './survey/reader.ts';
import { isHopeless, readingOf, whenRead } from './survey/reading.ts';
import { readAccess, readNamespace, readVersion } from './survey/server.ts';
import { slots } from './survey/slots.ts';
import { readClaims, readStorageClasses } from './survey/storage.ts';
import { boundVolumes, readVolume } from './survey/volumes.ts';

/** Reads at once: enough to hide the way to the cluster, few enough not to be throttled there. */
const atOnce = 6;

type Read = <T>(work: (reader: Reader) => Promise<T>) => Promise<Reading<T>>;

const missing = (message: string): Promise<Reading<never>> => Promise.resolve({ kind: 'missing', message });

/** Asks for one volume before the others: who may not read one may read none. */
const volumesOf = async (
  read: Read,
  claims: readonly ClaimFact[],
): Promise<Reading<readonly VolumeFact[]>> => {
  const [first, ...rest] = boundVolumes(claims);
  if (first === undefined) return { kind: 'read', value: [] };
  const one = await read(reader => readVolume(reader, first));
  if (one.kind !== 'read') return one;
  const others = await Promise.all(rest.map(name => read(reader => readVolume(reader, name))));
  const value = [one, ...others].flatMap(each => (each.kind === 'read' ? (each.value ?? []) : []));
  return { kind: 'read', value };
};

/** Only the stored version can be read while the operator, which converts, is down; which one that is depends on its release. */
const graphsIn = async (
  read: Read,
  graph: SurveyAsk['graph'],
  [version, ...others]: readonly string[],
  namespace: string,
): Promise<ClusterFacts['graphs']> => {
  if (version === undefined)
    return missing(`The API server serves no ${graph.plural}.${graph.group} in a known version.`);
  const found = await read(reader => readGraphs(reader, graph, version, namespace));
  if (found.kind !== 'failed' || others.length === 0) return found;
  const other = await graphsIn(read, graph, others, namespace);
  return other.kind === 'read' ? other : found;
};

/** The kinds of the groups that were asked for, and what can only be read in a version that is served. */
const discoveredFacts = (read: Read, ask: SurveyAsk, namespace: string) => {
  const groups = new Set([...ask.groups, ask.graph.group, poolGroup]);
  const found = read(reader => readServed(reader, groups));
  return {
    served: whenRead(found, async kinds => ({
      kind: 'read' as const,
      value: kinds.filter(({ group }) => ask.groups.includes(group)),
    })),
    graphs: whenRead(found, kinds => graphsIn(read, ask.graph, graphVersions(ask.graph, kinds), namespace)),
    nodePools: whenRead(found, kinds => {
      const version = poolVersion(kinds);
      if (version === undefined) return missing(`The API server serves no nodepools.${poolGroup}.`);
      return read(reader => readNodePools(reader, version));
    }),
  };
};

/** Starts every read; those that others wait for, and the long ones, first. */
const startAll = (read: Read, ask: SurveyAsk, namespace: string) => {
  const within = `/api/v1/namespaces/${namespace}`;
  const discovered = discoveredFacts(read, ask, namespace);
  const claims = read(reader => readClaims(reader, namespace));
  const use = read(reader => readUse(reader, ask.podLabels));
  const nodes = read(readNodes);
  const crd = read(reader => readCrd(reader, ask.crd));
  const operators = read(reader => readOperators(reader, ask.operatorSelector));
  return {
    ...discovered,
    claims,
    volumes: whenRead(claims, found => volumesOf(read, found)),
    use,
    nodes,
    crd,
    operators,
    crdShape: whenRead(crd, async found =>
      needsShape(found, await operators)
        ? read(reader => readCrdShape(reader, ask.crd))
        : { kind: 'read', value: null },
    ),
    access: read(reader => readAccess(reader, namespace)),
    namespaceState: read(reader => readNamespace(reader, namespace)),
    quotas: read(reader => readQuotas(reader, namespace)),
    limitRanges: read(reader => readLimitRanges(reader, namespace)),
    storageClasses: read(readStorageClasses),
    webhooks: read(reader => readWebhooks(reader, ask.webhookGroup)),
    secrets: read(reader => readObjects(reader, `${within}/secrets`)),
    services: read(reader => readObjects(reader, `${within}/services`)),
    jobs: read(reader => readObjects(reader, `/apis/batch/v1/namespaces/${namespace}/jobs`)),
    answers: read(reader => readAnswers(reader, namespace)),
  };
};

type Started = ReturnType<typeof startAll>;
type Settled = { readonly [K in keyof Started]: Awaited<Started[K]> };

/** Waits for readings, which never reject. */
const settle = async (started: Started): Promise<Settled> => {
  const named = Object.entries(started).map(async ([name, reading]) => [name, await reading] as const);
  return Object.fromEntries(await Promise.all(named)) as Settled;
};

/**
 * Reads a cluster once. What cannot be read becomes a reading that says why. Rejects with a ClusterError of kind `unreachable`, `unauthorized`,
 * `credentials`, `no-config` or `interrupted` as soon as the request for the version does, for then nothing can be read.
 */
export const survey = async (
  client: Client,
  ask: SurveyAsk,
  namespace: string,
  signal: AbortSignal,
): Promise<ClusterFacts> => {
  const end = new AbortController();
  const either = AbortSignal.any([signal, end.signal]);
  // Node suspects a leak from the eleventh listener on; six requests have more than one each.
  setMaxListeners(0, either);
  const reader = readerOf(client, either);
  const slot = slots(atOnce);
  const read: Read = work => readingOf(slot(() => work(reader)));
  const asked = slot(() => readVersion(reader));
  const giveUp = asked.then(
    () => {},
    (error: unknown) => {
      if (!isHopeless(error)) return;
      end.abort();
      throw error;
    },
  );
  const [version, rest] = await Promise.all([
    readingOf(asked),
    settle(startAll(read, ask, namespace)),
    giveUp,
  ]);
  if (signal.aborted) throw new ClusterError('interrupted', 'The survey of the cluster was interrupted.');
  return { target: client.target, namespace, version, ...rest };
};
