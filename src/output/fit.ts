/** What `fit` found, for the eye: a table of GPUs and sizes, or the sum for one choice as a bar; at most 80 columns. */

import type { FitAdvice, FitCell, FitPerGpu, FitRange, FitReport, FitVerdict } from '../core/fit.ts';
import type { Paint } from './paint.ts';

const gib = (value: number): string => value.toFixed(1);
const count = (value: number): string => Math.floor(value).toLocaleString('en-US');

const range = ([low, high]: FitRange, text: (value: number) => string): string =>
  text(low) === text(high) ? text(low) : `${text(low)} .. ${text(high)}`;

const barWidth = 60;

/** Weights, overhead and KV cache of the pessimistic sum to scale; `-` is memory outside the budget, `!` what is over it. */
const bar = (sum: FitPerGpu): string | undefined => {
  const { visibleGiB, budgetGiB, weightsGiB, overheadGiB } = sum;
  if (visibleGiB === null || budgetGiB === null || weightsGiB === null || overheadGiB === null)
    return undefined;
  const signs = (value: number): number => Math.max(0, Math.round((value / visibleGiB) * barWidth));
  const budget = signs(budgetGiB);
  const used = '#'.repeat(Math.min(signs(weightsGiB[1]), barWidth * 2)) + '='.repeat(signs(overheadGiB[1]));
  const inside = used.slice(0, budget).padEnd(budget, '.');
  const over = used.length > budget ? '!' : '';
  return `[${inside}${'-'.repeat(barWidth - budget)}]${over}`;
};

const line = (sign: string, label: string, value: string, remark = ''): string =>
  `  ${sign} ${label.padEnd(16)}${value.padStart(18)}${remark === '' ? '' : `  ${remark}`}`;

const rangeLine = (sign: string, label: string, value: FitRange | null, remark = ''): string =>
  line(sign, label, value === null ? 'not known' : `${range(value, gib)} GiB`, remark);

const perToken = ({ kvBytesPerToken }: FitPerGpu): string =>
  kvBytesPerToken === null ? '' : `${count(kvBytesPerToken)} bytes a token`;

const capacity = ({ tokens, requests }: FitPerGpu): string[] => [
  ...(tokens === null ? [] : [line(' ', 'holds', `${range(tokens, count)}`, 'tokens')]),
  ...(requests === null
    ? []
    : [
        line(
          ' ',
          '',
          range(requests, value => value.toFixed(1)),
          'requests of full length at once',
        ),
      ]),
];

const sumLines = (sum: FitPerGpu): string[] => {
  const drawn = bar(sum);
  return [
    ...(drawn === undefined ? [] : [`  ${drawn}`]),
    ...(sum.visibleGiB === null
      ? []
      : [line(' ', 'GPU memory', `${gib(sum.visibleGiB)} GiB`, 'as CUDA shows it')]),
    ...(sum.budgetGiB === null
      ? []
      : [line(' ', 'for vLLM', `${gib(sum.budgetGiB)} GiB`, `gpu-memory-utilization ${sum.utilization}`)]),
    rangeLine('#', 'weights', sum.weightsGiB),
    rangeLine('=', 'working memory', sum.overheadGiB, 'activations, libraries, graphs'),
    rangeLine('.', 'KV cache', sum.kvCacheGiB, perToken(sum)),
    ...(sum.requestGiB === null || sum.maxModelLen === null
      ? []
      : [line(' ', 'one request', `${gib(sum.requestGiB)} GiB`, `of ${count(sum.maxModelLen)} tokens`)]),
    ...capacity(sum),
  ];
};

const words: Readonly<Record<FitVerdict, string>> = {
  fits: 'fits',
  tight: 'tight: fits by the optimistic sum only',
  'does-not-fit': 'does not fit',
  unknown: 'not known',
};

const verdictLine = ({ verdict, perGpu }: FitReport, paint: Paint): string => {
  const colour = { fits: paint.green, tight: paint.yellow, 'does-not-fit': paint.red, unknown: paint.dim }[
    verdict
  ];
  const short =
    verdict === 'does-not-fit' && perGpu !== null ? `: ${gib(perGpu.shortGiB)} GiB short on each GPU` : '';
  return `  ${colour(`${words[verdict]}${short}`)}`;
};

const adviceLines = (advice: readonly FitAdvice[]): string[] =>
  advice.length === 0
    ? []
    : [
        '',
        'Each of these fits:',
        ...advice.map(({ change, maxModelLen }) => `  ${change}  (${count(maxModelLen)} tokens)`),
      ];

const cellWidth = 14;

const short = (tokens: number): string => (tokens >= 1024 ? `${Math.floor(tokens / 1024)}k` : String(tokens));

/** `to 42k`: a context of 42 x 1,024 tokens fits, the asked one does not. */
const cellWord = ({ verdict, longestContext }: FitCell): string => {
  if (verdict === 'unknown') return '?';
  if (verdict !== 'does-not-fit') return verdict;
  return longestContext === null || longestContext === 0 ? 'no' : `to ${short(longestContext)}`;
};

const cellText = (cell: FitCell | undefined, paint: Paint): string => {
  if (cell === undefined) return ''.padEnd(cellWidth);
  const word = `${cellWord(cell)}${cell.expertParallel ? ' (EP)' : ''}`.padEnd(cellWidth);
  if (cell.verdict === 'fits') return paint.green(word);
  return cell.verdict === 'tight' ? paint.yellow(word) : paint.dim(word);
};

const tableLines = (table: readonly FitCell[], paint: Paint): string[] => {
  const sizes = [...new Set(table.map(cell => cell.tensorParallelSize))];
  const names = [...new Set(table.map(cell => cell.gpu))];
  const width = 15;
  const row = (name: string): string =>
    sizes
      .map(size => table.find(cell => cell.gpu === name && cell.tensorParallelSize === size))
      .map(cell => cellText(cell, paint))
      .join('');
  return [
    `  ${'GPU'.padEnd(width)}${sizes.map(size => `TP ${size}`.padEnd(cellWidth)).join('')}`.trimEnd(),
    ...names.map(name => `  ${name.padEnd(width)}${row(name)}`.trimEnd()),
    ...legend(table),
  ];
};

/** Explains only what stands in the table, by its own figures. */
const legend = (table: readonly FitCell[]): string[] => {
  const short = table.find(cell => cellWord(cell).startsWith('to '));
  const notes = [
    ...(short === undefined
      ? []
      : [`${cellWord(short)}: only with --max-model-len ${short.longestContext} or less`]),
    ...(table.some(cell => cell.expertParallel) ? ['(EP): with --expert-parallel'] : []),
  ];
  return notes.length === 0 ? [] : ['', `  ${notes.join('; ')}`];
};

export const fitLines = (report: FitReport, paint: Paint): string[] => [
  ...report.title.split(', Dynamo').map((part, at) => (at === 0 ? paint.bold(part) : `Dynamo${part}`)),
  '',
  ...(report.table.length > 0 ? tableLines(report.table, paint) : [verdictLine(report, paint)]),
  ...(report.perGpu === null || report.table.length > 0 ? [] : ['', ...sumLines(report.perGpu)]),
  ...adviceLines(report.advice),
];
