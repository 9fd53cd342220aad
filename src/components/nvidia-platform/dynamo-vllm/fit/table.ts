/** GPU x TP for one model: every cell with its verdict, and the longest context where the asked one is too long. */

import type { FitCell, Prices } from '../../../../core/fit.ts';
import { longestContext, usualGpus } from './advice.ts';
import { estimate } from './estimate.ts';
import type { GpuFacts } from './facts.ts';
import { cellProblems } from './legality.ts';
import { costPerHour } from './prices.ts';
import type { Asking } from './problem.ts';

const sizes = [1, 2, 4, 8] as const;

/** One line of the table. */
export type TableRow = {
  /** Its first column. */
  readonly name: string;
  readonly gpu: GpuFacts;
  /** GPUs that one worker can have there; null when not known. */
  readonly gpuCount: number | null;
  /** Of these, the free ones; null when not known. */
  readonly free: number | null;
};

const isLegal = (asking: Asking): boolean => cellProblems(asking).every(({ level }) => level !== 'error');

/** Experts are dealt out whole where TP cannot cut them, and the cell says so. */
const cellAsking = (asking: Asking, gpu: GpuFacts, tensor: number): Asking => {
  const plain = { ...asking, gpu, choice: { ...asking.choice, tensor } };
  if (asking.model.experts === null || tensor === 1 || isLegal(plain)) return plain;
  return { ...plain, choice: { ...plain.choice, expert: true } };
};

const cell = (
  asking: Asking,
  { name, gpu, free, gpuCount }: TableRow,
  tensor: number,
  prices: Prices | null,
): FitCell => {
  const own = cellAsking({ ...asking, gpuCount }, gpu, tensor);
  const { choice, model } = own;
  const gpus = tensor * choice.pipeline * choice.data;
  const common = {
    gpu: name,
    tensorParallelSize: tensor,
    expertParallel: choice.expert,
    free: free === null ? null : free >= gpus,
    costPerHour: costPerHour(prices, gpu.name, gpus),
  };
  if (!isLegal(own)) return { ...common, verdict: 'illegal', kvCacheGiB: null, longestContext: null };
  const { verdict, kvCacheGib } = estimate(model, choice, gpu);
  return { ...common, verdict, kvCacheGiB: kvCacheGib, longestContext: longestContext(own) };
};

/** GPUs of the largest machines that are common. */
const usualCount = 8;

/** Sizes above the number of GPUs of a node are left out. */
export const tableOf = (asking: Asking, rows: readonly TableRow[], prices: Prices | null = null): FitCell[] =>
  rows.flatMap(row =>
    sizes
      .filter(tensor => tensor <= (row.gpuCount ?? usualCount))
      .map(tensor => cell(asking, row, tensor, prices)),
  );

/** The same for GPUs that clouds rent out today. */
export const tableFor = (asking: Asking, prices: Prices | null = null): FitCell[] =>
  tableOf(
    asking,
    usualGpus.map(gpu => ({ name: gpu.name, gpu, gpuCount: asking.gpuCount, free: null })),
    prices,
  );
