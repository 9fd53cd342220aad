/** What `fit` found, for the eye: a table of GPUs and sizes, or the sum for one choice as a bar; at most 80 columns. */

import { hasErrors } from '../core/finding.ts';
import type {
  FitAdvice,
  FitCell,
  FitFound,
  FitPerGpu,
  FitRange,
  FitReport,
  FitVerdict,
} from '../core/fit.ts';
import type { Paint } from './paint.ts';

/** No GPU and no model is as large; such figures come of a slip of the keys. */
const absurd = 1e6;

const gib = (value: number): string => (Math.abs(value) < absurd ? value.toFixed(1) : value.toExponential(1));
const count = (value: number): string =>
  value < absurd ** 2 ? Math.floor(value).toLocaleString('en-US') : value.toExponential(1);

const range = ([low, high]: FitRange, text: (value: number) => string): string =>
  text(low) === text(high) ? text(low) : `${text(low)} .. ${text(high)}`;

const barWidth = 60;

/** Weights, overhead and KV cache of the pessimistic sum to scale; `-` is memory outside the budget, `!` what is over it. */
const bar = (sum: FitPerGpu): string | undefined => {
  const { visibleGiB, budgetGiB, weightsGiB, overheadGiB } = sum;
  if (visibleGiB === null || budgetGiB === null || weightsGiB === null || overheadGiB === null)
    return undefined;
  const signs = (value: number): number =>
    Math.min(2 * barWidth, Math.max(0, Math.round((value / visibleGiB) * barWidth)));
  const budget = Math.min(barWidth, signs(budgetGiB));
  const used = '#'.repeat(signs(weightsGiB[1])) + '='.repeat(signs(overheadGiB[1]));
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
      : [
          line(
            ' ',
            'for vLLM',
            `${gib(sum.budgetGiB)} GiB`,
            `gpu-memory-utilization ${Number(sum.utilization.toPrecision(4))}`,
          ),
        ]),
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

const verdictLines = ({ verdict, perGpu, findings }: FitReport, paint: Paint): string[] => {
  const colour = { fits: paint.green, tight: paint.yellow, 'does-not-fit': paint.red, unknown: paint.dim }[
    verdict
  ];
  const short =
    verdict === 'does-not-fit' && perGpu !== null ? `: ${gib(perGpu.shortGiB)} GiB short on each GPU` : '';
  const memory = `${words[verdict]}${short}`;
  if (!hasErrors(findings)) return [`  ${colour(memory)}`];
  return [
    `  ${paint.red('would not start: see the error below')}`,
    ...(verdict === 'unknown' ? [] : [`  by its memory alone: ${memory}`]),
  ];
};

/** The command stands last, so that it can be copied whole. */
const adviceLines = (advice: readonly FitAdvice[]): string[] => {
  const lengths = advice.map(({ maxModelLen }) => count(maxModelLen));
  const width = Math.max(...lengths.map(text => text.length));
  return advice.length === 0
    ? []
    : [
        '',
        'Each of these fits:',
        ...advice.map(({ change }, at) => `  ${lengths[at]?.padStart(width)} tokens with ${change}`),
      ];
};

const cellWidth = 14;

const short = (tokens: number): string => (tokens >= 1024 ? `${Math.floor(tokens / 1024)}k` : String(tokens));

/** `to 42k`: a context of 42 x 1,024 tokens fits, the asked one does not. */
const cellWord = ({ verdict, longestContext }: FitCell): string => {
  if (verdict === 'unknown') return '?';
  if (verdict !== 'does-not-fit') return verdict;
  return longestContext === null || longestContext === 0 ? 'no' : `to ${short(longestContext)}`;
};

const isBusy = ({ free, verdict }: FitCell): boolean =>
  free === false && (verdict === 'fits' || verdict === 'tight');

const cellText = (cell: FitCell | undefined, paint: Paint): string => {
  if (cell === undefined) return ''.padEnd(cellWidth);
  const busy = isBusy(cell) ? ' *' : '';
  const word = `${cellWord(cell)}${cell.expertParallel ? ' (EP)' : ''}${busy}`.padEnd(cellWidth);
  if (cell.verdict === 'fits') return paint.green(word);
  return cell.verdict === 'tight' ? paint.yellow(word) : paint.dim(word);
};

