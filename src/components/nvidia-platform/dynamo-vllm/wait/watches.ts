/** What is watched: one watch a kind, as narrow as the labels of the applied objects allow. */

import type { KubernetesObject } from '../../../../core/manifest.ts';
import type { Awaited, WatchAsk } from '../../../../core/sight.ts';
import { isGraph } from '../graph.ts';
import { managedBy } from '../labels.ts';
import { type Data, labelsOf, nameOf, record, text, texts } from './members.ts';

const managedLabel = 'app.kubernetes.io/managed-by';
const instanceLabel = 'app.kubernetes.io/instance';

const ours = (name: string): string => `${managedLabel}=${managedBy},${instanceLabel}=${name}`;

const carriesOurs = (labels: Readonly<Record<string, string>>, name: string): boolean =>
  labels[managedLabel] === managedBy && labels[instanceLabel] === name;

/** Labels that the operator puts on the pods of each component. */
const componentLabels = (graph: KubernetesObject): Readonly<Record<string, string>>[] => {
  const spec = record(graph.spec);
  if (Array.isArray(spec.components))
    return spec.components.map(one => texts(record(record(record(one).podTemplate).metadata).labels));
  return Object.values(record(spec.services)).map(one => texts(record(record(one).extraPodMetadata).labels));
};

const jobLabels = (job: KubernetesObject): Readonly<Record<string, string>> => {
  const template: Data = record(record(record(job.spec).template).metadata);
  return texts(template.labels);
};

/** One selector has to see the operator's pods and the Job's: ours if all carry it, the operator's if there is no Job, else none. */
const podSelector = (awaited: Awaited, graph: KubernetesObject | undefined): string | null => {
  const jobs = awaited.objects.filter(object => object.kind === 'Job');
  const labels = [...(graph === undefined ? [] : componentLabels(graph)), ...jobs.map(jobLabels)];
  if (labels.length > 0 && labels.every(one => carriesOurs(one, awaited.name))) return ours(awaited.name);
  return jobs.length === 0 ? `nvidia.com/dynamo-graph-deployment-name=${awaited.name}` : null;
};

const jobWatch = (awaited: Awaited, graph: KubernetesObject | undefined): WatchAsk[] => {
  const jobs = awaited.objects.filter(object => object.kind === 'Job');
  const isOurs = graph !== undefined && carriesOurs(labelsOf(graph), awaited.name);
  if (jobs.length === 0 && !isOurs) return [];
  const allOurs = jobs.every(job => carriesOurs(labelsOf(job), awaited.name));
  const single = jobs.length === 1 ? `metadata.name=${nameOf(jobs[0])}` : null;
  return [
    {
      key: 'jobs',
      path: `/apis/batch/v1/namespaces/${awaited.namespace}/jobs`,
      labelSelector: allOurs ? ours(awaited.name) : null,
      fieldSelector: allOurs ? null : single,
    },
  ];
};

export const watchesFor = (awaited: Awaited): WatchAsk[] => {
  const { namespace, name } = awaited;
  const graph = awaited.objects.find(object => text(object.apiVersion) !== '' && isGraph(object));
  const core = `/api/v1/namespaces/${namespace}`;
  const graphs: WatchAsk[] =
    graph === undefined
      ? []
      : [
          {
            key: 'graph',
            path: `/apis/${graph.apiVersion}/namespaces/${namespace}/dynamographdeployments`,
            labelSelector: null,
            fieldSelector: `metadata.name=${name}`,
          },
        ];
  return [
    ...graphs,
    ...jobWatch(awaited, graph),
    { key: 'pods', path: `${core}/pods`, labelSelector: podSelector(awaited, graph), fieldSelector: null },
    { key: 'events', path: `${core}/events`, labelSelector: null, fieldSelector: null },
  ];
};
