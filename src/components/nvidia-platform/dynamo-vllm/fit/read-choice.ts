/** Reads the choice that `fit` is asked about out of settled settings, as a plan would. */

import { noFacts } from '../../../../core/component.ts';
import type { Finding } from '../../../../core/finding.ts';
import type { FitAsk } from '../../../../core/fit.ts';
import { isExplicit } from '../../../../core/settings.ts';
import { type Owned, takeOver } from '../args.ts';
import { dialectFor } from '../dialect.ts';
import { type EngineWord, readVllmArgs } from '../engine/read.ts';
import type { Parallelism } from '../plan.ts';
import { type Settings, settingsFrom } from '../settings.ts';
import { choiceFrom } from './asked.ts';
import type { Choice } from './facts.ts';
import type { Problem } from './problem.ts';

/** Keys of the settings that a problem is about. */
export const keys: Readonly<Record<Problem['about'], string>> = {
  tensor: 'tensorParallelSize',
  pipeline: 'pipelineParallelSize',
  expert: 'expertParallel',
  args: 'vllmArgs',
  model: 'model',
  gpu: 'gpu',
};

/** A flag goes before what the engine arguments say, as in a plan. */
const sizesOf = (settings: Settings, owned: Owned, ask: FitAsk): Parallelism => {
  const explicit = (key: string): boolean => isExplicit(ask.settled, key);
  return {
    tensor: explicit(keys.tensor)
      ? settings.tensorParallelSize
      : (owned.tensor ?? settings.tensorParallelSize),
    pipeline: explicit(keys.pipeline)
      ? settings.pipelineParallelSize
      : (owned.pipeline ?? settings.pipelineParallelSize),
    data: owned.data ?? 1,
    expert: explicit(keys.expert) ? settings.expertParallel : (owned.expert ?? settings.expertParallel),
  };
};

export type ReadChoice = {
  readonly choice: Choice;
  readonly settings: Settings;
  readonly engineVersion: string;
  readonly words: readonly EngineWord[];
  readonly findings: readonly Finding[];
};

export const readChoice = (ask: FitAsk): ReadChoice => {
  const settings = settingsFrom(ask.settled, { ...noFacts, operatorRelease: ask.operatorRelease });
  const { words, findings } = readVllmArgs(settings.vllmArgs, settings.release);
  const { owned } = takeOver(words);
  const engineVersion = dialectFor(settings.release, settings.release).runtime.engine;
  const choice = choiceFrom({
    release: settings.release,
    engineVersion,
    parallelism: sizesOf(settings, owned, ask),
    maxModelLen: owned.maxModelLen,
    words,
    connector: settings.mode === 'disaggregated' || settings.kvbm,
    env: settings.env,
  });
  return { choice, settings, engineVersion, words, findings };
};
