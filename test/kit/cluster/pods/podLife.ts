/** Owns one played pod: what its kubelet writes about it, says of it and logs for it. */

import { type Api, ApiProblem, type KubeObject } from '../api/client.ts';
import { recordEvent } from '../api/events.ts';
import { ignoreMissing, type Objects } from '../api/objects.ts';
import { KWOK_API } from '../nodes/kwokCrds.ts';
import { createPodLogs, type PodLogs } from './podLogs.ts';
import { type Stage, statusAt } from './podStatus.ts';
import type { Role } from './role.ts';

/** A pod that lives as it is told. */
export type PodLife = {
  readonly pod: KubeObject;
  readonly role: Role;
  readonly logs: PodLogs;
  /** Fires when the pod is deleted. */
  readonly ended: AbortSignal;
  stage(): Stage;
  /** Takes the pod to a stage, with the kubelet's usual events. `exitCode` is for `complete`. */
  reach(stage: Stage, exitCode?: number): Promise<void>;
  /** Merges into the pod's status. */
  setStatus(status: Record<string, unknown>): Promise<void>;
  /** Replaces the pod's status by what is made of the present one. */
  replaceStatus(change: (pod: KubeObject) => Record<string, unknown>): Promise<void>;
  /** Records an event about the pod. */
  tell(
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    source?: string,
    count?: number,
  ): Promise<void>;
  /** Sends the pod's port to a port of loopback. */
  forward(podPort: number, localPort: number): Promise<void>;
};

/** What a life is made with. */
export type Surroundings = { readonly api: Api; readonly objects: Objects; readonly logFolder: string };

let lastIp = 0;

/** Begins the life of a pod that was just bound to a node. */
export async function beginLife(
  { api, objects, logFolder }: Surroundings,
  pod: KubeObject,
  role: Role,
  ended: AbortSignal,
): Promise<PodLife> {
  const logs = createPodLogs(logFolder, pod);
  await ignoreGone(objects.apply(logs.object));
  lastIp += 1;
  const podIp = `10.245.${(lastIp >> 8) & 255}.${lastIp & 255}`;
  const startedAt = now();
  const forwards: { ports: number[]; target: { port: number; address: string } }[] = [];
  let current: Stage = 'scheduled';
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/status`;
  const setStatus = async (status: Record<string, unknown>) => {
    await ignoreGone(api.send('PATCH', path, { status }, 'application/strategic-merge-patch+json'));
  };
  const tell: PodLife['tell'] = (type, reason, message, source = 'kubelet', count = 1) =>
    recordEvent(api, { about: pod, type, reason, message, source, count, host: pod.spec.nodeName });
  return {
    pod,
    role,
    logs,
    ended,
    stage: () => current,
    setStatus,
    async replaceStatus(change) {
      const present = await api.send('GET', path);
      const metadata = { ...present.metadata, resourceVersion: undefined };
      await ignoreGone(api.send('PUT', path, { ...present, metadata, status: change(present) }));
    },
    tell,
    async reach(stage, exitCode = 0) {
      current = stage;
      await setStatus(statusAt(pod, stage, { now: now(), startedAt, podIp, exitCode }));
      for (const [reason, message] of eventsAt(pod, stage)) await tell('Normal', reason, message);
    },
    async forward(podPort, localPort) {
      forwards.push({ ports: [podPort], target: { port: localPort, address: '127.0.0.1' } });
      await ignoreGone(objects.apply(forwardObject(pod, forwards)));
    },
  };
}

function forwardObject(pod: KubeObject, forwards: readonly unknown[]): KubeObject {
  const { name, namespace, uid } = pod.metadata;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name, uid: uid ?? '' }];
  const metadata = { name, namespace: namespace ?? 'default', ownerReferences };
  return { apiVersion: KWOK_API, kind: 'PortForward', metadata, spec: { forwards } };
}

function eventsAt(pod: KubeObject, stage: Stage): [string, string][] {
  const containers = (pod.spec.containers ?? []) as { name: string; image: string }[];
  if (stage === 'pulling') return containers.map(({ image }) => ['Pulling', `Pulling image "${image}"`]);
  if (stage !== 'running') return [];
  return containers.flatMap(({ name, image }): [string, string][] => [
    ['Pulled', `Successfully pulled image "${image}"`],
    ['Created', `Created container: ${name}`],
    ['Started', `Started container ${name}`],
  ]);
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

// A pod may be deleted, with its namespace even, between any two steps.
async function ignoreGone(answer: Promise<unknown>): Promise<void> {
  try {
    await ignoreMissing(answer);
  } catch (error) {
    if (!(error instanceof ApiProblem && (error.code === 403 || error.code === 409))) throw error;
  }
}
