/** What a set of manifests would make, in a few lines: the same words for our own and for somebody else's. */

import type { SummaryLine } from '../../../core/component.ts';
import type { KubernetesObject } from '../../../core/manifest.ts';
import { listed } from '../../../core/text.ts';
import { argument, type Component, componentsOf, isGraph, wordsIn } from './graph.ts';

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const gpusOf = (component: Component): number => Number(component.gpu ?? 0) || 0;

const parallel = (component: Component): string => {
  const words = wordsIn(component);
  const tensor = argument(words, '--tensor-parallel-size');
  const pipeline = argument(words, '--pipeline-parallel-size');
  const parts = [
    ...(tensor === undefined ? [] : [`TP ${tensor}`]),
    ...(pipeline === undefined ? [] : [`PP ${pipeline}`]),
    ...(words.includes('--enable-expert-parallel') ? ['EP'] : []),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

const componentLine = (component: Component): SummaryLine => {
  const gpus = gpusOf(component);
  const value =
    gpus === 0
      ? plural(component.replicas, 'replica')
      : `${plural(component.replicas, 'replica')} x ${plural(gpus, 'GPU')}${parallel(component)}`;
  return { label: component.name, value };
};

const features = (components: readonly Component[]): string => {
  const env = components.flatMap(component => component.env);
  const value = (name: string): string | undefined =>
    env.find(variable => variable.name === name)?.value ?? undefined;
  const on = [
    ...(value('DYN_ROUTER_MODE') === 'kv' ? ['KV router'] : []),
    ...(value('DYN_KVBM_CPU_CACHE_GB') === undefined
      ? []
      : [`KVBM CPU cache ${value('DYN_KVBM_CPU_CACHE_GB')} GB`]),
    ...(value('DYN_KVBM_DISK_CACHE_GB') === undefined
      ? []
      : [`KVBM disk cache ${value('DYN_KVBM_DISK_CACHE_GB')} GB`]),
  ];
  return on.length === 0 ? 'none' : listed(on);
};

const isDisaggregated = (components: readonly Component[]): boolean =>
  components.some(component => component.type === 'prefill');

const graphLines = (graph: KubernetesObject): SummaryLine[] => {
  const components = componentsOf(graph);
  const worker =
    components.find(component => gpusOf(component) > 0) ??
    components.find(component => component.args.length > 0);
  const words = worker === undefined ? [] : wordsIn(worker);
  const path = argument(words, '--model');
  const total = components.reduce((sum, component) => sum + gpusOf(component) * component.replicas, 0);
  return [
    {
      label: 'Deployment',
      value: `${graph.metadata.name} in namespace ${graph.metadata.namespace ?? 'default'}`,
    },
    { label: 'Model', value: argument(words, '--served-model-name') ?? path ?? 'not said' },
    ...(path === undefined ? [] : [{ label: 'Model path', value: path }]),
    { label: 'Mode', value: isDisaggregated(components) ? 'disaggregated' : 'aggregated' },
    { label: 'Features', value: features(components) },
    { label: 'Image', value: worker?.image ?? 'not said' },
    { label: 'API version', value: graph.apiVersion },
    ...components.map(componentLine),
    { label: 'GPUs in total', value: String(total) },
  ];
};

const creates = (objects: readonly KubernetesObject[]): SummaryLine[] =>
  objects.length === 0
    ? []
    : [
        {
          label: 'Creates',
          value: objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', '),
        },
      ];

export const summaryOf = (objects: readonly KubernetesObject[]): SummaryLine[] => [
  ...objects.filter(isGraph).flatMap(graphLines),
  ...creates(objects),
];
