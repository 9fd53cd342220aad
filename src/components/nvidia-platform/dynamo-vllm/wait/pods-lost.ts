/** Pods that their node threw out, refused or lost. */

import { quantityOf } from '../preflight/amounts.ts';
import { after, type Diagnosis, type Inspector, ofDeployment } from './diagnosis.ts';
import { clockSlackMs } from './events.ts';
import { mainContainers, type Pod } from './pods.ts';
import { podsIn, type Role, type Scene } from './scene.ts';
import { variableOf } from './words.ts';

const eviction = (pod: Pod): { readonly message: string; readonly at: number | null } => {
  const event = pod.events.findLast(one => one.reason === 'Evicted');
  return {
    message: pod.message || (event?.message ?? ''),
    at:
      event?.last ??
      pod.conditions.DisruptionTarget?.since ??
      mainContainers(pod)[0]?.ended?.finishedAt ??
      pod.created,
  };
};

/** Remains of an earlier try stay in the namespace after they are over. */
const isOfThisWait = (at: number | null, scene: Scene): boolean =>
  at === null || at >= scene.sight.since - clockSlackMs;

const resource = (message: string): string =>
  /low on resource: ([\w-]+)|(ephemeral)[- ]local storage|exceed\w* (?:its )?(?:the )?local (ephemeral)|(EmptyDir) volume/i
    .exec(message)
    ?.slice(1)
    .find(part => part !== undefined)
    ?.replace(/^(ephemeral|EmptyDir)$/i, 'ephemeral-storage') ?? '';

const used = (message: string): string =>
  /was using ([\w.]+)(?:, request is ([\w.]+))?/.exec(message)?.[0]?.replace(/^was using/, 'used') ?? '';

type Evicted = { readonly scene: Scene; readonly role: Role; readonly pod: Pod; readonly message: string };

const diskTier = ({ role }: Evicted): string | null => {
  const size = variableOf(role.component, 'DYN_KVBM_DISK_CACHE_GB');
  if (size === undefined || size === '0') return null;
  return `${size} GB in ${variableOf(role.component, 'DYN_KVBM_DISK_CACHE_DIR') ?? '/tmp'}`;
};

const storage = (evicted: Evicted): { readonly why: string; readonly hint: string } => {
  const tier = diskTier(evicted);
  const amount = used(evicted.message);
  const what = amount === '' ? '' : ` (it ${amount})`;
  if (tier !== null)
    return {
      why: `the KVBM disk cache (${tier}) filled the ephemeral-storage of node ${evicted.pod.node ?? ''}${what}`,
      hint: 'Mount a volume (NVMe hostPath or claim) for its folder, or make the disk cache smaller and run again with: --kvbm-disk-gb N',
    };
  return {
    why: `its files filled the ephemeral-storage of node ${evicted.pod.node ?? ''} or went over their limit${what}`,
    hint: 'Keep models and caches on a claim, raise the ephemeral-storage limit, or use nodes with a larger disk.',
  };
};

const reasonFor = (evicted: Evicted): { readonly why: string; readonly hint: string } => {
  const what = resource(evicted.message);
  if (what === 'ephemeral-storage' || what === 'nodefs' || what === 'imagefs') return storage(evicted);
  if (what === 'memory')
    return {
      why: `node ${evicted.pod.node ?? ''} ran out of memory (${used(evicted.message) || 'it used more than it asked for'})`,
      hint: 'Ask for the memory that the worker needs (requests), make --kvbm-cpu-gb smaller, or use larger nodes.',
    };
  return {
    why: evicted.message.replace(/\.\s*$/, '') || `node ${evicted.pod.node ?? ''} is short of something`,
    hint: `Look at the node: kubectl describe node ${evicted.pod.node ?? ''}`,
  };
};

const muchBytes = 10 * 2 ** 30;

/** Over a limit of its own, or with far more in use than it asked for: the next one will fare no better. */
const isItsOwnFault = (one: Evicted): boolean => {
  if (diskTier(one) !== null || /exceed|EmptyDir volume/i.test(one.message)) return true;
  const [, amount, request] = /was using ([\w.]+)(?:, request is ([\w.]+))?/.exec(one.message) ?? [];
  const inUse = quantityOf(amount) ?? 0;
  return inUse >= muchBytes && inUse > 2 * (quantityOf(request) ?? 0);
};

