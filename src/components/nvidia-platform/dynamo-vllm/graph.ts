/** Reads a DynamoGraphDeployment of either API version, whoever wrote it, as a list of components. */

import type { KubernetesObject } from '../../../core/manifest.ts';

export type Component = {
  readonly name: string;
  /** Path of the component in the object, for findings. */
  readonly path: string;
  /** frontend, worker, prefill, decode, …; empty when not said. */
  readonly type: string;
  readonly replicas: number;
  /** As written: text or number; null when no GPU is asked for. */
  readonly gpu: string | null;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string | null }[];
  readonly quantities: Readonly<Record<string, string>>;
  readonly probes: Readonly<Record<string, unknown>>;
};

type Data = Readonly<Record<string, unknown>>;

const record = (value: unknown): Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value));
const texts = (value: unknown): string[] => list(value).map(text);

const envOf = (value: unknown): { name: string; value: string | null }[] =>
  list(value).map(entry => {
    const { name, value: said } = record(entry);
    return { name: text(name), value: said === undefined ? null : text(said) };
  });

const flat = (...maps: readonly unknown[]): Record<string, string> =>
  Object.fromEntries(
    maps.flatMap(map =>
      Object.entries(record(map))
        .filter(([, v]) => typeof v !== 'object')
        .map(([k, v]) => [k, text(v)]),
    ),
  );

const gpuOf = (limits: Data, requests: Data): string | null => {
  const said = limits['nvidia.com/gpu'] ?? limits.gpu ?? requests['nvidia.com/gpu'];
  return said === undefined ? null : text(said);
};

const probesOf = (...holders: readonly Data[]): Record<string, unknown> =>
  Object.fromEntries(
    holders.flatMap(holder =>
      ['livenessProbe', 'readinessProbe', 'startupProbe']
        .filter(key => key in holder)
        .map(key => [key, holder[key]]),
    ),
  );

const fromService = (name: string, value: unknown): Component => {
  const service = record(value);
  const resources = record(service.resources);
  const [limits, requests] = [record(resources.limits), record(resources.requests)];
  const main = record(record(service.extraPodSpec).mainContainer);
  const mainLimits = record(record(main.resources).limits);
  return {
    name,
    path: `spec.services.${name}`,
    type: text(service.subComponentType ?? service.componentType),
    replicas: Number(service.replicas ?? 1),
    gpu: gpuOf({ ...mainLimits, ...limits }, {}),
    image: text(main.image),
    command: texts(main.command),
    args: texts(main.args),
    env: [...envOf(service.envs), ...envOf(main.env)],
    quantities: flat(limits, requests, limits.custom, requests.custom),
    probes: probesOf(service, main),
  };
};

const fromComponent = (value: unknown, index: number): Component => {
  const component = record(value);
  const pod = record(record(component.podTemplate).spec);
  const main = record(
    list(pod.containers).find(one => record(one).name === 'main') ?? list(pod.containers)[0],
  );
  const resources = record(main.resources);
  const [limits, requests] = [record(resources.limits), record(resources.requests)];
  return {
    name: text(component.name),
    path: `spec.components[${index}]`,
    type: text(component.type),
    replicas: Number(component.replicas ?? 1),
    gpu: gpuOf(limits, requests),
    image: text(main.image),
    command: texts(main.command),
    args: texts(main.args),
    env: envOf(main.env),
    quantities: flat(limits, requests),
    probes: probesOf(main),
  };
};

export const isGraph = (object: KubernetesObject): boolean =>
  object.kind === 'DynamoGraphDeployment' && object.apiVersion.startsWith('nvidia.com/');

export const componentsOf = (graph: KubernetesObject): Component[] => {
  const spec = record(graph.spec);
  if (Array.isArray(spec.components)) return spec.components.map(fromComponent);
  return Object.entries(record(spec.services)).map(([name, service]) => fromService(name, service));
};

/** The value behind a flag in an argument list, in either spelling. */
export const argument = (args: readonly string[], flag: string): string | undefined => {
  const at = args.indexOf(flag);
  if (at >= 0) return args[at + 1];
  return args.find(arg => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
};

/** Text arguments of a shell command line are one string; they are looked through as words. */
export const wordsIn = (component: Component): readonly string[] =>
  isShell(component)
    ? [...component.command, ...component.args].flatMap(part => part.split(/\s+/))
    : [...component.command, ...component.args];

export const isShell = (component: Component): boolean =>
  /^(\/bin\/)?(ba)?sh$/.test(component.command[0] ?? '');
