/** GPU x TP for one model: every cell with its verdict, and the longest context where the asked one is too long. */

import type { FitCell } from '../../../../core/fit.ts';
import { longestContext, usualGpus } from './advice.ts';
import { estimate } from './estimate.ts';
import type { GpuFacts } from './facts.ts';
import { cellProblems } from './legality.ts';
import type { Asking } from './problem.ts';

const sizes = [1, 2, 4, 8] as const;

const isLegal = (asking: Asking): boolean => cellProblems(asking).every(({ level }) => level !== 'error');

/** Experts are dealt out whole where TP cannot cut them, and the cell says so. */
const cellAsking = (asking: Asking, gpu: GpuFacts, tensor: number): Asking => {
  const plain = { ...asking, gpu, choice: { ...asking.choice, tensor } };
  if (asking.model.experts === null || tensor === 1 || isLegal(plain)) return plain;
  return { ...plain, choice: { ...plain.choice, expert: true } };
};

const cell = (asking: Asking, gpu: GpuFacts, tensor: number): FitCell => {
  const own = cellAsking(asking, gpu, tensor);
  const common = { gpu: gpu.name, tensorParallelSize: tensor, expertParallel: own.choice.expert };
  if (!isLegal(own)) return { ...common, verdict: 'illegal', kvCacheGiB: null, longestContext: null };
  const { verdict, kvCacheGib } = estimate(own.model, own.choice, gpu);
  return { ...common, verdict, kvCacheGiB: kvCacheGib, longestContext: longestContext(own) };
};

/** Sizes above the number of GPUs of a node are left out. */
export const tableFor = (asking: Asking): FitCell[] =>
  usualGpus.flatMap(gpu =>
    sizes.filter(tensor => tensor <= (asking.gpuCount ?? 8)).map(tensor => cell(asking, gpu, tensor)),
  );
