/** What the questions about mode, tensor parallel sizes and the action offer when something is known of the cluster. */

import type { Facts, Offer, OfferedChoice } from '../../../../core/component.ts';
import type { FitAdvice, FitVerdict } from '../../../../core/fit.ts';
import type { Settled, Values } from '../../../../core/settings.ts';
import { askedSettings } from '../asked.ts';
import { type Planned, planFrom } from '../planning.ts';
import { parallelKeys } from '../roles.ts';
import { settingsFrom } from '../settings.ts';
import { adviceFor } from './advice.ts';
import { estimate } from './estimate.ts';
import { type GpuRoom, gpuRooms, mayHold } from './gpu-nodes.ts';
import { gpuRules } from './gpu-rules.ts';
import { legalTensorSizes } from './legality.ts';
import { modelKnownTo } from './model-facts.ts';
import { forRole, gpusWanted, type WorkerAsking, workerAskings } from './rule.ts';

/** The choices of a setting, with a remark behind the description of some. */
const withNotes = (
  key: 'mode' | 'action',
  { values }: Settled,
  notes: Readonly<Record<string, string>>,
): Offer => {
  const { choices } = askedSettings[key];
  return {
    choices: choices.map(({ value, label, description }) => ({
      name: label,
      short: label,
      description: `${description}${notes[value] ?? ''}`,
      value,
      with: {},
    })),
    usual: Math.max(
      0,
      choices.findIndex(({ value }) => value === values[key]),
    ),
  };
};

/** Disaggregated has a prefill and a decode worker. */
const leastDisaggregated = 2;

const modeOffer = (settled: Settled, { gpuNodes }: Facts): Offer | null => {
  if (gpuNodes === null || gpuNodes.length === 0) return null;
  const free = gpuNodes.reduce((sum, node) => sum + node.freeGpus, 0);
  if (free >= leastDisaggregated) return null;
  const there = `${free === 0 ? 'none' : free} ${free === 1 ? 'is' : 'are'} free`;
  return withNotes('mode', settled, {
    aggregated: `; the mode for a single GPU (${there})`,
    disaggregated: `; needs at least ${leastDisaggregated} GPUs, and ${there}`,
  });
};

/** What is answered stays possible: at the end the reason is said in full, and the manifests can be saved instead. */
const actionOffer = (settled: Settled, { isUnseen }: Facts): Offer | null =>
  isUnseen === true ? withNotes('action', settled, { deploy: '; but no cluster is seen' }) : null;

/** How well a size does on the kind of GPU that suits it best. */
type Standing = { readonly verdict: FitVerdict; readonly isFree: boolean; readonly room: GpuRoom };

const order: Readonly<Record<FitVerdict, number>> = { fits: 3, tight: 2, unknown: 1, 'does-not-fit': 0 };

const rank = ({ verdict, isFree }: Standing): number => order[verdict] * 2 + (isFree ? 1 : 0);

const standingOn = (asking: WorkerAsking, room: GpuRoom): Standing => {
  const on = { ...asking, gpu: room.gpu };
  const unfit = gpuRules.some(rule => rule(on).some(({ level }) => level === 'error'));
  const verdict = unfit ? 'does-not-fit' : estimate(asking.model, asking.choice, room.gpu).verdict;
  return { verdict, isFree: room.mostFree >= gpusWanted(asking), room };
};

const bestStanding = (asking: WorkerAsking, rooms: readonly GpuRoom[]): Standing | undefined =>
  rooms.map(room => standingOn(asking, room)).sort((a, b) => rank(b) - rank(a))[0];

const words: Readonly<Record<FitVerdict, string>> = {
  fits: 'fits on',
  tight: 'tight on',
  'does-not-fit': 'does not fit on',
  unknown: 'fit not known on',
};

const nameOf = (asking: WorkerAsking, { verdict, isFree, room }: Standing): string => {
  const size = String(asking.choice.tensor).padEnd(3);
  const gpus = gpusWanted(asking);
  const free = isFree || verdict === 'does-not-fit' ? '' : `; ${room.mostFree} free on one node`;
  return `${size} ${words[verdict]} ${gpus} x ${room.gpu.name}${free}`;
};

/** The answers of one piece of advice under the keys of this worker. */
const answersOf = (advice: FitAdvice, asking: WorkerAsking): Values => {
  const [tensor, , expert] = parallelKeys[asking.kind];
  const { tensorParallelSize, expertParallel, ...rest } = advice.settings;
  return {
    ...rest,
    [tensor]: tensorParallelSize ?? asking.choice.tensor,
    ...(expertParallel === undefined ? {} : { [expert]: expertParallel }),
  };
};

