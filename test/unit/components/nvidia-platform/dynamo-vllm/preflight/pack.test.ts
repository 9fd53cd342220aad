import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  holds,
  minus,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/preflight/amounts.ts';
import {
  type Item,
  pack,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/preflight/pack.ts';
import type { Amounts } from '../../../../../../src/core/cluster-facts.ts';

const amounts = (gpus: number, cpuMilli = 0): Amounts => ({
  gpus,
  cpuMilli,
  memoryBytes: 0,
  ephemeralBytes: 0,
});
const anywhere = (): boolean => true;
const item = (gpus: number, cpu = 0): Item => ({ asked: amounts(gpus, cpu), may: anywhere });

/** Tries every node for every item. */
const brute = (items: readonly Item[], frees: readonly Amounts[]): boolean => {
  const [first, ...rest] = items;
  if (first === undefined) return true;
  return frees.some((free, at) => {
    if (!first.may(at) || !holds(free, first.asked)) return false;
    return brute(
      rest,
      frees.map((one, node) => (node === at ? minus(one, first.asked) : one)),
    );
  });
};

describe('placing pods on paper', () => {
  it('knows that two halves make no whole', () => {
    expect(pack([item(2), item(2)], [amounts(3), amounts(1)])).toBe('impossible');
    expect(pack([item(2), item(1), item(1)], [amounts(3), amounts(1)])).toBe('placed');
  });

  it('finds a placement that the tightest node first would miss', () => {
    // The larger one would take the node with fewer GPUs, which alone has the CPUs for the other.
    expect(pack([item(2, 1), item(1, 8)], [amounts(2, 8), amounts(3, 1)])).toBe('placed');
  });

  it('lets a pod that asks for nothing onto a full node, but not past its taint', () => {
    expect(pack([item(0)], [amounts(0)])).toBe('placed');
    expect(pack([{ asked: amounts(0), may: () => false }], [amounts(8)])).toBe('impossible');
  });

  it('is quick for many pods and many nodes', () => {
    const many = Array.from({ length: 5000 }, (_, at) => amounts(at % 9, 100));
    const workers = Array.from({ length: 200 }, () => ({ asked: amounts(4, 1), may: anywhere }));
    expect(pack(workers, many)).toBe('placed');
    const full = Array.from({ length: 5000 }, () => amounts(3, 100));
    expect(pack(workers, full)).toBe('impossible');
  });

  it('never refuses what a search of everything places, and never places what cannot be', () => {
    const node = fc.record({ gpus: fc.integer({ min: 0, max: 4 }), cpu: fc.integer({ min: 0, max: 4 }) });
    const kind = fc.record({
      gpus: fc.integer({ min: 0, max: 3 }),
      cpu: fc.integer({ min: 0, max: 3 }),
      mask: fc.oneof(fc.constant(15), fc.integer({ min: 0, max: 15 })),
      count: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 4 }),
        fc.array(kind, { minLength: 1, maxLength: 3 }),
        (nodes, kinds) => {
          const frees = nodes.map(({ gpus, cpu }) => amounts(gpus, cpu));
          const items = kinds.flatMap(({ gpus, cpu, mask, count }) => {
            const may = (at: number): boolean => ((mask >> at) & 1) === 1;
            return Array.from({ length: count }, () => ({ asked: amounts(gpus, cpu), may }));
          });
          expect(pack(items, frees)).toBe(brute(items, frees) ? 'placed' : 'impossible');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('finds a placement again that was taken apart, with no room to spare', () => {
    const pod = fc.record({
      gpus: fc.integer({ min: 1, max: 3 }),
      cpu: fc.integer({ min: 0, max: 3 }),
      home: fc.integer({ min: 0, max: 3 }),
      mask: fc.integer({ min: 0, max: 15 }),
    });
    fc.assert(
      fc.property(fc.array(pod, { minLength: 1, maxLength: 8 }), pods => {
        const frees = [0, 1, 2, 3].map(node => {
          const here = pods.filter(({ home }) => home === node);
          return amounts(
            here.reduce((sum, { gpus }) => sum + gpus, 0),
            here.reduce((sum, { cpu }) => sum + cpu, 0),
          );
        });
        const items = pods.map(({ gpus, cpu, home, mask }) => ({
          asked: amounts(gpus, cpu),
          may: (node: number): boolean => node === home || ((mask >> node) & 1) === 1,
        }));
        expect(pack(items, frees)).toBe('placed');
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps as many nodes of a kind as there are pods', () => {
    const pairs = Array.from({ length: 3 }, () => [amounts(2, 8), amounts(3, 1)]).flat();
    const items = Array.from({ length: 3 }, () => [item(2, 1), item(1, 8)]).flat();
    expect(pack(items, pairs)).toBe('placed');
  });
});
