/** Findings about memory: too large, tight, a thin margin, unknown, a draft model beside the sum. */

import type { Finding, Level } from '../../../../core/finding.ts';
import type { FitAdvice } from '../../../../core/fit.ts';
import { listed } from '../../../../core/text.ts';
import { finding } from '../rule.ts';
import { cacheTypeOf } from './cache-type.ts';
import { draftOf } from './draft.ts';
import type { Estimate } from './estimate.ts';
import type { Asking } from './problem.ts';

const gib = (value: number): string => `${value.toFixed(1)} GiB`;

const where = ({ gpu, choice }: Asking): string =>
  `${choice.tensor * choice.pipeline * choice.data} x ${gpu?.name ?? 'GPU'} (TP ${choice.tensor}${choice.expert ? ', EP' : ''})`;

const oneChange = ({ change, maxModelLen }: FitAdvice): string => {
  const context = `${maxModelLen.toLocaleString('en-US')} tokens of context`;
  const [, gpu, rest] = /^--gpu (\S+)(?: (.+))?$/.exec(change) ?? [];
  if (gpu === undefined) return `${context}: ${change}`;
  return `${context} on nodes with a larger GPU, such as ${gpu}${rest === undefined ? '' : `: ${rest}`}`;
};

/** One change a line, its command where it can be copied. */
export const changesThatFit = (advice: readonly FitAdvice[]): string =>
  ['Each of these makes it fit:', ...advice.map(oneChange)].join('\n');

const remedy = (advice: readonly FitAdvice[]): string =>
  advice.length === 0
    ? 'No single change makes it fit; use more GPUs for each worker (--tensor-parallel-size N), larger GPUs, or a smaller model.'
    : changesThatFit(advice);

/** `its weights take 61.0 GiB of the 40.0 GiB that vLLM may use there (44.4 GiB are visible), so`; empty where nobody knows. */
const whatTheyTake = ({ gpu }: Asking, { weightsGib, budgetGib }: Estimate): string =>
  gpu === null || weightsGib === null || budgetGib === null
    ? ''
    : `its weights take ${gib(weightsGib[0])} of the ${gib(budgetGib)} that vLLM may use on each GPU (${gib(gpu.visibleGib)} are visible), so `;

const tooLarge = (asking: Asking, sum: Estimate, level: Level, advice: readonly FitAdvice[]): Finding => {
  const context =
    sum.contextTokens === null
      ? ''
      : ` with a context of ${sum.contextTokens.toLocaleString('en-US')} tokens`;
  const message = `${asking.modelId}${context} does not fit on ${where(asking)}: ${whatTheyTake(asking, sum)}${gib(sum.shortGib)} are missing on each GPU even by the optimistic sum.`;
  return finding('fit-too-large', level, 'model', message, remedy(advice));
};

const tight = (asking: Asking, sum: Estimate, advice: readonly FitAdvice[]): Finding => {
  const [low = 0, high = 0] = sum.kvCacheGib ?? [];
  const message = `${asking.modelId} fits on ${where(asking)} only by the optimistic sum: one request needs ${gib(sum.requestGib ?? 0)} of KV cache, and ${gib(low)} to ${gib(high)} are free.`;
  return finding('fit-tight', 'warning', 'model', message, remedy(advice));
};

const unknown = (asking: Asking, sum: Estimate): Finding =>
  finding(
    'fit-unknown',
    'unknown',
    'model',
    `Whether ${asking.modelId} fits is not known: ${listed(sum.missing)} ${sum.missing.length > 1 ? 'are' : 'is'} missing.`,
    'Say what is missing: --model-config FILE --weights-gib N --gpu NAME',
  );

/** CUDA context and communication buffers lie outside the budget: 1 GiB alone, 2.4 GiB with several GPUs (measured on 4 x L4). */
export const outsideBudgetGib = { alone: 1, several: 2.4 } as const;

const outsideGib = ({ choice }: Asking): number =>
  outsideBudgetGib[choice.tensor * choice.data * choice.pipeline > 1 ? 'several' : 'alone'];

const thin = (asking: Asking, sum: Estimate): Finding[] => {
  if (asking.gpu === null || sum.budgetGib === null || sum.verdict === 'does-not-fit') return [];
  const leftGib = asking.gpu.visibleGib - sum.budgetGib;
  if (leftGib >= outsideGib(asking)) return [];
  const message = `--gpu-memory-utilization ${sum.utilization} leaves ${gib(leftGib)} of the ${asking.gpu.name} for CUDA, communication and sampling; up to ${gib(outsideGib(asking))} were seen there.`;
  return [
    finding(
      'fit-thin-margin',
      'info',
      'vllmArgs',
      message,
      'If it runs out of memory: --gpu-memory-utilization 0.88 --max-num-seqs 256',
    ),
  ];
};

/** What to do about it, by what comes of the checkpoint's word: not read, read, or not to be changed. */
const cacheHints = {
  unread: (type: string) => `To have it: --kv-cache-dtype ${type}`,
  followed: () => 'For a cache in 16 bits, which takes more memory: --kv-cache-dtype bfloat16',
  forced: () => 'This vLLM does so whatever --kv-cache-dtype says; from Dynamo 1.3 on the argument decides.',
} as const;

const cacheType = ({ model, choice, modelId }: Asking): Finding[] => {
  const said = model.quantization?.cacheType ?? null;
  const type = cacheTypeOf(model, choice);
  if (said === null || (choice.kvCacheDtype !== 'auto' && type === choice.kvCacheDtype)) return [];
  const forced = said === cacheTypeOf(model, { ...choice, kvCacheDtype: 'bfloat16' });
  const fate = type === said ? (forced ? 'forced' : 'followed') : 'unread';
  const outcome =
    fate === 'unread'
      ? 'does not look at that: the sum has a cache in 16 bits'
      : 'follows it: so does the sum';
  const message = `The checkpoint of ${modelId} wants its KV cache in ${said.toUpperCase()}, and the vLLM of Dynamo ${choice.release} ${outcome}.`;
  return [finding('fit-checkpoint-cache', 'info', 'vllmArgs', message, cacheHints[fate](said))];
};

const draftHint =
  'Leave room for it, with a shorter context (--max-model-len N) or more GPUs (--tensor-parallel-size N).';

const draft = ({ model, choice }: Asking): Finding[] => {
  if (draftOf(model, choice) !== 'unknown') return [];
  const message = 'The draft model of --speculative-config is not in the sum: its size is not known.';
  return [finding('fit-draft-not-counted', 'info', 'vllmArgs', message, draftHint)];
};

/** `level` is that of a misfit: an error where something would be applied, a warning where the verdict itself is the answer. */
export const memoryFindings = (
  asking: Asking,
  sum: Estimate,
  level: Level,
  advice: readonly FitAdvice[],
): Finding[] => [
  ...(sum.verdict === 'does-not-fit' ? [tooLarge(asking, sum, level, advice)] : []),
  ...(sum.verdict === 'tight' ? [tight(asking, sum, advice)] : []),
  ...(sum.missing.length > 0 && asking.gpu !== null ? [unknown(asking, sum)] : []),
  ...thin(asking, sum),
  ...cacheType(asking),
  ...draft(asking),
];
