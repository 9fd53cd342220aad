/** The smallest changes that make a model fit, each worked out with the same sum as the question. */

import type { FitAdvice } from '../../../../core/fit.ts';
import { joinWords } from '../../../../core/words.ts';
import type { EngineWord } from '../engine/read.ts';
import { cacheTypeOf } from './cache-type.ts';
import { estimate } from './estimate.ts';
import type { Choice, GpuFacts } from './facts.ts';
import { gpuNamed } from './gpus.ts';
import { cellProblems, isWhollyLegal } from './legality.ts';
import type { Asking } from './problem.ts';

const stepTokens = 1024;

const fitsAt = (asking: Asking, tokens: number): boolean =>
  estimate(asking.model, { ...asking.choice, maxModelLen: tokens }, asking.gpu).verdict === 'fits';

/** Longest context, in steps of 1,024 tokens, that fits even by the pessimistic sum; null when the model's own is not known. */
export const longestContext = (asking: Asking): number | null => {
  const native = asking.model.contextTokens;
  if (native === null || asking.gpu === null) return null;
  if (fitsAt(asking, native)) return native;
  let [fitting, failing] = [0, Math.ceil(native / stepTokens)];
  while (failing - fitting > 1) {
    const middle = Math.floor((fitting + failing) / 2);
    if (fitsAt(asking, middle * stepTokens)) fitting = middle;
    else failing = middle;
  }
  return fitting * stepTokens;
};

type Change = {
  readonly change: string;
  readonly adds: string;
  readonly settings: FitAdvice['settings'];
  readonly asking: Asking;
};

/** The engine arguments as they were said, which a new one joins. */
type Words = readonly EngineWord[];

const withChoice = (asking: Asking, some: Partial<Choice>): Asking => ({
  ...asking,
  choice: { ...asking.choice, ...some },
});

const argument = (words: Words, flag: string, value: string, asking: Asking): Change => {
  const kept = words.filter(word => word.flag !== flag).flatMap(word => word.tokens);
  const vllmArgs = joinWords([...kept, flag, value]);
  return {
    change: `--vllm-args ${joinWords([vllmArgs])}`,
    adds: joinWords([flag, value]),
    settings: { vllmArgs },
    asking,
  };
};

const isLegal = (asking: Asking): boolean => cellProblems(asking).every(({ level }) => level !== 'error');

const shorter = (asking: Asking, words: Words): Change[] => {
  const longest = longestContext(asking) ?? 0;
  const asked =
    typeof asking.choice.maxModelLen === 'number' ? asking.choice.maxModelLen : Number.POSITIVE_INFINITY;
  if (longest < 2 * stepTokens || longest >= asked) return [];
  return [argument(words, '--max-model-len', String(longest), withChoice(asking, { maxModelLen: longest }))];
};

/** An 8-bit cache needs Ada or newer to stay on a fast backend. */
const eightBit = 8.9;

const smallerCache = (asking: Asking, words: Words): Change[] => {
  const capable = (asking.gpu?.capability ?? 0) >= eightBit;
  if (!capable || cacheTypeOf(asking.model, asking.choice) !== 'auto') return [];
  return [argument(words, '--kv-cache-dtype', 'fp8', withChoice(asking, { kvCacheDtype: 'fp8' }))];
};

const smallerWeights = (asking: Asking, words: Words): Change[] => {
  const capable = (asking.gpu?.capability ?? 0) >= eightBit;
  const stored = asking.model.quantization === null && asking.choice.quantization === null;
  if (!capable || !stored) return [];
  return [argument(words, '--quantization', 'fp8', withChoice(asking, { quantization: 'fp8' }))];
};

const sizes = [2, 4, 8, 16] as const;

/** The sizes above the one asked for; experts are dealt out whole where they cannot be cut. */
const wider = (asking: Asking): Change[] => {
  const { choice, model, gpuCount } = asking;
  const limit = (gpuCount ?? 8) / (choice.pipeline * choice.data);
  return sizes
    .filter(tensor => tensor > choice.tensor && tensor <= limit)
    .map(tensor => {
      const plain = withChoice(asking, { tensor });
      const change = `--tensor-parallel-size ${tensor}`;
      const settings = { tensorParallelSize: tensor };
      if (choice.expert || isLegal(plain) || model.experts === null)
        return { change, adds: change, settings, asking: plain };
      return {
        change: `${change} --expert-parallel`,
        adds: `${change} --expert-parallel`,
        settings: { ...settings, expertParallel: true },
        asking: withChoice(asking, { tensor, expert: true }),
      };
    });
};

/** The next size with a context as long as it then holds, where that size alone is not enough. */
const widerAndShorter = (asking: Asking, words: Words): Change[] =>
  wider(asking)
    .slice(0, 1)
    .filter(({ asking: wide }) => estimate(wide.model, wide.choice, wide.gpu).verdict !== 'fits')
    .flatMap(wide =>
      shorter(wide.asking, words).map(less => ({
        change: `${wide.change} ${less.change}`,
        adds: `${wide.adds} ${less.adds}`,
        settings: { ...wide.settings, ...less.settings },
        asking: less.asking,
      })),
    );

/** GPUs that clouds rent out today, by memory. */
const usual = [
  'L4',
  'A10G',
  'A100-40GB',
  'L40S',
  'H100-80GB',
  'A100-80GB',
  'RTX-PRO-6000',
  'H200',
  'B200',
  'B300',
];

export const usualGpus: readonly GpuFacts[] = usual.flatMap(name => gpuNamed(name) ?? []);

const otherGpus = (asking: Asking): Change[] =>
  usualGpus
    .filter(gpu => gpu.visibleGib > (asking.gpu?.visibleGib ?? 0))
    .map(gpu => ({
      change: `--gpu ${gpu.name}`,
      adds: `--gpu ${gpu.name}`,
      settings: {},
      asking: { ...asking, gpu },
    }));

/** Several of a larger GPU, on a node that has eight: a pair of changes, for models that fit on no single one. */
const severalOfAnother = (asking: Asking): Change[] =>
  otherGpus(asking).flatMap(other =>
    wider({ ...other.asking, gpuCount: 8 }).map(({ change, asking: wide }) => ({
      change: `${other.change} ${change}`,
      adds: `${other.adds} ${change}`,
      settings: {},
      asking: { ...wide, gpuCount: null },
    })),
  );

const worked = ({ change, adds, settings, asking }: Change): FitAdvice[] => {
  const sum = estimate(asking.model, asking.choice, asking.gpu);
  if (sum.verdict !== 'fits' || !isWhollyLegal(asking)) return [];
  return [{ change, adds, settings, verdict: sum.verdict, maxModelLen: sum.contextTokens ?? 0 }];
};

const kinds = [shorter, smallerCache, smallerWeights, wider, widerAndShorter, otherGpus];

const smallest = (changes: readonly Change[]): FitAdvice[] => changes.flatMap(worked).slice(0, 1);

/** Of each kind the smallest change; where none helps, several of a larger GPU. Empty when that would not help either. */
export const adviceFor = (asking: Asking, words: Words): FitAdvice[] => {
  if (asking.gpu === null) return [];
  const found = kinds.flatMap(kind => smallest(kind(asking, words)));
  return found.length > 0 ? found : smallest(severalOfAnother(asking));
};
