/** What a DynamoGraphDeployment, whoever wrote it, says about what is going to be verified. */

import type { KubernetesObject } from '../../../../core/manifest.ts';
import { parseRelease } from '../../../../core/release.ts';
import { dialectFor } from '../dialect.ts';
import { type Component, componentsOf, wordsIn } from '../graph.ts';
import { tagOf } from '../planning.ts';
import { type RouterAsk, routerOf } from './routing.ts';

export type RoleKind = 'worker' | 'prefill' | 'decode';

export type WorkerRole = {
  readonly kind: RoleKind;
  /** Name of the component in the graph, case kept. */
  readonly component: string;
  readonly replicas: number;
};

export type KvbmAsk = {
  readonly component: string;
  /** Port of its metrics; null while they are off, which is the default. */
  readonly metricsPort: number | null;
};

export type Deployed = {
  readonly name: string;
  readonly namespace: string;
  /** Ids under which the model should be served, the one to use first; empty when the manifest does not tell. */
  readonly served: readonly string[];
  /** Behind --model: an id of the Hub or a path; empty when the manifest does not tell. */
  readonly model: string;
  /** Component name of the frontend. */
  readonly frontend: string;
  readonly roles: readonly WorkerRole[];
  /** Release of the image, or null when its tag does not tell. */
  readonly release: string | null;
  /** Release of the engine in the image; null when not known. */
  readonly engine: string | null;
  /** Null when requests are not routed by KV cache. */
  readonly router: RouterAsk | null;
  readonly kvbm: KvbmAsk | null;
  /** Longest context in tokens; null when not limited by the manifest. */
  readonly maxModelLen: number | null;
  /** Dynamo namespace of its workers, which from 1.0 on carry the worker generation behind it. */
  readonly dynamoNamespace: string;
  /** Value of the discovery annotation; null when there is none. */
  readonly discovery: string | null;
  /** The frontend mounts a volume that a worker mounts too. */
  readonly frontendHasModel: boolean;
  /** What the operator says, such as `pending`; null when the object does not tell. */
  readonly state: string | null;
};

type Data = Readonly<Record<string, unknown>>;

const record = (value: unknown): Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const isFrontend = ({ type, name }: Component): boolean =>
  type === 'frontend' || (type === '' && name.toLowerCase() === 'frontend');

const isEngine = (component: Component): boolean =>
  ['worker', 'prefill', 'decode'].includes(component.type) ||
  wordsIn(component).some(word => /^dynamo\.(vllm|mocker)$/.test(word));

/** Words behind a flag up to the next flag. */
const behind = (words: readonly string[], flag: string): string[] => {
  const joined = words.find(word => word.startsWith(`${flag}=`));
  if (joined !== undefined) return [joined.slice(flag.length + 1)];
  const at = words.indexOf(flag);
  if (at < 0) return [];
  const rest = words.slice(at + 1);
  const next = rest.findIndex(word => word.startsWith('-'));
  return next < 0 ? rest : rest.slice(0, next);
};

const kindOf = (component: Component): RoleKind => {
  const words = wordsIn(component);
  const [mode] = behind(words, '--disaggregation-mode');
  if (component.type === 'prefill' || mode === 'prefill' || words.includes('--is-prefill-worker'))
    return 'prefill';
  return component.type === 'decode' || mode === 'decode' || words.includes('--is-decode-worker')
    ? 'decode'
    : 'worker';
};

const servedOf = (words: readonly string[]): string[] => {
  const named = behind(words, '--served-model-name');
  if (named.length > 0) return named;
  const [model = ''] = [...behind(words, '--model-name'), ...behind(words, '--model')];
  return model === '' ? [] : [model];
};

const lengthOf = (words: readonly string[]): number | null => {
  const match = /^(\d+)([kK]?)$/.exec(behind(words, '--max-model-len')[0] ?? '');
  if (match === null) return null;
  return Number(match[1]) * (match[2] === 'K' ? 1024 : match[2] === 'k' ? 1000 : 1);
};

