/** Owns comparing what two runs left in the cluster: every object of the namespace, without what is never the same. */

import { lastVerifyAnnotation } from '../../src/commands/verify/last-verify.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import { NAMESPACE } from './installing.ts';
import { eventually } from './support.ts';

type Resource = {
  readonly name: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
};

/** Told many times over, or the kit's own. */
const uncounted = /^(events|endpoints)$|kwok/;

const groupVersions = async ({ api }: Cluster): Promise<string[]> => {
  const { groups } = await api.send('GET', '/apis');
  const preferred = (groups as { preferredVersion: { groupVersion: string } }[]).map(
    group => group.preferredVersion.groupVersion,
  );
  return ['/api/v1', ...preferred.filter(one => !uncounted.test(one)).map(one => `/apis/${one}`)];
};

/** Paths of all collections of the namespace. */
const collections = async (cluster: Cluster): Promise<string[]> => {
  const paths = await Promise.all(
    (await groupVersions(cluster)).map(async root => {
      const { resources } = await cluster.api.send('GET', root);
      return (resources as Resource[])
        .filter(({ namespaced, verbs }) => namespaced && verbs.includes('list'))
        .filter(({ name }) => !name.includes('/') && !uncounted.test(name))
        .map(({ name }) => `${root}/namespaces/${NAMESPACE}/${name}`);
    }),
  );
  return paths.flat();
};

/** Every object of the namespace but events. */
export const everything = async (cluster: Cluster): Promise<KubeObject[]> => {
  const lists = await Promise.all((await collections(cluster)).map(path => cluster.api.send('GET', path)));
  return lists.flatMap(({ kind, items }) =>
    (items as KubeObject[]).map(item => ({ ...item, kind: kind.replace(/List$/, '') })),
  );
};

const hashes = /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{8}(?:[0-9a-f]{8})?\b/g;

/** What Kubernetes appends to names it makes up, and hashes of what a template says. */
const madeUp = /-(?:HASH|[bcdfghjklmnpqrstvwxz2456789]{5,10})(?=-|$)/g;

const plainName = (text: string, name: string): string =>
  text.replaceAll(name, 'NAME').replace(hashes, 'HASH').replace(madeUp, '-HASH');

/** When it was verified is another time in each run; that it was noted is not. */
const timeless = (annotations: Record<string, string> = {}): Record<string, string> =>
  lastVerifyAnnotation in annotations ? { ...annotations, [lastVerifyAnnotation]: 'noted' } : annotations;

/** What was written for it, whole: the spec, the data, the labels, and how often the spec was changed. */
const written = ({ metadata, spec, data }: KubeObject, name: string): string => {
  const { labels, annotations, generation } = metadata;
  return JSON.stringify({ labels, annotations: timeless(annotations), generation, spec, data })
    .replaceAll(name, 'NAME')
    .replaceAll(hashes, 'HASH');
};

const isOwn = ({ metadata }: KubeObject): boolean =>
  metadata.labels?.['app.kubernetes.io/managed-by'] === 'dynamo-installer' &&
  metadata.ownerReferences === undefined;

const restarts = ({ status }: KubeObject): number =>
  ((status?.containerStatuses ?? []) as { restartCount: number }[]).reduce(
    (sum, { restartCount }) => sum + restartCount,
    0,
  );

const line = (object: KubeObject, name: string): string => {
  const head = `${object.kind} ${plainName(object.metadata.name, name)}`;
  if (object.kind === 'Pod') return `${head} ${object.status.phase} ${restarts(object)}`;
  return isOwn(object) ? `${head} ${written(object, name)}` : head;
};

/** One line for each object of a deployment, in an order that names do not change. */
const linesOf = (all: readonly KubeObject[], name: string): string[] =>
  all
    .filter(({ metadata }) => new RegExp(`^(dynamo-installer-)?${name}(-|$)`).test(metadata.name))
    .map(object => line(object, name))
    .toSorted();

/** What belongs to nobody's deployment but was made by this program, such as the cache's claim. */
const sharedOf = (all: readonly KubeObject[]): string[] =>
  all
    .filter(object => isOwn(object) && object.metadata.labels?.['app.kubernetes.io/instance'] === undefined)
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);

export type Footprint = { readonly own: readonly string[]; readonly shared: readonly string[] };

export const footprintOf = async (cluster: Cluster, name: string): Promise<Footprint> => {
  const all = await everything(cluster);
  return { own: linesOf(all, name), shared: sharedOf(all) };
};

/** Waits for what controllers still tidy up; the last footprint, whether it is like the other or not. */
export const settledFootprint = async (
  cluster: Cluster,
  name: string,
  like: Footprint,
): Promise<Footprint> => {
  let last = await footprintOf(cluster, name);
  await eventually(
    async () => {
      last = await footprintOf(cluster, name);
      return JSON.stringify(last) === JSON.stringify(like) || undefined;
    },
    'the footprint is the same',
    20_000,
  ).catch(() => undefined);
  return last;
};
