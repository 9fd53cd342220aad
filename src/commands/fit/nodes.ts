/** Where the nodes come from whose GPUs `fit` works with: a live cluster, a snapshot of one, or a file from kubectl. */

import { type ClusterFacts, type NodeFact, readOr } from '../../core/cluster-facts.ts';
import type { Facts } from '../../core/component.ts';
import type { FitAsk } from '../../core/fit.ts';
import type { HubFacts } from '../../core/hub-facts.ts';
import { settle } from '../../core/settings.ts';
import { CliError } from '../../errors.ts';
import { readText } from '../../files/read.ts';
import { asCliError } from '../connection.ts';
import type { Context } from '../context.ts';
import { pathFrom, readFacts, soundLayers } from '../layers.ts';
import { prepareLook } from '../look.ts';

export type Surroundings = Pick<FitAsk, 'nodes' | 'use' | 'operatorRelease'> & {
  /** What the Hub said when a snapshot was made; null otherwise. */
  readonly hub: HubFacts | null;
};

const nowhere: Surroundings = { nodes: null, use: null, operatorRelease: null, hub: null };

const surveyed = (cluster: ClusterFacts, facts: Facts, hub: HubFacts | null): Surroundings => {
  if (cluster.nodes.kind !== 'read')
    throw new CliError(
      cluster.nodes.kind === 'forbidden' ? 'forbidden' : 'unavailable',
      `The nodes were not read: ${cluster.nodes.message}`,
      { hint: 'Ask an admin for the ClusterRole that check --print-rbac prints, or name a GPU: --gpu NAME' },
    );
  const { operatorRelease } = facts;
  const use = cluster.use === undefined || cluster.use === null ? null : readOr(cluster.use);
  return { nodes: cluster.nodes.value, use, operatorRelease, hub };
};

/** Errors: why the cluster cannot be looked at. */
const live = async (context: Context, given: Facts): Promise<Surroundings> => {
  if (context.options.offline === true)
    throw new CliError('unavailable', 'The cluster was not looked at, because of --offline.', {
      hint: 'Leave --offline out, name a GPU with --gpu NAME, or give what was seen before: --snapshot FILE',
    });
  const { namespace } = settle(context.table, await soundLayers(context, given)).values;
  const look = prepareLook(context, String(namespace));
  try {
    const seen = await look.seen();
    if ('unseen' in seen) throw asCliError(seen.unseen);
    const { cluster } = seen.world;
    const { facts } = await context.entry.preflight();
    return surveyed(cluster, facts(cluster, null, false), null);
  } finally {
    look.close();
  }
};

/** What `check --save-snapshot` wrote beside the facts. */
type Snapshot = Facts & { readonly cluster?: ClusterFacts; readonly hub?: HubFacts | null };

const fromSnapshot = (context: Context): Surroundings => {
  const snapshot: Snapshot = readFacts(context);
  if (snapshot.cluster?.nodes === undefined)
    throw new CliError('refused', 'The snapshot holds no nodes.', {
      hint: 'Make one that does: check --save-snapshot FILE',
    });
  return surveyed(snapshot.cluster, snapshot, snapshot.hub ?? null);
};

const unusable = (path: string, why: string): CliError =>
  new CliError('refused', `${path} holds no nodes: ${why}.`, {
    hint: 'Write it with: kubectl get nodes -o json > nodes.json',
  });

const parsed = async (path: string, text: string): Promise<readonly unknown[]> => {
  if (/^\s*[{[]/.test(text)) {
    try {
      return [JSON.parse(text)].flat();
    } catch {
      throw unusable(path, 'it is no JSON');
    }
  }
  const { parseYaml } = await import('../../core/yaml.ts');
  const { documents, problem } = parseYaml(text);
  if (problem !== null) throw unusable(path, `${problem.message} (line ${problem.line})`);
  return documents;
};

const itemsOf = (data: unknown): readonly unknown[] => {
  const items = (data as { items?: unknown } | null)?.items;
  return Array.isArray(items) ? items : [data];
};

const isNode = (data: unknown): boolean => {
  const { kind, metadata } = (data ?? {}) as { kind?: unknown; metadata?: { name?: unknown } };
  // The items of a NodeList that a program wrote have no kind of their own.
  return (kind === undefined || kind === 'Node') && typeof metadata?.name === 'string';
};

/** A list or single nodes, one document or several. */
const fromFile = async (context: Context, path: string): Promise<Surroundings> => {
  const file = readText(path);
  if (!('text' in file)) throw unusable(path, 'missing' in file ? 'it does not exist' : file.problem);
  const [documents, { nodeFact }] = await Promise.all([
    parsed(path, file.text),
    import('../../cluster/survey/nodes.ts'),
  ]);
  const found = documents.flatMap(itemsOf).filter(isNode);
  if (found.length === 0) throw unusable(path, 'there is no object of kind Node in it');
  const { operatorRelease } = readFacts(context);
  try {
    const nodes: NodeFact[] = found.map(node => nodeFact(node as Parameters<typeof nodeFact>[0]));
    return { ...nowhere, nodes, operatorRelease };
  } catch {
    throw unusable(path, 'a node in it has another shape than the Kubernetes API gives it');
  }
};

const cannotBoth = (given: readonly string[]): CliError =>
  new CliError('usage', `${given.join(' and ')} say different things about the GPUs.`, {
    hint: `Use one of them, such as ${given[0]}.`,
  });

/** Nodes, if any were asked for. Errors: `usage` for several sources, `refused` for a file without nodes, those of a connection. */
export const surroundingsOf = async (context: Context): Promise<Surroundings> => {
  const { io, options, words } = context;
  const [word] = words;
  if (word !== undefined && word !== 'cluster')
    throw new CliError('usage', `fit takes no "${word}".`, {
      hint: 'Write fit cluster for the GPUs of the cluster, or --gpu NAME for any other.',
    });
  const given = [
    ...(options.gpu === undefined ? [] : ['--gpu']),
    ...(options.nodes === undefined ? [] : ['--nodes']),
    ...(options.snapshot === undefined ? [] : ['--snapshot']),
    ...(word === undefined ? [] : ['cluster']),
  ];
  if (given.length > 1) throw cannotBoth(given);
  if (options.nodes !== undefined) return fromFile(context, pathFrom(io, options.nodes));
  if (options.snapshot !== undefined) return fromSnapshot(context);
  return word === undefined ? nowhere : live(context, readFacts(context));
};
