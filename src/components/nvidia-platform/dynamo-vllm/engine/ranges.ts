/** Numbers that the parser takes although no engine can work with them: counts below one, sizes below zero. */

import type { Problem } from './context.ts';

type Range = { readonly least: number; readonly example: string };

const ranges: Readonly<Record<string, Range>> = {
  '--tensor-parallel-size': { least: 1, example: '2' },
  '--pipeline-parallel-size': { least: 1, example: '2' },
  '--data-parallel-size': { least: 1, example: '2' },
  '--decode-context-parallel-size': { least: 1, example: '2' },
  '--max-model-len': { least: 1, example: '32768' },
  '--max-num-seqs': { least: 1, example: '256' },
  '--max-num-batched-tokens': { least: 1, example: '8192' },
  '--block-size': { least: 1, example: '16' },
  '--kv-cache-memory-bytes': { least: 1, example: '8G' },
  '--cpu-offload-gb': { least: 0, example: '8' },
};

/** `-1` lets the engine choose the context. */
const lets: Readonly<Record<string, number>> = { '--max-model-len': -1 };

/** `flag` is its long name, `typed` what was written. What is no plain number is judged by its type. */
export const rangeProblem = (flag: string, typed: string, value: string): Problem | undefined => {
  const range = ranges[flag];
  const number = Number(value.replaceAll('_', ''));
  if (range === undefined || value.trim() === '' || Number.isNaN(number)) return undefined;
  if (number >= range.least || number === lets[flag]) return undefined;
  return { why: `it must be ${range.least} or more`, hint: `Write ${typed} ${range.example}, for instance.` };
};
