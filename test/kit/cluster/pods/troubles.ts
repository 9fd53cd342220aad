/** Owns the usual ways in which a pod goes wrong, each with the status, the events and the log a kubelet would leave. */

import type { KubeObject } from '../api/client.ts';
import { mergeStatus } from './mergeStatus.ts';
import type { PodLife } from './podLife.ts';

type Change = Record<string, unknown>;

/** The image cannot be had: ErrImagePull, then ImagePullBackOff. */
export async function failToPull(life: PodLife, why: string): Promise<void> {
  const image = String(main(life).image);
  const message = `Failed to pull image "${image}": ${why}`;
  await life.tell('Normal', 'Pulling', `Pulling image "${image}"`);
  await life.tell('Warning', 'Failed', message);
  await life.tell('Warning', 'Failed', 'Error: ErrImagePull');
  await setWaiting(life, 'ErrImagePull', message);
  await life.tell('Normal', 'BackOff', `Back-off pulling image "${image}"`);
  await life.tell('Warning', 'Failed', 'Error: ImagePullBackOff');
  await setWaiting(life, 'ImagePullBackOff', `Back-off pulling image "${image}"`);
}

/** The container ends and is started again, `restarts` times so far; its last words are the previous log. */
export async function crash(
  life: PodLife,
  lines: readonly string[],
  restarts: number,
  exitCode = 1,
  reason = 'Error',
): Promise<void> {
  const { name } = main(life);
  life.logs.rotate(String(name), lines);
  const terminated = { exitCode, reason, ...times() };
  const backOff = `back-off 10s restarting failed container=${name} pod=${life.pod.metadata.name}`;
  const waiting = { reason: 'CrashLoopBackOff', message: backOff };
  await change(life, {
    phase: 'Running',
    containerStatuses: [container({ waiting }, restarts, { terminated })],
  });
  await life.tell(
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${name} in pod ${life.pod.metadata.name}`,
    'kubelet',
    restarts,
  );
}

/** The kernel ended the container for its memory: exit code 137. */
export async function outOfMemory(life: PodLife, restarts: number): Promise<void> {
  await crash(life, [], restarts, 137, 'OOMKilled');
}

/** The kubelet evicts the pod for a resource such as `ephemeral-storage`. */
export async function evict(life: PodLife, resource: string): Promise<void> {
  const message = `The node was low on resource: ${resource}. `;
  await life.tell('Warning', 'Evicted', message);
  const terminated = { exitCode: 137, reason: 'Error', ...times() };
  await change(life, {
    phase: 'Failed',
    reason: 'Evicted',
    message,
    containerStatuses: [container({ terminated }, 0)],
  });
}

/** The node stops answering: what the node controller writes after its grace period, without the wait. */
export async function loseNode(nodes: NodeWriter, node: string): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const message = 'Kubelet stopped posting node status.';
  const gone = {
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message,
    lastTransitionTime: now,
    lastHeartbeatTime: now,
  };
  const conditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'].map(type => ({
    type,
    ...gone,
  }));
  const type = 'application/strategic-merge-patch+json';
  await nodes.send('PATCH', `/api/v1/nodes/${node}/status`, { status: { conditions } }, type);
}

/** The part of the kit's access that loseNode needs. */
export type NodeWriter = {
  send(method: string, path: string, body: unknown, type: string): Promise<KubeObject>;
};

function main(life: PodLife): { name: string; image?: string } {
  return life.pod.spec.containers[0];
}

function times(): Change {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return { startedAt: now, finishedAt: now };
}

function container(state: Change, restartCount: number, lastState?: Change): Change {
  return { name: '*', ready: false, restartCount, state, ...(lastState && { lastState }) };
}

async function setWaiting(life: PodLife, reason: string, message: string): Promise<void> {
  await change(life, {
    phase: 'Pending',
    containerStatuses: [container({ waiting: { reason, message } }, 0)],
  });
}

async function change(life: PodLife, told: Change): Promise<void> {
  await life.replaceStatus(pod => mergeStatus(pod, told, Date.now(), 1));
}
