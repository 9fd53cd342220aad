/** Answers the question that `fit` asks: reads what was said, works out legality and the sum, and adds table or advice. */

import { applySkips, type Finding, hasErrors } from '../../../../core/finding.ts';
import type { Fit, FitAsk, FitFound, FitPerGpu, FitReport } from '../../../../core/fit.ts';
import { isExplicit } from '../../../../core/settings.ts';
import { finding } from '../rule.ts';
import { adviceFor } from './advice.ts';
import { bestFor } from './best.ts';
import { type Estimate, estimate } from './estimate.ts';
import type { GpuFacts } from './facts.ts';
import { type FoundGpu, foundGpus } from './found.ts';
import { hostOf } from './host.ts';
import { checkLegality } from './legality.ts';
import { nodeFindings } from './node-findings.ts';
import { overheadTotal } from './overhead.ts';
import { costPerHour, unknownPrices } from './prices.ts';
import type { Asking } from './problem.ts';
import { keys, type ReadChoice, readChoice } from './read-choice.ts';
import { gpuAsked, type ModelAsked, modelAsked } from './subject.ts';
import { tableFor, tableOf } from './table.ts';
import { memoryFindings } from './verdicts.ts';

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

const titleOf = (modelId: string, { choice, engineVersion }: ReadChoice, gpu: GpuFacts | null): string => {
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

const priceFindings = ({ prices }: FitAsk): Finding[] =>
  unknownPrices(prices ?? {}).map(key =>
    finding(
      'fit-unknown-price',
      'info',
      'prices',
      `"${key}" in the price table is neither a GPU nor an instance type that is known.`,
      'Write it as in {"p5.48xlarge": 55.04} for a machine or {"H100-80GB": 4.1} for one GPU.',
    ),
  );

/** Without a model there is nothing to work out. */
const ignorance = (title: string, found: readonly FitFound[], findings: readonly Finding[]): FitReport => ({
  title,
  verdict: 'unknown',
  perGpu: null,
  modelFrom: null,
  modelComplete: false,
  host: null,
  costPerHour: null,
  advice: [],
  found,
  table: [],
  findings,
});

/** What a report shows of a kind. */
const shown = ({ gpu, nodes, gpus, freeGpus, mostOnOneNode, sharedBy }: FoundGpu): FitFound => ({
  gpu,
  nodes,
  gpus,
  freeGpus,
  mostOnOneNode,
  sharedBy,
});

const tableWith = (asking: Asking, ask: FitAsk, found: readonly FoundGpu[]): FitReport['table'] => {
  if (ask.nodes !== null) {
    const rows = found.map(({ gpu, facts, reach, freeReach }) => ({
      name: gpu,
      gpu: facts,
      gpuCount: reach,
      free: freeReach,
    }));
    return tableOf(asking, rows, ask.prices);
  }
  return asking.gpu === null && ask.gpu === null ? tableFor(asking, ask.prices) : [];
};

type Subject = {
  readonly asking: Asking;
  readonly read: ReadChoice;
  readonly model: ModelAsked;
  readonly found: readonly FoundGpu[];
};

const judged = (
  { asking, read, model, found }: Subject,
  ask: FitAsk,
  said: readonly Finding[],
): FitReport => {
  const { choice, gpu } = asking;
  const sum = estimate(asking.model, choice, gpu);
  const needsHelp = sum.verdict === 'does-not-fit' || sum.verdict === 'tight';
  // A change keeps the other engine arguments: as long as one of them is refused, it helps nothing.
  const helps = !hasErrors(applySkips(read.findings, skipsOf(ask)));
  const advice = needsHelp && helps ? adviceFor(asking, read.words) : [];
  const all = [...said, ...problemFindings(asking), ...memoryFindings(asking, sum, 'warning', advice)];
  const gpus = choice.tensor * choice.pipeline * choice.data;
  return {
    title: titleOf(asking.modelId, read, gpu),
    verdict: sum.verdict,
    perGpu: perGpuOf(sum, gpu),
    modelFrom: model.from,
    modelComplete: sum.weightsGib !== null && asking.model.layers !== null,
    host: hostOf(asking.model, choice, read.settings),
    costPerHour: gpu === null ? null : costPerHour(ask.prices, gpu.name, gpus),
    advice,
    found: found.map(shown),
    table: tableWith(asking, ask, found),
    findings: applySkips(all, skipsOf(ask)),
  };
};

export const fit: Fit = ask => {
  const read = readChoice(ask);
  const named = ask.modelConfig !== null && !isExplicit(ask.settled, 'model');
  const modelId = named ? 'the model' : String(ask.settled.values['model']);
  const model = modelAsked(ask);
  const gpu = gpuAsked(ask);
  const found = foundGpus(ask.nodes ?? [], ask.use);
  const said = [...read.findings, ...model.findings, ...gpu.findings, ...priceFindings(ask)];
  if (model.facts === null)
    return ignorance(titleOf(modelId, read, gpu.facts), found.map(shown), applySkips(said, skipsOf(ask)));
  const plain = { modelId, model: model.facts, choice: read.choice, gpu: gpu.facts, gpuCount: gpu.count };
  if (ask.nodes === null) return judged({ asking: plain, read, model, found }, ask, said);
  const best = bestFor(plain, found);
  const asking = best === undefined ? plain : { ...plain, gpu: best.facts, gpuCount: best.reach };
  const all = [
    ...said,
    ...nodeFindings(ask.nodes, best, read.choice, hostOf(model.facts, read.choice, read.settings)),
  ];
  return judged({ asking, read, model, found }, ask, all);
};
