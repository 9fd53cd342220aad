/**
 * Owns converting a deployment between v1alpha1 and v1beta1. What the other version cannot express travels in the annotation
 * nvidia.com/dgd-spec, so that a round trip gives back what was written.
 */

import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../api/client.ts';
import type { Amounts, Container, Loose, Service, Spec } from './graph.ts';

/** Where the other version's spec is kept. */
const KEPT = 'nvidia.com/dgd-spec';

type Component = Loose & {
  name: string;
  type?: string;
  replicas?: number;
  podTemplate?: { metadata?: Service['extraPodMetadata']; spec?: Loose & { containers?: Container[] } };
  sharedMemorySize?: string;
  compilationCache?: { pvcName?: string; mountPath?: string };
};
type BetaSpec = Loose & { components?: Component[]; env?: Spec['envs'] };

/** Converts one object to `apiVersion`. */
export function convert(object: KubeObject, apiVersion: string): KubeObject {
  if (object.apiVersion === apiVersion) return object;
  const toBeta = apiVersion.endsWith('/v1beta1');
  // What the API server prunes of an applied object comes without metadata, which it wants back all the same.
  const given = object.metadata as KubeObject['metadata'] | undefined;
  const { [KEPT]: kept, ...others } = given?.annotations ?? {};
  const spec: Loose = object.spec ?? {};
  const original = originalOf(kept, spec, toBeta);
  const annotations = original ? others : { ...others, [KEPT]: JSON.stringify(spec) };
  const metadata = { ...(given as KubeObject['metadata']), annotations };
  if (!hasAny(annotations)) Reflect.deleteProperty(metadata, 'annotations');
  return {
    ...object,
    apiVersion,
    metadata,
    spec: original ?? (toBeta ? toBetaSpec(spec) : toAlphaSpec(spec)),
    ...(object.status && { status: renameStatus(object.status as Loose, toBeta) }),
  };
}

// What was once written in the wanted version, when the spec still says the same.
function originalOf(kept: string | undefined, spec: Loose, toBeta: boolean): Loose | undefined {
  if (kept === undefined) return undefined;
  const original = JSON.parse(kept) as Loose;
  return within(spec, toBeta ? toAlphaSpec(original) : toBetaSpec(original)) ? original : undefined;
}

// The stored form may have lost members that its schema does not know; what is left must be as it was.
function within(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part) && Array.isArray(whole)) {
    return part.length === whole.length && part.every((item, i) => within(item, whole[i]));
  }
  if (isObject(part) && isObject(whole)) {
    return Object.entries(part).every(([key, value]) => isEmpty(value) || within(value, whole[key]));
  }
  return isDeepStrictEqual(part, whole);
}

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// The API server fills in empty members here and there.
function isEmpty(value: unknown): boolean {
  return value === '' || (isObject(value) && Object.values(value).every(isEmpty));
}

function renameStatus(status: Loose, toBeta: boolean): Loose {
  const [from, to] = toBeta ? ['services', 'components'] : ['components', 'services'];
  const { [from as string]: moved, ...rest } = status;
  if (moved === undefined) return rest;
  return { ...rest, [to as string]: toBeta ? withoutName(moved as Record<string, Loose>) : moved };
}

// v1beta1 has only the list of names.
function withoutName(components: Record<string, Loose>): Loose {
  return Object.fromEntries(
    Object.entries(components).map(([name, { componentName: _, ...rest }]) => [name, rest]),
  );
}

/** The v1alpha1 writing of a v1beta1 spec. */
export function toAlphaSpec(beta: Loose): Spec & Loose {
  const { components = [], env, ...rest } = beta as BetaSpec;
  const services = Object.fromEntries(components.map(each => [each.name, toService(each)]));
  return { ...rest, services, ...(env && { envs: env }) };
}

const ROLES = ['prefill', 'decode'];

function toService(component: Component): Service {
  const { name: _, type, podTemplate, sharedMemorySize, compilationCache, ...rest } = component;
  const { containers = [], ...pod } = podTemplate?.spec ?? {};
  const main = containers.find(each => each.name === 'main');
  const others = containers.filter(each => each.name !== 'main');
  const extraPodSpec = {
    ...pod,
    ...(others.length > 0 && { containers: others }),
    ...(main && { mainContainer: main }),
  };
  return {
    ...rest,
    ...typesOf(type),
    ...(podTemplate?.metadata && { extraPodMetadata: podTemplate.metadata }),
    ...(Object.keys(extraPodSpec).length > 0 && { extraPodSpec }),
    ...(sharedMemorySize !== undefined && { sharedMemory: sharedMemoryOf(sharedMemorySize) }),
    ...(compilationCache && { volumeMounts: [cacheMount(compilationCache)] }),
  };
}

