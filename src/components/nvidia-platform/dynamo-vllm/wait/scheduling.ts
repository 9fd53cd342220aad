/** Pods that no node takes: named when nothing makes a node for them, told as a passing thing when something does. */

import { after, type Diagnosis, type Inspector, ofDeployment } from './diagnosis.ts';
import { list, record, text } from './members.ts';
import type { Pod } from './pods.ts';
import { isUpdate, lastReady, makesRoom, updatePatienceMs } from './room.ts';
import { podsIn, type Role, type Scene } from './scene.ts';
import {
  hasNodeMaker,
  isNodeStarting,
  isPassingTaint,
  nodeMaker,
  nodeRefusal,
  type Obstacle,
  obstaclesIn,
  obstacleText,
  schedulerSaid,
} from './schedule-text.ts';
import { completedAt, isComing } from './waiters.ts';
import { cli } from './words.ts';

/** Karpenter gathers pods for up to ten seconds and then says whether it makes a node; most speak within five. */
const patienceMs = 8_000;
/** With a known maker of nodes its silence means little: it may be starting itself. */
const makerPatienceMs = 180_000;
/** A volume is made after the pod, by another controller. */
const volumePatienceMs = 60_000;
/** Pods of one node come one after the other, and those of an earlier deployment leave. */
const togetherPatienceMs = 30_000;
/** Nodes that are just coming or going. */
const otherPatienceMs = 20_000;
/** A node that is there gets ready within about a minute. */
const startPatienceMs = 60_000;

type Told = Pick<Diagnosis, 'rule' | 'message' | 'hint'>;

const nodes = (count: number): string => `${count} node${count === 1 ? '' : 's'}`;

const taintsOf = (obstacles: readonly Obstacle[]): Obstacle[] =>
  obstacles.filter(one => one.kind === 'taint' && !isPassingTaint(one));

const taint = (all: readonly Obstacle[], scene: Scene): Told | null => {
  const [first, ...more] = taintsOf(all);
  if (first === undefined) return null;
  const rest = all.filter(one => one !== first);
  const others = rest.length === 0 ? '' : `; the others: ${obstacleText(rest)}`;
  const flags = [first, ...more].map(one => `--toleration ${one.what}`).join(' ');
  return {
    rule: 'schedule-taint',
    message: who =>
      `${who}${ofDeployment(scene)} finds no node: ${nodes(first.nodes)} ${first.nodes === 1 ? 'carries' : 'carry'} the taint ${first.what}, which the pods do not tolerate${others}.`,
    hint: `Add nodes to another node group, or, if the owner of those nodes agrees, add a toleration and run again with: ${flags}`,
  };
};

const namesOf: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  memory: 'memory',
  'ephemeral-storage': 'ephemeral storage',
  pods: 'pod slots',
};

/** What a container of the pod asks for, as written. */
const asked = (pod: Pod, resource: string): string => {
  for (const container of list(pod.spec.containers).map(record)) {
    const resources = record(container.resources);
    const found = record(resources.requests)[resource] ?? record(resources.limits)[resource];
    if (found !== undefined) return String(found);
  }
  return '';
};

const short = (all: readonly Obstacle[], scene: Scene, pod: Pod): Told | null => {
  const lacking = all.filter(one => one.kind === 'short');
  const first = lacking.find(one => one.what.includes('gpu')) ?? lacking[0];
  if (first === undefined) return null;
  const gpu = first.what.includes('gpu');
  const amount = asked(pod, first.what);
  const wants = `${amount === '' ? '' : `${amount} `}${namesOf[first.what] ?? first.what}`;
  const rest = all.filter(one => one !== first);
  const others = rest.length === 0 ? '' : `; others: ${obstacleText(rest)}`;
  return {
    rule: gpu ? 'schedule-gpu' : 'schedule-resources',
    message: who =>
      `${who}${ofDeployment(scene)} finds no node: a pod asks for ${wants}, and ${nodes(first.nodes)} ${first.nodes === 1 ? 'has' : 'have'} too little of it free${others}.`,
    hint: gpu
      ? `Free GPUs, add a node with enough of them, or ask for fewer (--tensor-parallel-size, --replicas); see who holds them: ${cli} check --namespace ${scene.awaited.namespace}`
      : 'Ask for less, or add a larger node.',
  };
};

const labels = (all: readonly Obstacle[], scene: Scene): Told | null =>
  all.some(one => one.kind === 'selector')
    ? {
        rule: 'schedule-labels',
        message: who =>
          `${who}${ofDeployment(scene)} finds no node with the labels that the pods ask for (${obstacleText(all)}).`,
        hint: 'Choose another --node-selector, after a look at: kubectl get nodes --show-labels',
      }
    : null;

/** The scheduler looks at neighbours last, so these nodes had the room and the labels, or the right one lacks them. */
const together = (all: readonly Obstacle[], scene: Scene): Told | null =>
  all.some(one => one.kind === 'affinity')
    ? {
        rule: 'schedule-together',
        message: who =>
          `${who}${ofDeployment(scene)} finds no node: the pods that share a volume have to be on one node, and that node does not take this one too (${obstacleText(all)}).`,
        hint: 'Use a node with room for all of them, or a claim that many nodes can mount (a class with ReadWriteMany), or none and run again with: --model-cache none',
      }
    : null;

