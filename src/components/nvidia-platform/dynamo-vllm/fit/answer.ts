/** Answers the question that `fit` asks: reads what was said, works out legality and the sum, and adds table or advice. */

import { noFacts } from '../../../../core/component.ts';
import { applySkips, type Finding } from '../../../../core/finding.ts';
import type { Fit, FitAsk, FitPerGpu, FitReport } from '../../../../core/fit.ts';
import { isExplicit } from '../../../../core/settings.ts';
import { type Owned, takeOver } from '../args.ts';
import { dialectFor } from '../dialect.ts';
import { type EngineWord, readVllmArgs } from '../engine/read.ts';
import type { Parallelism } from '../plan.ts';
import { finding } from '../rule.ts';
import { type Settings, settingsFrom } from '../settings.ts';
import { adviceFor } from './advice.ts';
import { choiceFrom } from './asked.ts';
import { type Estimate, estimate } from './estimate.ts';
import type { Choice, GpuFacts, ModelFacts } from './facts.ts';
import { checkLegality } from './legality.ts';
import { overheadTotal } from './overhead.ts';
import type { Asking, Problem } from './problem.ts';
import { gpuAsked, modelAsked } from './subject.ts';
import { tableFor } from './table.ts';
import { memoryFindings } from './verdicts.ts';

const keys: Readonly<Record<Problem['about'], string>> = {
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

type Read = {
  readonly choice: Choice;
  readonly engineVersion: string;
  readonly words: readonly EngineWord[];
  readonly findings: readonly Finding[];
};

const readChoice = (ask: FitAsk): Read => {
  const settings = settingsFrom(ask.settled, noFacts);
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
  return { choice, engineVersion, words, findings };
};

const perGpuOf = (sum: Estimate, gpu: GpuFacts | null): FitPerGpu | null => {
  if (sum.weightsGib === null && sum.kvBytesPerToken === null) return null;
  return {
    visibleGiB: gpu?.visibleGib ?? null,
    utilization: sum.utilization,
    budgetGiB: sum.budgetGib,
    weightsGiB: sum.weightsGib,
    overheadGiB: sum.overhead === null ? null : overheadTotal(sum.overhead),
    kvCacheGiB: sum.kvCacheGib,
    kvBytesPerToken: sum.kvBytesPerToken,
    maxModelLen: sum.contextTokens,
    requestGiB: sum.requestGib,
    tokens: sum.tokens,
    requests: sum.requests,
    shortGiB: sum.shortGib,
  };
};

const titleOf = (modelId: string, { choice, engineVersion }: Read, gpu: GpuFacts | null): string => {
  const sizes = [
    `TP ${choice.tensor}`,
    ...(choice.pipeline > 1 ? [`PP ${choice.pipeline}`] : []),
    ...(choice.data > 1 ? [`DP ${choice.data}`] : []),
    ...(choice.expert ? ['EP'] : []),
  ].join(', ');
  const on = gpu === null ? '' : ` on ${gpu.name}, ${sizes}`;
  return `${modelId}${on}, Dynamo ${choice.release} (vLLM ${engineVersion})`;
};

const problemFindings = (asking: Asking): Finding[] =>
  checkLegality(asking).map(({ rule, level, about, message, hint }) =>
    finding(rule, level, keys[about], message, hint),
  );

const skipsOf = (ask: FitAsk): readonly string[] => {
  const said = ask.settled.values['skipCheck'];
  return Array.isArray(said) ? said : [];
};

/** Without a model there is nothing to work out. */
const ignorance = (title: string, findings: readonly Finding[]): FitReport => ({
  title,
  verdict: 'unknown',
  perGpu: null,
  advice: [],
  table: [],
  findings,
});

const judged = (asking: Asking, read: Read, ask: FitAsk, said: readonly Finding[]): FitReport => {
  const sum = estimate(asking.model, asking.choice, asking.gpu);
  const needsHelp = sum.verdict === 'does-not-fit' || sum.verdict === 'tight';
  const advice = needsHelp ? adviceFor(asking, read.words) : [];
  const all = [...said, ...problemFindings(asking), ...memoryFindings(asking, sum, 'warning', advice)];
  return {
    title: titleOf(asking.modelId, read, asking.gpu),
    verdict: sum.verdict,
    perGpu: perGpuOf(sum, asking.gpu),
    advice,
    table: asking.gpu === null && ask.gpu === null ? tableFor(asking) : [],
    findings: applySkips(all, skipsOf(ask)),
  };
};

export const fit: Fit = ask => {
  const read = readChoice(ask);
  const named = ask.modelConfig !== null && !isExplicit(ask.settled, 'model');
  const modelId = named ? 'the model' : String(ask.settled.values['model']);
  const model: { facts: ModelFacts | null; findings: readonly Finding[] } = modelAsked(ask);
  const gpu = gpuAsked(ask);
  const said = [...read.findings, ...model.findings, ...gpu.findings];
  if (model.facts === null)
    return ignorance(titleOf(modelId, read, gpu.facts), applySkips(said, skipsOf(ask)));
  const asking = { modelId, model: model.facts, choice: read.choice, gpu: gpu.facts, gpuCount: gpu.count };
  return judged(asking, read, ask, said);
};
