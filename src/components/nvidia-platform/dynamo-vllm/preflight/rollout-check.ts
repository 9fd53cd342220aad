/** Checks that an update of a running deployment comes to its end: new pods that start ahead need free GPUs. */

import type { Stuck, Way } from '../../../../core/changes.ts';
import type { CheckResult } from '../../../../core/check.ts';
import { readOr } from '../../../../core/cluster-facts.ts';
import type { PreflightInput } from '../../../../core/preflight.ts';
import { flagOf } from '../../../../core/schema.ts';
import { listed } from '../../../../core/text.ts';
import { budgetOf, updateAnnotations } from '../update.ts';
import { scaleUp, waiting } from './pools.ts';
import { check, counted } from './result.ts';
import type { Moving, Waiting } from './rollout.ts';
import { stuckIn, type Update, updateOf } from './rollout-scene.ts';
import { type Scene, sceneOf } from './scene.ts';

export const deadlock = 'update-deadlock';

const rollout = check(deadlock, 'the update comes to its end', 'unavailable', 'updateStrategy');

const perPod = ({ asked }: Moving): string => (asked.gpus === 0 ? 'room' : counted(asked.gpus, 'GPU'));

/** Why one role cannot go on. */
const reason = ({ moving, mostFree }: Waiting): string => {
  const { role, replaced, running, wanted, asked } = moving;
  const best = asked.gpus === 0 ? '' : ` while the best node has ${mostFree === 0 ? 'none' : mostFree} free`;
  return replaced
    ? `a new pod of ${role} needs ${perPod(moving)} on one node before an old one stops${best}`
    : `${counted(wanted - running.length, 'more pod')} of ${role} with ${perPod(moving)} each find no room${best}`;
};

/** Every role is replaced in this way. */
const by =
  (strategy: 'in-place' | 'recreate') =>
  (moving: Moving): Moving => ({
    ...moving,
    budget: budgetOf(updateAnnotations(strategy) ?? {}, moving.wanted),
  });

/** A way, and what it is called behind its flag. */
type Offer = Way & { readonly short: string };

const strategies = [
  {
    strategy: 'in-place',
    says: {
      name: 'Stop an old pod first',
      short: 'an old pod stops first',
      description: 'one pod of each role at a time; with one replica nothing answers meanwhile',
    },
  },
  {
    strategy: 'recreate',
    says: {
      name: 'Stop all old pods first',
      short: 'all old pods stop first',
      description: 'nothing answers until the new pods have loaded the model',
    },
  },
] as const;

const countKeys: Readonly<Record<string, string>> = {
  worker: 'replicas',
  prefill: 'prefillReplicas',
  decode: 'decodeReplicas',
};

/** One pod less of every role that waits: the surplus makes room. */
const fewer = (update: Update, waiting: readonly Waiting[]): Offer[] => {
  const stuck = waiting.map(({ moving }) => moving);
  const roles = stuck.map(({ role }) => role);
  if (stuck.some(({ role, wanted }) => wanted < 2 || countKeys[role] === undefined)) return [];
  const less = (moving: Moving): Moving =>
    roles.includes(moving.role) ? { ...moving, wanted: moving.wanted - 1 } : moving;
  if (stuckIn(update, less).length > 0) return [];
  return [
    {
      name: 'Fewer pods',
      short: 'fewer pods',
      description: `with one pod less of ${listed(roles)}; scale up again once GPUs are free`,
      with: Object.fromEntries(stuck.map(({ role, wanted }) => [countKeys[role] ?? '', wanted - 1])),
    },
  ];
};

/** The first that works of stopping one or all pods, and fewer of them. */
const waysOut = (update: Update, stuck: readonly Waiting[]): Offer[] => {
  const works = strategies.find(({ strategy }) => stuckIn(update, by(strategy)).length === 0);
  const stop: Offer[] =
    works === undefined ? [] : [{ ...works.says, with: { updateStrategy: works.strategy } }];
  return [...stop, ...fewer(update, stuck)];
};

const messageOf = (stuck: readonly Waiting[]): string =>
  `The update would wait for ever: ${listed(stuck.map(reason))}.`;

const flagsOf = (way: Offer): string =>
  Object.entries(way.with)
    .map(([key, value]) => `${flagOf(key)} ${String(value)}`)
    .join(' ');

const hintOf = (ways: readonly Offer[]): string => {
  const offers = [
    ...ways.map(way => `${flagsOf(way)} (${way.short})`),
    `--skip-check ${deadlock} (the new pods wait until GPUs are free)`,
  ];
  return `Free GPUs, or add ${listed(offers, 'or')}.`;
};

const judged = (scene: Scene, update: Update): CheckResult => {
  const stuck = stuckIn(update);
  if (stuck.length === 0) return rollout.pass('Old and new pods find room beside each other.');
  const message = messageOf(stuck);
  const demands = scene.demands.filter(({ name }) => stuck.some(({ moving }) => moving.role === name));
  const up = scaleUp(readOr(scene.cluster.nodePools) ?? [], demands);
  return up === null
    ? rollout.fail(message, hintOf(waysOut(update, stuck)))
    : rollout.warn(`${message.slice(0, -1)}; ${up}.`, waiting);
};

/** Whether pods of it are replaced or come in addition. */
const moves = ({ moving }: Update): boolean =>
  moving.some(({ replaced, running, wanted }) => replaced || running.length < wanted);

export const rolloutChecks = (scene: Scene): CheckResult[] => {
  const update = updateOf(scene);
  return update === null || !moves(update) ? [] : [judged(scene, update)];
};

/** What a person can choose from; null when nothing is in the way. */
export const stuckUpdate = (input: PreflightInput): Stuck | null => {
  const scene = sceneOf(input);
  const update = updateOf(scene);
  if (update === null || !moves(update) || judged(scene, update).outcome !== 'fail') return null;
  const stuck = stuckIn(update);
  return { code: deadlock, message: messageOf(stuck), ways: waysOut(update, stuck) };
};