/** Variables of the whole graph and of one component; what the component says wins. */
const envOf = (graph: KubernetesObject, component: Component | undefined): Record<string, string> => {
  const spec = record(graph.spec);
  const shared = list(spec.envs ?? spec.env).map(record);
  return Object.fromEntries([
    ...shared.map(({ name, value }) => [String(name), String(value ?? '')]),
    ...(component?.env ?? []).map(({ name, value }) => [name, value ?? '']),
  ]);
};

const isTrue = (value: string | undefined): boolean => /^(1|true|yes|on)$/i.test(value ?? '');

const kvbmOf = (graph: KubernetesObject, engines: readonly Component[]): KvbmAsk | null => {
  for (const component of engines) {
    const env = envOf(graph, component);
    const sized = Object.keys(env).some(name => /^DYN_KVBM_(CPU|DISK)_CACHE_(GB|OVERRIDE_)/.test(name));
    if (!sized) continue;
    const port = Number(env.DYN_KVBM_METRICS_PORT ?? 6880);
    return { component: component.name, metricsPort: isTrue(env.DYN_KVBM_METRICS) ? port : null };
  }
  return null;
};

/** Names of what a component mounts, in either API version. */
const volumesOf = (graph: KubernetesObject, name: string): string[] => {
  const spec = record(graph.spec);
  const one = list(spec.components)
    .map(record)
    .find(component => component.name === name);
  if (one === undefined)
    return list(record(record(spec.services)[name]).volumeMounts).map(mount => String(record(mount).name));
  return list(record(record(one.podTemplate).spec).volumes).flatMap(volume => {
    const claim = record(record(volume).persistentVolumeClaim).claimName;
    return claim === undefined ? [] : [String(claim)];
  });
};

const releaseOf = (components: readonly Component[]): string | null => {
  const tags = components.map(({ image }) => tagOf(image));
  return tags.find(tag => parseRelease(tag) !== undefined) ?? null;
};

const namespaceOf = (graph: KubernetesObject, frontend: Component | undefined, own: string): string => {
  const said = envOf(graph, frontend).DYN_NAMESPACE;
  if (said !== undefined && said !== '') return said;
  const spec = record(graph.spec);
  const parts = [...list(spec.components), ...Object.values(record(spec.services))].map(record);
  return parts.some(({ globalDynamoNamespace }) => globalDynamoNamespace === true) ? 'dynamo' : own;
};

/** Reads a graph as the API server or a file gives it. */
export const deployedBy = (graph: KubernetesObject, name: string, namespace: string): Deployed => {
  const components = componentsOf(graph);
  const frontend = components.find(isFrontend);
  const engines = components.filter(component => !isFrontend(component) && isEngine(component));
  const words = engines.map(wordsIn);
  const release = releaseOf([...engines, ...(frontend === undefined ? [] : [frontend])]);
  const shared = new Set(engines.flatMap(engine => volumesOf(graph, engine.name)));
  const lengths = words.map(lengthOf).filter(length => length !== null);
  return {
    name,
    namespace,
    served: words.map(servedOf).find(ids => ids.length > 0) ?? [],
    model: words.map(some => behind(some, '--model')[0] ?? '').find(model => model !== '') ?? '',
    frontend: frontend?.name ?? 'Frontend',
    roles: engines.map(engine => ({
      kind: kindOf(engine),
      component: engine.name,
      replicas: engine.replicas,
    })),
    release,
    engine: release === null ? null : dialectFor(release, release).runtime.engine,
    router:
      frontend === undefined
        ? null
        : routerOf({
            frontend: { words: wordsIn(frontend), env: envOf(graph, frontend) },
            engines: engines.filter(engine => kindOf(engine) !== 'decode').map(wordsIn),
            release,
          }),
    kvbm: kvbmOf(graph, engines),
    maxModelLen: lengths.length === 0 ? null : Math.min(...lengths),
    dynamoNamespace: namespaceOf(graph, frontend, `${namespace}-${name}`.replaceAll('.', '-')),
    discovery: text(graph.metadata.annotations?.['nvidia.com/dynamo-discovery-backend']),
    frontendHasModel:
      frontend !== undefined && volumesOf(graph, frontend.name).some(volume => shared.has(volume)),
    state: text(record(graph.status).state),
  };
};