const tableLines = (table: readonly FitCell[], paint: Paint): string[] => {
  const sizes = [...new Set(table.map(cell => cell.tensorParallelSize))];
  const names = [...new Set(table.map(cell => cell.gpu))];
  const width = Math.max(15, ...names.map(name => name.length + 1));
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
    ...(table.some(isBusy) ? ['*: not so many are free on one node'] : []),
  ];
  return notes.length === 0 ? [] : ['', `  ${notes.join('; ')}`];
};

const foundLine = ({ gpu, gpus, freeGpus, nodes, mostOnOneNode }: FitFound): string => {
  const free = freeGpus === null ? `${count(gpus)} in all` : `${count(freeGpus)} of ${count(gpus)} free`;
  const spread = nodes === 1 ? 'on one node' : `on ${count(nodes)} nodes, at most ${mostOnOneNode} on one`;
  return `  ${gpu.padEnd(22)} ${free}, ${spread}`;
};

const foundLines = (found: readonly FitFound[]): string[] =>
  found.length === 0 ? [] : ['GPUs of the nodes:', ...found.map(foundLine), ''];

const money = (value: number): string => value.toFixed(2);

const minutes = (seconds: number): string => String(Math.max(1, Math.round(seconds / 60)));

const wholeGib = (value: number): string =>
  value < absurd ? String(Math.ceil(value)) : value.toExponential(1);

/** What one worker needs beside the GPU's memory. */
const hostLines = ({ host, costPerHour }: FitReport): string[] => {
  const price = costPerHour === null ? [] : [`  cost: ${money(costPerHour)} an hour for each worker`];
  if (host === null) return price;
  const [least, most] = host.memoryGiB;
  const pinned = host.pinnedGiB > 0 ? `, ${wholeGib(host.pinnedGiB)} of it pinned` : '';
  const cached = most > least ? `, ${wholeGib(most)} loads faster` : '';
  const cache = host.modelCacheGiB === null ? [] : [`model cache ${host.modelCacheGiB} GiB`];
  const start =
    host.startSeconds === null
      ? []
      : [`first start ${minutes(host.startSeconds[0])} to ${minutes(host.startSeconds[1])} minutes`];
  const last = [...cache, ...start].join('; ');
  return [
    '',
    `  host: ${wholeGib(least)} GiB of memory${pinned}${cached}`,
    `  /dev/shm ${host.sharedMemoryGiB} GiB; ephemeral storage ${Math.ceil(host.ephemeralGiB)} GiB`,
    ...(last === '' ? [] : [`  ${last}`]),
    ...price,
  ];
};

/** The least that a choice of the table costs which fits now. */
const cheapest = (table: readonly FitCell[]): string[] => {
  const [best] = table
    .filter(({ verdict, free }) => verdict === 'fits' && free !== false)
    .flatMap(cell => (cell.costPerHour === null ? [] : [{ cell, cost: cell.costPerHour }]))
    .sort((a, b) => a.cost - b.cost);
  if (best === undefined) return [];
  const { gpu, tensorParallelSize, expertParallel } = best.cell;
  const choice = `${gpu}, TP ${tensorParallelSize}${expertParallel ? ' (EP)' : ''}`;
  return ['', `  Cheapest that fits: ${choice}: ${money(best.cost)} an hour for each worker`];
};

const sums = (report: FitReport, paint: Paint): string[] => [
  ...verdictLines(report, paint),
  ...(report.perGpu === null ? [] : ['', ...sumLines(report.perGpu), ...hostLines(report)]),
];

/** The table of all GPUs stands alone; that of found ones is followed by the sum for the best of them. */
export const fitLines = (report: FitReport, paint: Paint): string[] => {
  const { table, found } = report;
  const body = [
    ...(table.length > 0 ? [...tableLines(table, paint), ...cheapest(table)] : []),
    ...(table.length > 0 && found.length > 0 ? [''] : []),
    ...(table.length === 0 || found.length > 0 ? sums(report, paint) : []),
  ];
  return [
    ...report.title.split(', Dynamo').map((part, at) => (at === 0 ? paint.bold(part) : `Dynamo${part}`)),
    '',
    ...foundLines(found),
    ...body,
    ...adviceLines(report.advice),
  ];
};