/** Changes that were worked out and can be made here; another GPU is none. */
const adviceChoices = (asking: WorkerAsking, room: GpuRoom, planned: Planned, key: string): OfferedChoice[] =>
  adviceFor(
    { ...asking, gpu: room.gpu, gpuCount: room.mostFree > 0 ? room.mostFree : room.mostOnOneNode },
    planned.words,
  )
    .filter(({ settings }) => Object.keys(settings).length > 0)
    .map(advice => {
      const { [key]: value = null, ...others } = answersOf(advice, asking);
      return {
        name: `${String(value).padEnd(3)} fits with ${forRole(advice.adds, asking.kind)}`,
        short: `${String(value)}, with ${forRole(advice.adds, asking.kind)}`,
        description: `${advice.maxModelLen.toLocaleString('en-US')} tokens of context on ${room.gpu.name}`,
        value,
        with: others,
      };
    });

type Sized = { readonly asking: WorkerAsking; readonly standing: Standing };

const fits = ({ standing }: Sized): boolean => standing.verdict === 'fits';
const runsNow = (sized: Sized): boolean => fits(sized) && sized.standing.isFree;

/** What was settled if it runs now; else the smallest that does, the first change that helps, the smallest that would. */
const usualOf = (sized: readonly Sized[], advised: readonly OfferedChoice[], current: number): number => {
  const settled = sized.findIndex(({ asking }) => asking.choice.tensor === current);
  const now = sized[settled];
  if (now !== undefined && runsNow(now)) return settled;
  const [free, busy] = [sized.findIndex(runsNow), sized.findIndex(fits)];
  if (free >= 0) return free;
  if (advised.length > 0) return sized.length;
  return busy >= 0 && (now === undefined || !fits(now)) ? busy : Math.max(0, settled);
};

/** Of the kinds that have something free the one with the most memory. */
const roomiest = (rooms: readonly GpuRoom[]): GpuRoom | undefined =>
  rooms.findLast(({ mostFree }) => mostFree > 0) ?? rooms.at(-1);

/** Changes help where no size runs now; with nothing free at all only where none would run later either. */
const wantsHelp = (sized: readonly Sized[], { mostFree }: GpuRoom): boolean =>
  !sized.some(mostFree > 0 ? runsNow : fits);

const sizeOffer = (key: string, kind: WorkerAsking['kind'], settled: Settled, facts: Facts): Offer | null => {
  const settings = settingsFrom(settled, facts);
  const rooms = gpuRooms(facts, settings.nodeSelector) ?? [];
  const planned = planFrom(settings, settled, facts);
  const model = modelKnownTo(facts, planned.plan.model.id);
  if (rooms.length === 0 || model === undefined || planned.dialect.runtimeKnown !== 'known') return null;
  const asking = workerAskings(planned, model, null).find(one => one.kind === kind);
  if (asking === undefined || model.heads === null) return null;
  const sized = legalTensorSizes(asking).flatMap((tensor): Sized[] => {
    const own = { ...asking, choice: { ...asking.choice, tensor } };
    // A node that has so many can only come where something makes nodes.
    const large = rooms.filter(one => facts.gpuPools !== false || mayHold(one, gpusWanted(own)));
    const standing = bestStanding(own, large);
    return standing === undefined ? [] : [{ asking: own, standing }];
  });
  const room = roomiest(rooms);
  const advised =
    room === undefined || !wantsHelp(sized, room) ? [] : adviceChoices(asking, room, planned, key);
  const plain = sized.map(({ asking: own, standing }) => ({
    name: nameOf(own, standing),
    short: String(own.choice.tensor),
    description: '',
    value: own.choice.tensor,
    with: {},
  }));
  if (plain.length === 0) return null;
  return { choices: [...plain, ...advised], usual: usualOf(sized, advised, asking.choice.tensor) };
};

const kinds = Object.keys(parallelKeys) as readonly (keyof typeof parallelKeys)[];

/** Null for other questions, and where nothing is known of the GPUs or of the model. */
export const offerFor = (key: string, settled: Settled, facts: Facts): Offer | null => {
  if (key === 'mode') return modeOffer(settled, facts);
  if (key === 'action') return actionOffer(settled, facts);
  const kind = kinds.find(one => parallelKeys[one][0] === key);
  return kind === undefined ? null : sizeOffer(key, kind, settled, facts);
};
