/** Reads everything that a removal has to know about a namespace, a few lists at a time. */

import type { Client } from '../../cluster/client.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import { collect, readList } from '../../cluster/survey/list.ts';
import { operatorFact, readOperators } from '../../cluster/survey/operators.ts';
import { type Reader, readerOf } from '../../cluster/survey/reader.ts';
import { type NamespaceState, readNamespace } from '../../cluster/survey/server.ts';
import { slots } from '../../cluster/survey/slots.ts';
import type { OperatorFact, SurveyAsk } from '../../core/cluster-facts.ts';
import { apiRoot, type Ref } from '../../core/kinds.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { ownSelector } from '../../core/ownership.ts';
import { readFirst } from '../deployments/versions.ts';
import { builtIn, collectionOf, type Kind } from './kinds.ts';

export type Read = {
  readonly objects: readonly KubernetesObject[];
  /** `active` where it may not be read. */
  readonly namespaceState: NamespaceState;
  /** Null when they may not be read. */
  readonly operators: readonly OperatorFact[] | null;
  /** Whether the API server still knows the kind of the custom resource. */
  readonly graphsServed: boolean;
};

type Asked = { readonly name: string; readonly namespace: string; readonly survey: SurveyAsk };

const atOnce = 6;
const onlyMetadata = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

const mayLack = (error: unknown): boolean =>
  isClusterError(error) && ['forbidden', 'not-found'].includes(error.kind);

const orElse =
  <T>(otherwise: T) =>
  (error: unknown): T => {
    if (mayLack(error)) return otherwise;
    throw error;
  };

/** Items of a list do not say their kind. */
const listKind = async (
  reader: Reader,
  kind: Kind,
  { name, namespace }: Asked,
): Promise<readonly KubernetesObject[]> => {
  const { apiVersion, kind: word, read, needed, metadataOnly } = kind;
  const wanted = {
    path: collectionOf(kind, namespace),
    ...(read === 'own' ? { query: { labelSelector: ownSelector(name) } } : {}),
    ...(metadataOnly === undefined ? {} : { accept: onlyMetadata }),
  };
  const listed = readList(
    reader,
    wanted,
    collect((found: KubernetesObject) => ({ ...found, apiVersion, kind: word })),
  );
  return needed ? listed : listed.catch(orElse<readonly KubernetesObject[]>([]));
};

/** Null when no version of the kind is served. */
const listGraphs = (
  reader: Reader,
  { namespace, survey: { graph } }: Asked,
): Promise<readonly KubernetesObject[] | null> =>
  readFirst(graph, root =>
    readList(
      reader,
      { path: `${root}/namespaces/${namespace}/${graph.plural}` },
      collect((found: KubernetesObject) => found),
    ),
  );

/** In the namespace alone none says nothing: it may stand in another. */
const operatorsWithin = async (
  reader: Reader,
  { namespace, survey }: Omit<Asked, 'name'>,
): Promise<readonly OperatorFact[] | null> => {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const wanted = { path, query: { labelSelector: survey.operatorSelector } };
  const found = await readList(reader, wanted, collect(operatorFact)).catch(
    orElse<readonly OperatorFact[]>([]),
  );
  return found.length === 0 ? null : found;
};

/** The Dynamo operators of the cluster, or of the namespace; null when it is not known whether there is one. Errors: ClusterError. */
export const readCaretakers = async (
  client: Client,
  asked: Omit<Asked, 'name'>,
  signal: AbortSignal,
): Promise<readonly OperatorFact[] | null> => {
  const reader = readerOf(client, signal);
  const all = await readOperators(reader, asked.survey.operatorSelector).catch(
    orElse<readonly OperatorFact[] | null>(null),
  );
  return all ?? operatorsWithin(reader, asked);
};

/** Errors: ClusterError; `forbidden` when something that the plan hangs on may not be read. */
export const readEverything = async (client: Client, asked: Asked, signal: AbortSignal): Promise<Read> => {
  const reader = readerOf(client, signal);
  const slot = slots(atOnce);
  const [graphs, operators, namespaceState, ...lists] = await Promise.all([
    slot(() => listGraphs(reader, asked)),
    slot(() => readCaretakers(client, asked, signal)),
    slot(() => readNamespace(reader, asked.namespace).catch(orElse<NamespaceState>('active'))),
    ...builtIn.map(kind => slot(() => listKind(reader, kind, asked))),
  ]);
  return {
    objects: [...(graphs ?? []), ...lists.flat()],
    namespaceState,
    operators,
    graphsServed: graphs !== null,
  };
};

const plurals: Readonly<Record<string, string>> = {
  ServiceAccount: 'serviceaccounts',
  RoleBinding: 'rolebindings',
  Secret: 'secrets',
};

/** Those of the objects that are there; what may not be read counts as not there. */
export const readThose = async (
  client: Client,
  refs: readonly Ref[],
  signal: AbortSignal,
): Promise<readonly Ref[]> => {
  const accept = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
  const found = await Promise.all(
    refs.map(async ({ apiVersion, kind, namespace, name }) => {
      const path = `${apiRoot(apiVersion)}/namespaces/${namespace}/${plurals[kind] ?? ''}/${name}`;
      return client.request({ method: 'GET', path, accept, signal }).then(
        () => true,
        () => false,
      );
    }),
  );
  return refs.filter((_, index) => found[index]);
};