function typesOf(type: string | undefined): Service {
  if (type === undefined) return {};
  return ROLES.includes(type) ? { componentType: 'worker', subComponentType: type } : { componentType: type };
}

function sharedMemoryOf(size: string): NonNullable<Service['sharedMemory']> {
  return size === '0' ? { disabled: true } : { size };
}

function cacheMount(
  cache: NonNullable<Component['compilationCache']>,
): NonNullable<Service['volumeMounts']>[number] {
  const mountPoint = cache.mountPath;
  return { name: cache.pvcName ?? '', useAsCompilationCache: true, ...(mountPoint && { mountPoint }) };
}

/** The v1beta1 writing of a v1alpha1 spec. */
export function toBetaSpec(alpha: Loose): BetaSpec {
  const { services = {}, envs, pvcs: _, ...rest } = alpha as Spec & Loose;
  const components = Object.entries(services).map(([name, service]) => toComponent(name, service));
  return { ...rest, components, ...(envs && { env: envs }) };
}

function toComponent(name: string, service: Service): Component {
  const { mainContainer, ...pod } = service.extraPodSpec ?? {};
  const main = mainContainerOf(service, mainContainer);
  const others = (pod.containers as Container[] | undefined) ?? [];
  const role = ROLES.includes(service.subComponentType ?? '')
    ? service.subComponentType
    : service.componentType;
  const metadata = service.extraPodMetadata;
  return {
    name,
    ...(role && { type: role }),
    ...(service.replicas !== undefined && { replicas: service.replicas }),
    ...(service.multinode && { multinode: service.multinode }),
    ...(service.sharedMemory && { sharedMemorySize: sizeOf(service.sharedMemory) }),
    ...cacheOf(service),
    podTemplate: { ...(metadata && { metadata }), spec: { ...pod, containers: [main, ...others] } },
  };
}

function cacheOf({ volumeMounts = [] }: Service): Pick<Component, 'compilationCache'> {
  const cache = volumeMounts.find(mount => mount.useAsCompilationCache);
  if (cache === undefined) return {};
  return {
    compilationCache: { pvcName: cache.name, ...(cache.mountPoint && { mountPath: cache.mountPoint }) },
  };
}

function mountsOf(service: Service, container: Container | undefined): Loose[] {
  const claims = (service.volumeMounts ?? [])
    .filter(mount => !mount.useAsCompilationCache)
    .map(({ name, mountPoint }) => ({ name, mountPath: mountPoint }));
  return [...claims, ...(container?.volumeMounts ?? [])];
}

function sizeOf(memory: NonNullable<Service['sharedMemory']>): string {
  return memory.disabled ? '0' : (memory.size ?? '');
}

function mainContainerOf(service: Service, container: Container | undefined): Container {
  const env = [...(service.envs ?? []), ...(container?.env ?? [])];
  const limits = { ...quantities(service.resources?.limits), ...container?.resources?.limits };
  const requests = { ...quantities(service.resources?.requests), ...container?.resources?.requests };
  const resources = { ...(hasAny(limits) && { limits }), ...(hasAny(requests) && { requests }) };
  const mounts = mountsOf(service, container);
  return {
    ...container,
    name: 'main',
    ...(mounts.length > 0 && { volumeMounts: mounts }),
    ...(env.length > 0 && { env }),
    ...(hasAny(resources) && { resources }),
  };
}

function hasAny(object: object): boolean {
  return Object.keys(object).length > 0;
}

/** A v1alpha1 resource list in the words of a container. */
export function quantities(amounts: Amounts | undefined): Record<string, string> {
  const { gpu, gpuType, cpu, memory, custom } = amounts ?? {};
  return {
    ...(cpu && { cpu }),
    ...(memory && { memory }),
    ...(gpu && { [gpuType ?? 'nvidia.com/gpu']: gpu }),
    ...custom,
  };
}
