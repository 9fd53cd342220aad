/** Owns reading whole objects of deployments: the custom resources and the saved answers. */

import type { ServedKind, SurveyAsk } from '../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { collect, readList } from './list.ts';
import type { Reader } from './reader.ts';

const whole = (object: KubernetesObject): KubernetesObject => object;

/** The version in which to read the custom resources; undefined when none of them is served. */
export const graphVersion = (
  { group, plural, versions }: SurveyAsk['graph'],
  served: readonly ServedKind[],
): string | undefined =>
  versions.find(version =>
    served.some(kind => kind.group === group && kind.version === version && kind.plural === plural),
  );

export const readGraphs = (
  reader: Reader,
  { group, plural }: SurveyAsk['graph'],
  version: string,
  namespace: string,
): Promise<readonly KubernetesObject[]> =>
  readList(reader, { path: `/apis/${group}/${version}/namespaces/${namespace}/${plural}` }, collect(whole));

const own = 'app.kubernetes.io/managed-by=dynamo-installer';

/** Items of a built-in kind do not say what they are: their list says it for all. */
export const readAnswers = (reader: Reader, namespace: string): Promise<readonly KubernetesObject[]> =>
  readList(
    reader,
    { path: `/api/v1/namespaces/${namespace}/configmaps`, query: { labelSelector: own } },
    collect((found: KubernetesObject) => ({ ...found, apiVersion: 'v1', kind: 'ConfigMap' })),
  );
