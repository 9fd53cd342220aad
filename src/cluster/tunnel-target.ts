/** Finds the pod and the container port behind a port of a Service, or of a component. */

import type { Client } from './client.ts';
import { ClusterError } from './refusal.ts';

type Ports = readonly { readonly name?: string; readonly containerPort: number }[];

/** What is read of a Pod. */
export type Pod = {
  readonly metadata: { readonly name: string; readonly uid?: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly ports?: Ports }[] };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly restartCount?: number }[];
  };
};

type Service = {
  readonly spec: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: number | string;
    }[];
  };
};

/** Where connections lead: pods by label, and a port of theirs by number or name. */
export type Destination = {
  readonly namespace: string;
  readonly selector: string;
  readonly port: number | string;
};

/** One pod's port. */
export type Place = { readonly namespace: string; readonly name: string; readonly port: number };

const selectorOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

/**
 * What a Service's port leads to. A Service without a selector of its own leaves the pods to `podSelector`.
 * Errors: ClusterError of the request; `not-found` when the Service has no such port.
 */
export const destinationOf = async (
  client: Client,
  ask: {
    readonly namespace: string;
    readonly service: string;
    readonly port: number;
    readonly podSelector: string;
    readonly signal: AbortSignal;
  },
): Promise<Destination> => {
  const { namespace, service, signal } = ask;
  const path = `/api/v1/namespaces/${namespace}/services/${service}`;
  const { spec } = (await client.request<Service>({ method: 'GET', path, signal })).body;
  const found = spec.ports?.find(port => port.port === ask.port);
  if (found === undefined)
    throw new ClusterError('not-found', `The Service ${namespace}/${service} has no port ${ask.port}.`, {
      hint: `See which ports it has: kubectl -n ${namespace} get service ${service}`,
    });
  const own = selectorOf(spec.selector ?? {});
  return { namespace, selector: own === '' ? ask.podSelector : own, port: found.targetPort ?? found.port };
};

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  status?.phase === 'Running' &&
  (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');

const portIn = (pod: Pod, port: number | string): number | undefined => {
  if (typeof port === 'number') return port;
  return pod.spec.containers.flatMap(({ ports }) => ports ?? []).find(({ name }) => name === port)
    ?.containerPort;
};

/** A ready one of the pods, another one than `avoid` where there is one; null when none is ready. */
export const readyAmong = (
  pods: Iterable<Pod>,
  { namespace, port }: Destination,
  avoid: string | null,
): Place | null => {
  const places = [...pods].filter(isReady).flatMap(pod => {
    const number = portIn(pod, port);
    return number === undefined ? [] : [{ namespace, name: pod.metadata.name, port: number }];
  });
  return places.find(({ name }) => name !== avoid) ?? places[0] ?? null;
};

/** The same, asked of the cluster now. Errors: ClusterError. */
export const readyPlace = async (
  client: Client,
  destination: Destination,
  avoid: string | null,
  signal: AbortSignal,
): Promise<Place | null> => {
  const path = `/api/v1/namespaces/${destination.namespace}/pods`;
  const query = { labelSelector: destination.selector };
  const list = { method: 'GET', path, query, signal } as const;
  const { items } = (await client.request<{ readonly items: readonly Pod[] }>(list)).body;
  return readyAmong(items, destination, avoid);
};
