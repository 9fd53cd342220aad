/** The plan's rule about memory: whether each worker fits on the GPUs that the nodes were seen to have. */

import type { Facts } from '../../../../core/component.ts';
import type { Finding, Level } from '../../../../core/finding.ts';
import { cli } from '../preflight/result.ts';
import { finding, type Rule } from '../rule.ts';
import { adviceFor } from './advice.ts';
import { estimate } from './estimate.ts';
import { type GpuRoom, gpuRooms, mayHold } from './gpu-nodes.ts';
import { gpuRules } from './gpu-rules.ts';
import { largestGpu } from './gpus.ts';
import { checkLegality } from './legality.ts';
import { modelKnownTo } from './model-facts.ts';
import type { Problem } from './problem.ts';
import { forRole, gpusWanted, type WorkerAsking, workerAskings } from './rule.ts';
import { memoryFindings } from './verdicts.ts';

type Judged = {
  readonly asking: WorkerAsking;
  readonly illegal: Problem | undefined;
  readonly verdict: ReturnType<typeof estimate>['verdict'];
};

const judge = (asking: WorkerAsking, { gpu, mostOnOneNode }: GpuRoom): Judged => {
  const on = { ...asking, gpu, gpuCount: mostOnOneNode };
  const illegal = gpuRules.flatMap(rule => rule(on)).find(({ level }) => level === 'error');
  return { asking: on, illegal, verdict: estimate(on.model, on.choice, gpu).verdict };
};

const isBad = ({ illegal, verdict }: Judged): boolean => illegal !== undefined || verdict === 'does-not-fit';

/** Findings are about the deployment as a whole: no single answer is refused because of an estimate. */
const path = '';

const spoken = ({ rule, level, message, hint }: Omit<Finding, 'path'>, kind: WorkerAsking['kind']): Finding =>
  finding(rule, level, path, kind === 'worker' ? message : `${kind}: ${message}`, forRole(hint, kind));

const memory = (
  { asking }: Judged,
  level: Level,
  words: Parameters<typeof adviceFor>[1],
  rule: string,
): Finding[] => {
  const sum = estimate(asking.model, asking.choice, asking.gpu);
  return memoryFindings(asking, sum, level, adviceFor(asking, words))
    .filter(found => found.rule === rule)
    .map(found => spoken(found, asking.kind));
};

/** With a provisioner other GPUs may come, so what does not fit on those that are there is only likely to fail. */
const misfitLevel = ({ gpuPools }: Facts): Level => (gpuPools === false ? 'error' : 'warning');

/** Also the code of the check before a deployment, which looks closer; so the rule only warns where that check will be made. */
const placement = 'gpu-placement';

/** No node has so many GPUs, free or not. */
const tooMany = (asking: WorkerAsking, rooms: readonly GpuRoom[], level: Level): Finding[] => {
  const gpuCount = Math.max(...rooms.map(({ mostOnOneNode }) => mostOnOneNode ?? 0));
  return checkLegality({ ...asking, gpuCount })
    .filter(({ rule }) => rule === 'fit-illegal-gpus')
    .map(problem => spoken({ ...problem, rule: placement, level }, asking.kind));
};

/** Kinds on which it does not fit do not matter while there is one on which it does. */
const onLarge = (
  asking: WorkerAsking,
  rooms: readonly GpuRoom[],
  { facts, words }: Parameters<Rule>[0],
): Finding[] => {
  const judged = rooms.map(room => judge(asking, room));
  const good = judged.filter(one => !isBad(one));
  const [best] = good.length > 0 ? [] : judged.slice(-1);
  if (best?.illegal !== undefined)
    return [spoken({ ...best.illegal, level: misfitLevel(facts) }, asking.kind)];
  if (best !== undefined) return memory(best, misfitLevel(facts), words, 'fit-too-large');
  return good.every(({ verdict }) => verdict === 'tight')
    ? good.slice(-1).flatMap(one => memory(one, 'warning', words, 'fit-tight'))
    : [];
};

/** What it cannot hold, no GPU can. A warning, as a larger one may have come since. */
const onAnyGpu = (asking: WorkerAsking, { words }: Parameters<Rule>[0]): Finding[] => {
  const judged = judge(asking, { gpu: largestGpu, freeGpus: 0, mostFree: 0, mostOnOneNode: null });
  if (judged.verdict !== 'does-not-fit') return [];
  return memory(judged, 'warning', words, 'fit-too-large').map(found => ({
    ...found,
    message: `${found.message} No larger GPU is known.`,
    hint: `${found.hint}\nTo work it out for yours: ${cli} fit --model ${asking.modelId} --gpu NAME`,
  }));
};

/** Silent without knowledge of model and release; without that of GPUs it speaks of what no GPU can hold. */
export const memoryOnNodes: Rule = input => {
  const { facts, plan, settings, dialect } = input;
  const rooms = gpuRooms(facts, settings.nodeSelector);
  const model = modelKnownTo(facts, plan.model.id);
  if (model === undefined || rooms?.length === 0 || dialect.runtimeKnown !== 'known') return [];
  return workerAskings(input, model, null).flatMap(asking => {
    if (rooms === null) return onAnyGpu(asking, input);
    const large = rooms.filter(room => mayHold(room, gpusWanted(asking)));
    const level = facts.isLive === true ? 'warning' : misfitLevel(facts);
    return large.length === 0 ? tooMany(asking, rooms, level) : onLarge(asking, large, input);
  });
};
