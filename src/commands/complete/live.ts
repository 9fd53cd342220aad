/** Looks for values that only the cluster, the kubeconfig or the disk knows: quickly, and quietly nothing when it does not work out. */

import { relative } from 'node:path';
import type { Client } from '../../cluster/client.ts';
import { listAll } from '../../cluster/pages.ts';
import { instanceOf } from '../../core/ownership.ts';
import { contextNames } from '../../files/contexts.ts';
import { savedEntries } from '../../files/library.ts';
import { connectFrom, namespaceOf } from '../connection.ts';
import type { Context } from '../context.ts';
import { findAround, findWithin, typedNamespace } from '../deployments.ts';
import { libraryFolder } from '../save.ts';
import type { Candidate, Live } from './grammar.ts';

const withClient = async <T>(context: Context, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = await connectFrom(context);
  try {
    return await work(client);
  } finally {
    client.close();
  }
};

const namespaces = (context: Context): Promise<Candidate[]> =>
  withClient(context, async client => {
    const { objects } = await listAll(client, '/api/v1/namespaces', {}, context.io.signal);
    return objects.map(({ metadata }) => [metadata.name, '']);
  });

const deployments = (context: Context): Promise<Candidate[]> =>
  withClient(context, async client => {
    const { graph } = (await context.entry.preflight()).survey;
    const { signal } = context.io;
    const typed = typedNamespace(context);
    const found =
      typed === null
        ? await findAround(client, { graph }, () => namespaceOf(context), signal)
        : await findWithin(client, { graph }, typed, signal);
    return found.deployments.map(one => [
      instanceOf(one.graph.metadata.labels) ?? one.name,
      `in ${one.namespace}`,
    ]);
  });

const manifests = async (context: Context): Promise<Candidate[]> =>
  savedEntries(libraryFolder(context)).map(({ path, savedAt }) => [
    relative(context.io.cwd, path),
    `saved ${savedAt.toISOString().slice(0, 10)}`,
  ]);

const codes = async ({ entry }: Context): Promise<Candidate[]> =>
  Object.entries((await entry.load()).catalogue).map(([code, { title }]) => [code, title]);

const contexts = async ({ io, options }: Context): Promise<Candidate[]> =>
  contextNames(io, options.kubeconfig).map(name => [name, '']);

const looks: Readonly<Record<Live, (context: Context) => Promise<Candidate[]>>> = {
  contexts,
  namespaces,
  deployments,
  manifests,
  codes,
};

/** Without the ones that could not be had. */
export const lookFor = async (what: readonly Live[], context: Context): Promise<Candidate[]> => {
  const found = await Promise.allSettled(what.map(one => looks[one](context)));
  return found.flatMap(one => (one.status === 'fulfilled' ? one.value : []));
};
