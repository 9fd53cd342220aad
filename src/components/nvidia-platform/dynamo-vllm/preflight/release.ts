/** The release of the Dynamo operator, told in five ways; the first that tells is believed. */

import type { ClusterFacts, OperatorFact } from '../../../../core/cluster-facts.ts';
import { readOr } from '../../../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import { parseRelease, withoutPost } from '../../../../core/release.ts';
import { tagOf } from '../planning.ts';
import { operatorFor } from './operator.ts';
import { list, record, text } from './podspec.ts';

/** The three numbers of a version, without the `v`, a post release or a suffix; undefined for what is no version. */
const plain = (version: string): string | undefined => {
  const found = parseRelease(withoutPost(version));
  return found === undefined ? undefined : `${found.major}.${found.minor}.${found.patch}`;
};

const fromArguments = ({ args }: OperatorFact): string | undefined => {
  const flag = '--operator-version';
  const at = args.indexOf(flag);
  const said = args.find(arg => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
  return plain(said ?? (at < 0 ? '' : (args[at + 1] ?? '')));
};

const fromLabels = ({ labels }: OperatorFact): string | undefined =>
  plain(labels['app.kubernetes.io/version'] ?? '') ??
  plain((labels['helm.sh/chart'] ?? '').replace(/^.*?-(?=v?\d+\.\d)/, ''));

/** The image runs; labels and annotations are what a chart says, and the chart 0.9.0 said it wrongly. */
const fromOperator = (operator: OperatorFact): string | undefined =>
  plain(tagOf(operator.image)) ?? fromArguments(operator) ?? fromLabels(operator);

const crdAnnotation = 'dynamo.nvidia.com/operator-version';

type Version = {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly keys: ReadonlySet<string>;
};

const propertiesOf = (schema: unknown): Record<string, unknown> => ({
  ...record(record(schema)['properties']),
});

const versionOf = (value: unknown): Version => {
  const { name, served, storage, schema } = record(value);
  const spec = record(propertiesOf(record(schema)['openAPIV3Schema'])['spec']);
  const fields = propertiesOf(spec);
  const service = propertiesOf(record(fields['services'])['additionalProperties']);
  return {
    name: text(name),
    served: served === true,
    storage: storage === true,
    keys: new Set([...Object.keys(fields), ...Object.keys(service).map(key => `services.${key}`)]),
  };
};

/** Lowest release whose CRD has this shape, newest first. */
const fromShape = (crd: KubernetesObject): string | undefined => {
  const versions = list(record(crd['spec'])['versions']).map(versionOf);
  const beta = versions.find(version => version.name === 'v1beta1');
  const alpha = versions.find(version => version.name === 'v1alpha1');
  const has = (key: string): boolean => alpha?.keys.has(key) === true;
  if (beta?.storage === true) return '1.5.0';
  if (has('services.runtimeVersionOverride')) return '1.4.0';
  if (has('services.priorityClassName') || has('priorityClassName')) return '1.3.0';
  if (beta?.served === true) return '1.2.0';
  if (has('annotations')) return '1.1.0';
  if (has('services.checkpoint')) return '1.0.0';
  if (has('restart')) return '0.9.0';
  return alpha === undefined ? undefined : '0.8.0';
};

const originAnnotation = 'nvidia.com/dynamo-operator-origin-version';

/** The release that made the newest deployment: a hint only, the operator may have been upgraded since. */
const fromGraphs = (graphs: readonly KubernetesObject[]): string | undefined =>
  graphs
    .map(graph => plain(graph.metadata.annotations?.[originAnnotation] ?? ''))
    .find(release => release !== undefined);

/** Such as `1.2.1`; null when nothing tells. */
export const operatorRelease = (cluster: ClusterFacts): string | null => {
  const operator = operatorFor(cluster);
  const shape = readOr(cluster.crdShape);
  return (
    (operator === null ? undefined : fromOperator(operator)) ??
    plain(readOr(cluster.crd)?.annotations[crdAnnotation] ?? '') ??
    (shape === null ? undefined : fromShape(shape)) ??
    fromGraphs(readOr(cluster.graphs) ?? []) ??
    null
  );
};
