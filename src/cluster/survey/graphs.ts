/** Owns reading whole objects of deployments: the custom resources and the saved answers. */

import type { ServedKind, SurveyAsk } from '../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { collect, readList } from './list.ts';
import type { Reader } from './reader.ts';

const whole = (object: KubernetesObject): KubernetesObject => object;

/** The versions in which the custom resources can be read, in the order in which they are wanted. */
export const graphVersions = (
  { group, plural, versions }: SurveyAsk['graph'],
  served: readonly ServedKind[],
): readonly string[] =>
  versions.filter(version =>
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
