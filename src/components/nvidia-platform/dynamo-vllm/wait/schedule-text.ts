/** Reads what the scheduler and those that make nodes say about a pod that has no node. */

import { listed } from '../../../../core/text.ts';
import { comes, passes } from '../passing-taints.ts';
import type { Happening } from './events.ts';
import type { Pod } from './pods.ts';

/** Why nodes were passed over: how many, and the reason with its details. */
export type Obstacle = {
  readonly kind: 'taint' | 'short' | 'selector' | 'affinity' | 'volume' | 'claim' | 'cordoned' | 'other';
  readonly nodes: number;
  /** The taint `team=research`, the resource `nvidia.com/gpu`, the claim's name; empty where there is no more to say. */
  readonly what: string;
};

type Reader = {
  readonly kind: Obstacle['kind'];
  readonly sign: RegExp;
  readonly what: (match: RegExpExecArray) => string;
};

const nothing = () => '';

/** `{team: research}` is the scheduler's way to write `team=research`. */
const taintText = (inner: string): string => {
  const [key = '', value = ''] = inner.split(/:\s*/, 2);
  return value.trim() === '' ? key.trim() : `${key.trim()}=${value.trim()}`;
};

/** Texts of kube-scheduler's plugins, 1.24 to 1.35. */
const readers: readonly Reader[] = [
  {
    kind: 'taint',
    sign: /(\d+) node\(s\) had (?:an? )?(?:untolerated )?taint(?:s|\(s\))?:? ?\{([^}]*)\}/g,
    what: match => taintText(match[2] ?? ''),
  },
  { kind: 'short', sign: /(\d+) Insufficient ([\w./-]*[\w])/g, what: match => match[2] ?? '' },
  {
    kind: 'selector',
    sign: /(\d+) node\(s\) didn't match Pod's node affinity(?:\/selector)?/g,
    what: nothing,
  },
  {
    kind: 'affinity',
    sign: /(\d+) node\(s\) didn't (?:match|satisfy) (?:existing )?pods?'?s? (?:anti-)?affinity(?:\/anti-affinity)?(?: rules)?/gi,
    what: nothing,
  },
  {
    kind: 'volume',
    sign: /(\d+) node\(s\) (?:had volume node affinity conflict|didn't match PersistentVolume's node affinity)/g,
    what: nothing,
  },
  { kind: 'cordoned', sign: /(\d+) node\(s\) were unschedulable/g, what: nothing },
  {
    kind: 'claim',
    sign: /()persistentvolumeclaim "([^"]+)" (?:not found|is being deleted|bound to non-existent)/g,
    what: match => match[2] ?? '',
  },
  {
    kind: 'claim',
    sign: /()(?:unbound immediate PersistentVolumeClaims|didn't find available persistent volumes to bind)/g,
    what: nothing,
  },
];

/** A part of the sentence repeats the reasons for preemption. */
const firstPart = (message: string): string => message.split(/preemption:/i)[0] ?? '';

export const obstaclesIn = (message: string): Obstacle[] =>
  readers.flatMap(({ kind, sign, what }) =>
    [...firstPart(message).matchAll(sign)].map(match => ({
      kind,
      nodes: Number(match[1] || 0),
      what: what(match),
    })),
  );

/** Taints that pass, and those of the control plane: another obstacle is the one to name. */
export const isPassingTaint = ({ kind, what }: Obstacle): boolean =>
  kind === 'taint' && (passes(what) || what.startsWith('node-role.kubernetes.io/'));

/** What the scheduler said last, and since when the pod waits. Empty when it said nothing yet. */
export const schedulerSaid = (pod: Pod): { readonly message: string; readonly since: number | null } => {
  const condition = pod.conditions.PodScheduled;
  const event = pod.events.findLast(one => one.reason === 'FailedScheduling' && !isKarpenter(one));
  if (condition?.status === 'False' && condition.message !== '')
    return { message: condition.message, since: condition.since ?? event?.first ?? pod.created };
  return { message: event?.message ?? '', since: event?.first ?? pod.created };
};

/** Karpenter reports under the scheduler's word, about its node pools. */
const isKarpenter = ({ message }: Happening): boolean => /nodepool|node pool|provisioner "/i.test(message);

const making: Readonly<Record<string, string>> = {
  Nominated: 'Karpenter',
  TriggeredScaleUp: 'the cluster autoscaler',
};

type NodeMaker = { readonly who: string; readonly what: string; readonly note: string };

const nodeName = /(?:nodeclaim|node)\/([\w.-]+)/;

/** Who is bringing a node for the pod, as its newest event about that says; null when nobody is. */
export const nodeMaker = (pod: Pod): NodeMaker | null => {
  const event = pod.events.findLast(
    one => making[one.reason] !== undefined || one.reason === 'NotTriggerScaleUp',
  );
  const who = event === undefined ? undefined : making[event.reason];
  if (event === undefined || who === undefined) return null;
  const name = nodeName.exec(event.message)?.[0];
  const what = name === undefined ? '' : ` (${name.replace('/', ' ')})`;
  return { who, what, note: `${who} is bringing a node${what}` };
};

/** A pause, or a volume that is still being made: more nodes would not help, and yet it passes. */
const isNoRefusal = /backoff|unbound (?:immediate )?PersistentVolumeClaims?/i;

/** Somebody who makes nodes has spoken of the pod. */
export const hasNodeMaker = (pod: Pod): boolean =>
  pod.events.some(
    one => one.reason === 'NotTriggerScaleUp' || (one.reason === 'FailedScheduling' && isKarpenter(one)),
  );

/** A node is there, and not yet ready for pods. */
export const isNodeStarting = (obstacles: readonly Obstacle[]): boolean =>
  obstacles.some(({ kind, what }) => kind === 'taint' && comes(what));

/** Why those that make nodes will not make one; null when they did not refuse. */
export const nodeRefusal = (pod: Pod): string | null => {
  if (nodeMaker(pod) !== null) return null;
  const refused = pod.events.findLast(
    one => one.reason === 'NotTriggerScaleUp' || (one.reason === 'FailedScheduling' && isKarpenter(one)),
  );
  return refused === undefined || isNoRefusal.test(refused.message) ? null : refused.message;
};

const inWords: Readonly<Record<Obstacle['kind'], (what: string) => string>> = {
  taint: what => `taint ${what}`,
  short: what => `too little ${what} free`,
  selector: () => 'other labels than the pod asks for',
  affinity: () => 'not where the pods it belongs to are',
  volume: () => 'the volume is elsewhere',
  claim: what => (what === '' ? 'the volume is not there yet' : `no claim ${what}`),
  cordoned: () => 'cordoned',
  other: what => what,
};

/** `2 nodes: taint team=research; 2 nodes: too little nvidia.com/gpu free`. */
export const obstacleText = (obstacles: readonly Obstacle[]): string =>
  listed(
    obstacles.map(({ kind, nodes, what }) =>
      nodes === 0 ? inWords[kind](what) : `${nodes} node${nodes === 1 ? '' : 's'}: ${inWords[kind](what)}`,
    ),
    'and',
  );

/** Why a pod has no node yet, for a table. */
export const placementNote = (pod: Pod): string => {
  const { message } = schedulerSaid(pod);
  const obstacles = obstaclesIn(message);
  return obstacles.length === 0 ? message.slice(0, 100) : `no node yet: ${obstacleText(obstacles)}`;
};
