/** What keeps a container from being made: volumes, Secrets and ConfigMaps, the container runtime. */

import { verdictOn } from './causes.ts';
import { subjectOf } from './crashes.ts';
import { after, type Diagnosis, type Inspector, ofDeployment } from './diagnosis.ts';
import type { Happening } from './events.ts';
import { type Container, claimsOf, isOver, type Pod, podOf } from './pods.ts';
import { podsIn, type Role, type Scene } from './scene.ts';

const shortMs = 5_000;
const longMs = 60_000;

const missing = /(secret|configmap)s? "([^"]+)" not found/i;
const missingKey = /couldn't find key (\S+) in (Secret|ConfigMap) (\S+)/i;

const ofMissing = (
  message: string,
): { readonly why: string; readonly hint: (namespace: string) => string } | null => {
  const whole = missing.exec(message);
  if (whole !== null) {
    const name = whole[2] ?? '';
    const kind = (whole[1] ?? '').toLowerCase();
    return {
      why: `there is no ${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${name}`,
      hint: namespace =>
        `Leave it out of the deployment, or make it: kubectl -n ${namespace} create ${kind}${kind === 'secret' ? ' generic' : ''} ${name} --from-literal=KEY=VALUE`,
    };
  }
  const key = missingKey.exec(message);
  if (key === null) return null;
  return {
    why: `the ${key[2]} ${key[3]} has no key ${key[1]}`,
    hint: namespace =>
      `Put it in, or name another: kubectl -n ${namespace} describe ${(key[2] ?? '').toLowerCase()} ${(key[3] ?? '').split('/').at(-1)}`,
  };
};

/** When the kubelet began to say so. */
const failingSince = (pod: Pod): number | null =>
  pod.events.findLast(({ reason }) => reason === 'Failed')?.first ??
  pod.conditions.PodScheduled?.since ??
  null;

const configuration = (scene: Scene, role: Role, pod: Pod, container: Container): Diagnosis[] => {
  const reason = container.waiting?.reason ?? '';
  const message = container.waiting?.message ?? '';
  if (reason !== 'CreateContainerConfigError') return [];
  const found = ofMissing(message);
  return [
    {
      rule: 'pod-configuration',
      level: 'error',
      role,
      message: who =>
        `${who}${ofDeployment(scene)} cannot start: ${found?.why ?? (message || 'its configuration is refused by the node')}.`,
      hint:
        found?.hint(scene.awaited.namespace) ??
        `See what the node says: kubectl -n ${scene.awaited.namespace} describe pod ${pod.name}`,
      evidence: [message],
      // A kubelet that has not got its copy of a Secret yet says so, too.
      from: found === null ? after(scene, failingSince(pod), longMs) : 0,
    },
  ];
};

const runtimeReasons =
  /^(RunContainerError|CreateContainerError|StartError|ContainerCannotRun|PreStartHookError)$/;

/** The runtime's own words may name a known cause, such as a driver that is too old. */
const runtime = (scene: Scene, role: Role, pod: Pod, container: Container): Diagnosis[] => {
  const reason = container.waiting?.reason ?? '';
  if (!runtimeReasons.test(reason) || container.restarts > 0) return [];
  const message = container.waiting?.message ?? '';
  const verdict = verdictOn({ ...subjectOf(scene, role, pod, container), lines: message.split('\n') });
  return [
    {
      rule: verdict?.rule ?? 'pod-runtime',
      level: 'error',
      role,
      message: who =>
        `${who}${ofDeployment(scene)} cannot start: ${verdict?.why ?? `the container runtime of node ${pod.node ?? ''} refuses it (${reason}): ${message.slice(0, 200)}`}.`,
      hint: verdict?.hint ?? `Look at the node: kubectl describe node ${pod.node ?? ''}`,
      evidence: [message],
      from: verdict === null ? after(scene, failingSince(pod), longMs / 2) : 0,
    },
  ];
};

type MountCause = {
  readonly sign: RegExp;
  readonly rule: string;
  readonly patience: number;
  readonly why: (match: RegExpExecArray, pod: Pod) => string;
  readonly hint: string;
};

const claimText = (pod: Pod): string => {
  const [claim] = claimsOf(pod);
  return claim === undefined ? 'a volume' : `the volume of the claim ${claim}`;
};

const twoNodes =
  'Use a storage class that can do ReadWriteMany, hold all pods on one node, or end the other pods.';

