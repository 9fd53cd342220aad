/** Owns what pods of a story do by themselves: the happy course, as far as the story lets each role go. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ScriptedServing } from '../frontend/scriptedServing.ts';
import type { Script } from '../pods/director.ts';
import type { PodLife } from '../pods/podLife.ts';
import { STAGES, type Stage } from '../pods/podStatus.ts';
import { commandLine, flagValue } from '../pods/role.ts';
import { substitute } from './expand.ts';
import { DEFAULT_MODEL } from './settings.ts';
import type { CourseStep, Loaded } from './story.ts';

/** What the course needs besides the story. */
export type CourseSurroundings = {
  readonly serving: ScriptedServing;
  readonly waitForModel: (life: PodLife) => Promise<void>;
  /** Stages at which single pods are held, by `role/index`; filled by steps. */
  readonly holds: ReadonlyMap<string, Stage>;
  readonly indexOf: (life: PodLife) => number;
};

/** The script of every steered pod of the story. */
export function courseScript(loaded: Loaded, around: CourseSurroundings): Script {
  return async life => {
    if (life.role === 'other') return;
    const limit = limitOf(loaded, life, around);
    const start = Date.now();
    let waited = 0;
    for (const step of stepsFor(life, loaded, limit)) {
      await pauseUntil(life, start + waited + (step.at * 1000) / (loaded.story.clock?.speed ?? 1));
      waited += await beforeRunning(step, life, around);
      await take(step, life, loaded);
      if (step.to === 'running') await around.serving.serve(life);
    }
  };
}

// Up to the step that reaches the limit, without what would lead beyond it.
function stepsFor(life: PodLife, loaded: Loaded, limit: Stage): readonly CourseStep[] {
  const { happy } = loaded.profiles.courses;
  const steps = shortened(happy[life.role] ?? happy.worker ?? [], life, loaded);
  const last = steps.findIndex(step => step.to === limit);
  const upTo = last >= 0 ? steps.slice(0, last + 1) : steps;
  return upTo.filter(step => step.to === undefined || !isBeyond(step.to as Stage, limit));
}

function limitOf({ story }: Loaded, life: PodLife, around: CourseSurroundings): Stage {
  const held = around.holds.get(`${life.role}/${around.indexOf(life)}`);
  const usual = life.role === 'download' ? 'complete' : 'ready';
  return held ?? ((story.course?.[life.role] ?? usual) as Stage);
}

function isBeyond(stage: Stage, limit: Stage): boolean {
  return STAGES.indexOf(stage) > STAGES.indexOf(limit);
}

// What lies complete on the volume is not fetched again.
function shortened(steps: readonly CourseStep[], life: PodLife, { story }: Loaded): readonly CourseStep[] {
  const model = String(story.settings.model ?? DEFAULT_MODEL);
  if (life.role !== 'download' || !story.cluster.cache?.models?.[model]?.complete) return steps;
  return [
    { at: 2, to: 'running' },
    { at: 4, to: 'complete', log: [`${model} is complete already`] },
  ];
}

async function beforeRunning(step: CourseStep, life: PodLife, around: CourseSurroundings): Promise<number> {
  if (step.to !== 'running' || (life.pod.spec.initContainers ?? []).length === 0) return 0;
  const from = Date.now();
  await around.waitForModel(life);
  return Date.now() - from;
}

async function take(step: CourseStep, life: PodLife, loaded: Loaded): Promise<void> {
  const container = String(life.pod.spec.containers[0].name);
  if (step.to) await life.reach(step.to as Stage);
  if (step.log) life.logs.add(container, substitute(step.log, namesFor(life, loaded)));
}

function namesFor(life: PodLife, { story, profiles }: Loaded): Record<string, string> {
  const words = commandLine(life.pod);
  const id = String(story.settings.model ?? DEFAULT_MODEL);
  const model = profiles.models[id] ?? {};
  const weights = Number(model.weightsGiB ?? 0);
  const gpus = Number(flagValue(words, '--tensor-parallel-size') ?? 1);
  return {
    arch: String(model.arch ?? ''),
    files: String(Math.ceil(weights / 4.6) + 8),
    maxModelLen: flagValue(words, '--max-model-len') ?? String(model.maxPos ?? ''),
    modelPath: flagValue(words, '--model') ?? id,
    servedName: flagValue(words, '--served-model-name') ?? id,
    weightsPerGpuGiB: (weights / gpus).toFixed(4),
    kvGiB: '28.41',
  };
}

async function pauseUntil(life: PodLife, moment: number): Promise<void> {
  await sleep(Math.max(0, moment - Date.now()), undefined, { signal: life.ended });
}