const evictions = ({ role, scene }: Evicted): number =>
  role.pods.filter(pod => pod.reason === 'Evicted' && isOfThisWait(eviction(pod).at, scene)).length;

const evicted = (scene: Scene, role: Role, pod: Pod): Diagnosis[] => {
  const { message, at } = eviction(pod);
  if (!isOfThisWait(at, scene)) return [];
  const one: Evicted = { scene, role, pod, message };
  const { why, hint } = reasonFor(one);
  return [
    {
      rule: 'pod-evicted',
      // A neighbour that filled the node may hit it once; Kubernetes makes it anew.
      level: isItsOwnFault(one) || evictions(one) > 1 ? 'error' : 'warning',
      role,
      message: who => `${who}${ofDeployment(scene)} was evicted by the kubelet: ${why}.`,
      hint,
      evidence: [message],
      from: 0,
    },
  ];
};

const manyRejections = 3;

/** `UnexpectedAdmissionError`, `OutOfcpu` and the like: the node took a pod and then could not place it. */
const rejected = (scene: Scene, role: Role, pod: Pod): Diagnosis[] => {
  const at = pod.created;
  if (!isOfThisWait(at, scene)) return [];
  const same = role.pods.filter(one => one.phase === 'Failed' && one.reason === pod.reason).length;
  return [
    {
      rule: 'pod-rejected',
      level: same >= manyRejections ? 'error' : 'warning',
      role,
      message: who =>
        `${who}${ofDeployment(scene)} was refused by node ${pod.node ?? ''} after it had been placed there (${pod.reason}).`,
      hint: `A device plugin that was restarted is the usual reason; see what the node lacks: kubectl describe node ${pod.node ?? ''}`,
      evidence: [pod.message],
      from: 0,
    },
  ];
};

/** A node that shuts down in order leaves its pods behind with one of these. */
const isShutDown = (pod: Pod): boolean => /^(?:Terminated|NodeShutdown|Shutdown)$/.test(pod.reason);

const shutDown = (scene: Scene, role: Role, pod: Pod): Diagnosis[] =>
  isOfThisWait(pod.conditions.DisruptionTarget?.since ?? pod.created, scene)
    ? [
        {
          rule: 'pod-node-lost',
          level: 'warning',
          role,
          message: who =>
            `${who}${ofDeployment(scene)} stood on node ${pod.node ?? ''}, which was shut down.`,
          hint: 'Kubernetes makes the pod anew elsewhere, if there is room.',
          evidence: [],
          from: 0,
        },
      ]
    : [];

/** A node that is silent gets five minutes from Kubernetes before its pods are made anew elsewhere. */
const lostForMs = 120_000;

const lost = (scene: Scene, role: Role, pod: Pod): Diagnosis[] => {
  const event = pod.events.findLast(one => one.reason === 'NodeNotReady');
  const said = pod.reason === 'NodeLost' || pod.phase === 'Unknown';
  const ready = pod.conditions.Ready?.status === 'True';
  if ((event === undefined && !said) || ready) return [];
  const base = {
    rule: 'pod-node-lost',
    role,
    message: (who: string) =>
      `${who}${ofDeployment(scene)} stands on node ${pod.node ?? ''}, which has stopped answering.`,
    hint: `After five minutes Kubernetes makes the pod anew elsewhere, if there is room; look at the node: kubectl describe node ${pod.node ?? ''}`,
    evidence: event === undefined ? [] : [event.message],
  };
  const warning: Diagnosis = { ...base, level: 'warning', from: 0 };
  // An event alone stays after the node has come back, so only the pod's own state ends the wait.
  return said
    ? [warning, { ...base, level: 'error', from: after(scene, event?.last ?? null, lostForMs) }]
    : [warning];
};

/** An old failed pod means nothing once its replacement serves. */
const isMadeGood = (role: Role): boolean =>
  role.pods.filter(pod => pod.conditions.Ready?.status === 'True').length >= role.wanted;

export const inspectLosses: Inspector = scene =>
  podsIn(scene)
    .filter(({ role }) => role.kind === 'download' || !isMadeGood(role))
    .flatMap(({ role, pod }) => {
      if (pod.reason === 'Evicted') return evicted(scene, role, pod);
      if (isShutDown(pod) && role.kind !== 'download') return shutDown(scene, role, pod);
      if (pod.phase === 'Failed' && pod.reason !== '' && role.kind !== 'download')
        return rejected(scene, role, pod);
      return lost(scene, role, pod);
    });