const mountCauses: readonly MountCause[] = [
  {
    sign: /Multi-Attach error.*?already used by pod\(s\) ([\w., -]+)/,
    rule: 'mount-two-nodes',
    patience: shortMs,
    why: ([, users = ''], pod) =>
      `${claimText(pod)} can be mounted on one node only and is in use on another (by ${users.trim()})`,
    hint: twoNodes,
  },
  {
    // The pod that had it is gone, and its node is letting go of the volume.
    sign: /Multi-Attach error/,
    rule: 'mount-two-nodes',
    patience: longMs * 2,
    why: (_, pod) => `${claimText(pod)} can be mounted on one node only and is in use on another`,
    hint: twoNodes,
  },
  {
    sign: /kube-root-ca\.crt/,
    rule: 'mount-missing',
    patience: longMs,
    why: () => 'its namespace still lacks the ConfigMap kube-root-ca.crt, which Kubernetes makes in each',
    hint: 'Look whether the controller manager of the cluster runs.',
  },
  {
    sign: missing,
    rule: 'mount-missing',
    patience: shortMs,
    why: ([, kind = '', name = '']) =>
      `there is no ${kind.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap'} ${name} to mount`,
    hint: 'Make it, or leave the volume out.',
  },
  {
    sign: /driver name (\S+) not found in the list of registered CSI drivers/,
    rule: 'mount-driver',
    patience: longMs,
    why: ([, driver = ''], pod) => `node ${pod.node ?? ''} has no storage driver ${driver}`,
    hint: "Look whether the driver's DaemonSet tolerates the taints of that node.",
  },
  {
    sign: /AccessDenied|access denied|Permission denied|mount\.nfs|not authorized|UnauthorizedOperation/,
    rule: 'mount-refused',
    patience: longMs / 2,
    why: (_, pod) => `${claimText(pod)} cannot be mounted on node ${pod.node ?? ''}: access is denied`,
    hint: 'Check the network and access rules of the file system, and the rights of the storage driver.',
  },
  {
    sign: /timed out waiting for the condition|DeadlineExceeded|context deadline exceeded|timeout/i,
    rule: 'mount-slow',
    patience: longMs * 3,
    why: (_, pod) => `${claimText(pod)} has not been mounted on node ${pod.node ?? ''} for minutes`,
    hint: 'Look at the storage driver on that node, and at the way from it to the file server.',
  },
];

const mountReasons = ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume'];

/** Pods that give their volumes back within the minute: finished, or on their way out. */
const isLeaving = ({ sight }: Scene, message: string): boolean =>
  sight.pods.some(object => {
    const pod = podOf(object, []);
    return (pod.deleting || isOver(pod)) && message.includes(pod.name);
  });

const mountProblem = (scene: Scene, role: Role, pod: Pod, event: Happening): Diagnosis[] => {
  for (const { sign, rule, patience, why, hint } of mountCauses) {
    const match = sign.exec(event.message);
    if (match === null) continue;
    return [
      {
        rule,
        level: 'error',
        role,
        message: who => `${who}${ofDeployment(scene)} cannot start: ${why(match, pod)}.`,
        hint,
        evidence: [event.message],
        from: after(scene, event.first, isLeaving(scene, event.message) ? longMs * 2 : patience),
      },
    ];
  }
  return [];
};

/** The kubelet pulls an image once all volumes are mounted. */
const isMountedSince = (pod: Pod, failed: Happening): boolean =>
  pod.events.some(
    ({ reason, last }) =>
      (reason === 'Pulling' || reason === 'Pulled' || reason === 'Created') &&
      (last ?? 0) >= (failed.last ?? Number.POSITIVE_INFINITY),
  );

/** Only what is still in the way: a container that was made had its volumes. */
const mounts = (scene: Scene, role: Role, pod: Pod): Diagnosis[] => {
  const begun = pod.containers.some(one => one.running || one.ended !== null || one.restarts > 0);
  const event = pod.events.findLast(one => mountReasons.includes(one.reason));
  if (begun || event === undefined || isMountedSince(pod, event)) return [];
  return mountProblem(scene, role, pod, event);
};

export const inspectBlocked: Inspector = scene =>
  podsIn(scene).flatMap(({ role, pod }) => [
    ...pod.containers.flatMap(one => configuration(scene, role, pod, one)).slice(0, 1),
    ...pod.containers.flatMap(one => runtime(scene, role, pod, one)).slice(0, 1),
    ...mounts(scene, role, pod),
  ]);
