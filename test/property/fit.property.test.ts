/** Whatever model, GPU and settings: more memory, a shorter context and more GPUs never make it worse, and what is called legal is legal. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { component } from '../../src/components/nvidia-platform/dynamo-vllm/component.ts';
import { adviceFor } from '../../src/components/nvidia-platform/dynamo-vllm/fit/advice.ts';
import { fit as answerTo } from '../../src/components/nvidia-platform/dynamo-vllm/fit/answer.ts';
import { knownModels } from '../../src/components/nvidia-platform/dynamo-vllm/fit/catalogue.ts';
import { estimate } from '../../src/components/nvidia-platform/dynamo-vllm/fit/estimate.ts';
import type { Choice } from '../../src/components/nvidia-platform/dynamo-vllm/fit/facts.ts';
import { gpus } from '../../src/components/nvidia-platform/dynamo-vllm/fit/gpus.ts';
import {
  cellProblems,
  checkLegality,
  legalTensorSizes,
} from '../../src/components/nvidia-platform/dynamo-vllm/fit/legality.ts';
import { noFacts } from '../../src/core/component.ts';
import type { FitVerdict } from '../../src/core/fit.ts';
import { settle, type Values } from '../../src/core/settings.ts';
import { joinWords } from '../../src/core/words.ts';
import { fitLines } from '../../src/output/fit.ts';
import { paintFor } from '../../src/output/paint.ts';
import { asking, choice, gpu, model } from '../kit/asking.ts';

const id = fc.constantFrom(...knownModels);
const gpuName = fc.constantFrom(...gpus.map(one => one.name));
const engine = fc.constantFrom(12, 14, 16, 19, 20, 23, 26, 28, 31);
const size = fc.constantFrom(1, 2, 4, 8);
const context = fc.integer({ min: 1, max: 200_000 });
const base = fc.record({
  engine,
  tensor: size,
  data: fc.constantFrom(1, 2),
  expert: fc.boolean(),
  connector: fc.boolean(),
});

const order: Readonly<Record<FitVerdict, number>> = { 'does-not-fit': 0, tight: 1, fits: 2, unknown: 3 };

const judge = (name: string, some: Partial<Choice>, on: string) =>
  estimate(model(name), choice(some), gpu(on));
const neverWorse = (name: string, less: Partial<Choice>, more: Partial<Choice>, on: string): void => {
  const [before, after] = [judge(name, less, on), judge(name, more, on)];
  expect(order[after.verdict]).toBeGreaterThanOrEqual(order[before.verdict]);
};

describe('the verdict never gets worse', () => {
  it('with a higher utilisation', () => {
    const share = fc.double({ min: 0.05, max: 1, noNaN: true });
    fc.assert(
      fc.property(id, gpuName, base, share, share, context, (name, on, some, one, other, maxModelLen) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        neverWorse(
          name,
          { ...some, maxModelLen, utilization: less },
          { ...some, maxModelLen, utilization: more },
          on,
        );
      }),
    );
  });
  it('with a shorter context', () => {
    fc.assert(
      fc.property(id, gpuName, base, context, context, (name, on, some, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        neverWorse(name, { ...some, maxModelLen: more }, { ...some, maxModelLen: less }, on);
        const bytes = (maxModelLen: number) => judge(name, { ...some, maxModelLen }, on).requestGib ?? 0;
        expect(bytes(less)).toBeLessThanOrEqual(bytes(more));
      }),
    );
  });
  it('with twice the GPUs, for models that do not fit into a fraction of one', () => {
    const large = knownModels.filter(name => (model(name).weightsGib?.[0] ?? 0) > 10);
    fc.assert(
      fc.property(
        fc.constantFrom(...large),
        gpuName,
        engine,
        size,
        context,
        (name, on, version, tensor, maxModelLen) => {
          const some = { engine: version, maxModelLen };
          neverWorse(name, { ...some, tensor }, { ...some, tensor: tensor * 2 }, on);
        },
      ),
    );
  });
});

describe('ranges', () => {
  it('have their lower end first, and exact figures none', () => {
    fc.assert(
      fc.property(id, gpuName, base, (name, on, some) => {
        const sum = judge(name, some, on);
        for (const range of [sum.weightsGib, sum.kvCacheGib, sum.tokens, sum.requests]) {
          const [low, high] = range ?? [0, 0];
          expect(low).toBeLessThanOrEqual(high);
        }
        expect(Number.isFinite(sum.kvBytesPerToken ?? 0)).toBe(true);
      }),
    );
  });
});

describe('advice', () => {
  it('fits and is legal once it is taken, whatever the model, the GPU and the sizes', () => {
    fc.assert(
      fc.property(id, gpuName, base, fc.integer({ min: 1, max: 8 }), (name, on, some, gpuCount) => {
        const question = { ...asking(name, some, on), gpuCount };
        for (const { verdict, settings, adds } of adviceFor(question, [])) {
          expect(verdict).toBe('fits');
          expect(adds).not.toBe('');
          const { tensorParallelSize = some.tensor, expertParallel = some.expert } = settings;
          const tensor = Number(tensorParallelSize);
          if (tensor === some.tensor) continue;
          expect(tensor * some.data).toBeLessThanOrEqual(gpuCount);
          const taken = asking(name, { ...some, tensor, expert: expertParallel === true }, on);
          expect(cellProblems(taken).filter(({ level }) => level === 'error')).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("install's offer of sizes", () => {
  it('is never refused by a rule of the plan, and always holds what Enter takes', () => {
    const release = fc.constantFrom('0.9.1', '1.0.2', '1.3.1', '1.5.1', '1.6.1');
    const free = fc.integer({ min: 0, max: 8 });
    fc.assert(
      fc.property(id, release, gpuName, free, (name, dynamo, on, freeGpus) => {
        const facts = {
          ...noFacts,
          gpuPools: false,
          gpuNodes: [{ name: 'a', freeGpus, gpus: 8, gpu: gpu(on) }],
        };
        const answers = { model: name, release: dynamo };
        const layers = (more: Values) =>
          settle(component.settings, [{ name: 'prompt', values: { ...answers, ...more } }]);
        const offer = component.offer('tensorParallelSize', layers({}), facts);
        if (offer === null) return;
        expect(offer.choices[offer.usual]).toBeDefined();
        for (const choice of offer.choices) {
          const settled = layers({ ...choice.with, tensorParallelSize: choice.value });
          expect(component.object('tensorParallelSize', settled, facts)).toBeUndefined();
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('the whole answer', () => {
  const flag = fc.constantFrom(
    ...['--gpu-memory-utilization', '--max-model-len', '--max-num-seqs', '--max-num-batched-tokens'],
    ...['--cpu-offload-gb', '--kv-cache-memory-bytes', '--block-size', '--decode-context-parallel-size'],
    ...['--tensor-parallel-size', '--data-parallel-size', '--pipeline-parallel-size'],
  );
  const value = fc.oneof(
    fc.integer({ min: -3, max: 3 }).map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.constantFrom('90', '1e99', '-1', 'auto', '8k', '0', '', 'x', 'Infinity', '1e-9'),
  );
  const numbers = (data: unknown): number[] => {
    if (typeof data === 'number') return [data];
    return typeof data === 'object' && data !== null ? Object.values(data).flatMap(numbers) : [];
  };
  it('is made of numbers and can be drawn in 80 columns, whatever the engine arguments are', () => {
    fc.assert(
      fc.property(id, gpuName, fc.array(fc.tuple(flag, value), { maxLength: 3 }), (name, on, words) => {
        const vllmArgs = joinWords(words.flat());
        const values = { model: name, vllmArgs, release: '1.5.1' };
        const report = answerTo({
          ...{ nodes: null, use: null, operatorRelease: null, hub: null, prices: null, gpuCount: null },
          ...{ gpuMemoryGib: null, gpuCapability: null, modelConfig: null, weightsGib: null },
          settled: settle(component.settings, [{ name: 'flag', values }]),
          gpu: on,
        });
        expect(numbers(report).every(Number.isFinite), JSON.stringify(report.perGpu)).toBe(true);
        const text = fitLines({ ...report, advice: [] }, paintFor(false)).join('\n');
        expect(text).not.toMatch(/NaN|undefined|Infinity/);
        for (const line of text.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(80);
      }),
      { numRuns: 300 },
    );
  });
});

describe('legality', () => {
  it('never refuses by another rule what a hint calls legal', () => {
    fc.assert(
      fc.property(id, base, fc.boolean(), (name, some, expert) => {
        const question = asking(name, { ...some, expert });
        for (const tensor of legalTensorSizes(question)) {
          const answers = checkLegality(asking(name, { ...some, expert, tensor }));
          const wrong = answers.filter(({ level, about }) => level === 'error' && about === 'tensor');
          expect(wrong).toEqual([]);
        }
      }),
    );
  });
  it('refuses nothing about a model of which nothing is known', () => {
    const blank = model('mistralai/Ministral-3-14B-Instruct-2512');
    fc.assert(
      fc.property(base, gpuName, (some, on) => {
        const question = {
          ...asking('mistralai/Ministral-3-14B-Instruct-2512', some, on),
          model: { ...blank, weightsGib: null },
        };
        expect(checkLegality(question).filter(({ level }) => level === 'error')).toEqual([]);
        expect(estimate(question.model, question.choice, question.gpu).verdict).toBe('unknown');
      }),
    );
  });
});