const volume = (all: readonly Obstacle[], scene: Scene): Told | null => {
  const found = all.find(one => one.kind === 'volume' || one.kind === 'claim');
  if (found === undefined) return null;
  const claim = found.what;
  return {
    rule: 'schedule-volume',
    message: who =>
      found.kind === 'volume'
        ? `${who}${ofDeployment(scene)} finds no node: the volume it mounts can only be used in another zone or on another node (${obstacleText(all)}).`
        : `${who}${ofDeployment(scene)} finds no node: ${claim === '' ? 'a claim that it mounts has no volume' : `there is no claim ${claim}`}.`,
    hint:
      found.kind === 'volume'
        ? 'Use a storage class whose volumes all nodes can mount (ReadWriteMany), or add GPUs in the zone of the volume.'
        : `A claim without a class needs a default storage class or --storage-class; look at: kubectl -n ${scene.awaited.namespace} get pvc,events`,
  };
};

const other = (message: string, scene: Scene): Told => ({
  rule: 'schedule-none',
  message: who => `${who}${ofDeployment(scene)} finds no node: ${message.replace(/\.\s*$/, '')}.`,
  hint: 'Add a node that the pod can run on, or change what it asks for.',
});

const told = (message: string, scene: Scene, pod: Pod): Told => {
  const all = obstaclesIn(message);
  return (
    volume(all, scene) ??
    together(all, scene) ??
    taint(all, scene) ??
    short(all, scene, pod) ??
    labels(all, scene) ??
    other(message, scene)
  );
};

const patienceFor = (cause: Told, scene: Scene, pod: Pod, refused: boolean): number => {
  if (refused) return 0;
  if (cause.rule === 'schedule-volume') return volumePatienceMs;
  if (cause.rule === 'schedule-none') return otherPatienceMs;
  if (cause.rule === 'schedule-together') return togetherPatienceMs;
  return scene.awaited.nodeMaker || hasNodeMaker(pod) ? makerPatienceMs : patienceMs;
};

const coming = (role: Role, pod: Pod): Diagnosis[] => {
  const maker = nodeMaker(pod);
  if (maker === null) return [];
  return [
    {
      rule: 'schedule-node-coming',
      level: 'info',
      role,
      message: who => `${who} has no node yet; ${maker.who} is bringing one${maker.what}.`,
      hint: '',
      evidence: [],
      from: 0,
    },
  ];
};

const gated = (role: Role, pod: Pod, scene: Scene): Diagnosis[] => {
  const gates = list(pod.spec.schedulingGates).map(gate => text(record(gate).name));
  return [
    {
      rule: 'schedule-gated',
      level: 'warning',
      role,
      message: who =>
        `${who}${ofDeployment(scene)} is held back by ${gates.length === 0 ? 'a scheduling gate' : `the scheduling gate ${gates.join(', ')}`}, and nobody has lifted it.`,
      hint: 'The queue or gang scheduler that set it decides; look at its queues and whether it runs.',
      evidence: [],
      from: after(scene, pod.conditions.PodScheduled?.since ?? pod.created, 30_000),
    },
  ];
};

const refusedText = (refusal: string | null): string =>
  refusal === null ? '' : `; no node will be made for it: ${refusal.replace(/\.$/, '').slice(0, 200)}`;

/** Causes that pass when other pods go. */
const ofRoom: readonly string[] = ['schedule-gpu', 'schedule-resources', 'schedule-together'];

/** The pods of an update make way one after the other; null while they do. */
const updatePatience = (cause: Told, scene: Scene): number | null => {
  if (!ofRoom.includes(cause.rule) || !isUpdate(scene)) return 0;
  return makesRoom(scene) ? null : updatePatienceMs;
};

/** A download holds the pods of its claim on its node until it is over. */
const isHeldByDownload = (cause: Told, role: Role, scene: Scene): boolean =>
  cause.rule === 'schedule-together' && role.kind !== 'download' && isComing(scene);

/** The scheduler takes its time to look again at pods that a download held, or that wait for their turn in an update. */
const heldUntil = (since: number | null, role: Role, scene: Scene): number | null => {
  const complete = role.kind === 'download' ? 0 : (completedAt(scene) ?? 0);
  const held = Math.max(complete, isUpdate(scene) ? lastReady(scene) : 0);
  return held === 0 ? since : Math.max(held, since ?? 0);
};

const unplaced = (role: Role, pod: Pod, scene: Scene): Diagnosis[] => {
  if (pod.conditions.PodScheduled?.reason === 'SchedulingGated') return gated(role, pod, scene);
  if (nodeMaker(pod) !== null) return coming(role, pod);
  const { message, since } = schedulerSaid(pod);
  if (message === '') return [];
  const refusal = nodeRefusal(pod);
  const cause = told(message, scene, pod);
  const meanwhile = updatePatience(cause, scene);
  const starts = isNodeStarting(obstaclesIn(message)) ? startPatienceMs : 0;
  if (isHeldByDownload(cause, role, scene) || meanwhile === null) return [];
  return [
    {
      ...cause,
      message: who => `${cause.message(who).replace(/\.$/, '')}${refusedText(refusal)}.`,
      level: 'error',
      role,
      evidence: [message, ...(refusal === null ? [] : [refusal])],
      from: after(
        scene,
        heldUntil(since, role, scene),
        Math.max(meanwhile, starts, patienceFor(cause, scene, pod, refusal !== null)),
      ),
    },
  ];
};

export const inspectScheduling: Inspector = scene =>
  podsIn(scene)
    .filter(({ pod }) => pod.node === null && (pod.phase === 'Pending' || pod.phase === ''))
    .flatMap(({ role, pod }) => unplaced(role, pod, scene));
