/** The page that holds `fit` against what was measured: starts, legality, the default model on the usual GPUs, and the constants. */

import { estimate } from '../../src/components/nvidia-platform/dynamo-vllm/fit/estimate.ts';
import type { Choice, Range } from '../../src/components/nvidia-platform/dynamo-vllm/fit/facts.ts';
import {
  cellProblems,
  checkLegality,
  legalTensorSizes,
} from '../../src/components/nvidia-platform/dynamo-vllm/fit/legality.ts';
import { asking, defaultModel } from '../../test/kit/asking.ts';
import { isBlind, isNear, middleGib, misses, type Point, predicted } from '../../test/kit/calibration.ts';
import {
  blockCases,
  headCases,
  type SizeCase,
  type StatementCase,
  statementCases,
} from '../../test/kit/legality-cases.ts';
import { measuredStarts } from '../../test/kit/measured-starts.ts';
import { constants } from './constants.ts';

const count = (value: number): string => value.toLocaleString('en-US');
const gib = (value: number | null): string => (value === null ? '-' : value.toFixed(2));
const between = (range: Range | null): string =>
  range === null ? '-' : `${range[0].toFixed(1)} .. ${range[1].toFixed(1)}`;
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const head = (...cells: readonly string[]): string =>
  `${row(...cells)}\n${row(...cells.map(() => '---'))}`;
const lines = (rows: readonly string[]): string => rows.join('\n');
const yes = (right: boolean): string => (right ? 'yes' : '**no**');

/** `TP 4, EP, 0.85, 8,192 tokens`. */
const settingsOf = (point: Point): string =>
  [
    `TP ${point.tensor}`,
    ...(point.data > 1 ? [`DP ${point.data}`] : []),
    ...(point.expert ? ['EP'] : []),
    ...(point.utilization === null ? [] : [point.utilization.toFixed(2)]),
    ...(point.maxModelLen === null ? [] : [`${count(point.maxModelLen)} tokens`]),
    ...(point.kvCacheDtype === 'auto' ? [] : [`${point.kvCacheDtype} cache`]),
    ...(point.eager ? ['eager'] : []),
  ].join(', ');

const seenRange = (point: Point, range: Range | null): string => {
  if (point.availableGib === null || range === null || isBlind(point)) return '-';
  const inside = point.availableGib >= range[0] && point.availableGib <= range[1];
  return inside ? 'inside' : `${isNear(middleGib(range), point.availableGib) ? 'near' : '**off**'}`;
};

const startRow = (point: Point): string => {
  const sum = predicted(point);
  const blind = isBlind(point);
  return row(
    `${point.model.split('/').at(-1)}`,
    point.card === '' ? '-' : point.card,
    point.engineVersion,
    settingsOf(point),
    `${between(sum.weightsGib)} / ${gib(point.weightsGib)}`,
    `${blind ? '-' : between(sum.kvCacheGib)} / ${gib(point.availableGib)}`,
    seenRange(point, sum.kvCacheGib),
    `${count(sum.kvBytesPerToken ?? 0)} / ${count(point.bytesPerToken)}`,
    `${blind ? '-' : sum.verdict} / ${point.starts ? 'started' : 'failed'}`,
    yes(misses(point).length === 0),
    point.source,
  );
};

const sizes = (list: readonly number[]): string => list.join(', ');
const usual = (list: readonly number[]): number[] => list.filter(size => [1, 2, 4, 8, 16].includes(size));

const sizeRow =
  (engines: readonly number[]) =>
  ({ model, sizes: stated, says }: SizeCase): string => {
    const found = engines.map(engine => sizes(usual(legalTensorSizes(asking(model, { engine })))));
    return row(
      model,
      sizes(stated),
      [...new Set(found)].join('; '),
      yes(found.every(one => one === sizes(stated))),
      says,
    );
  };

const statementRow = ({ what, refusedBy, model, some, gpu }: StatementCase): string => {
  const rules = checkLegality(asking(model, some, gpu))
    .filter(({ level }) => level === 'error')
    .map(({ rule }) => rule);
  const right = refusedBy === null ? rules.length === 0 : rules.includes(refusedBy);
  const said = refusedBy === null ? 'not refused' : 'refused';
  const ours = rules.length === 0 ? 'legal' : [...new Set(rules)].map(rule => `\`${rule}\``).join(', ');
  return row(what, `${model}${gpu === null ? '' : ` on ${gpu}`}`, said, ours, yes(right));
};

const cards = ['L4', 'A10G', 'A100-40GB', 'L40S', 'A100-80GB', 'H100-80GB', 'RTX-PRO-6000', 'H200', 'B200'];
const parallel: readonly Partial<Choice>[] = [
  { tensor: 1 },
  { tensor: 2 },
  { tensor: 4, expert: true },
  { tensor: 8, expert: true },
];

const cardRow = (card: string, some: Partial<Choice>): string => {
  const question = asking(defaultModel, some, card);
  const { model, choice, gpu } = question;
  const sum = estimate(model, choice, gpu);
  const legal = cellProblems(question).every(({ level }) => level !== 'error');
  const [low, high] = sum.tokens ?? [0, 0];
  return row(
    card,
    `${choice.tensor}${choice.expert ? ' + EP' : ''}`,
    between(sum.weightsGib),
    between(sum.kvCacheGib),
    `${count(low)} .. ${count(high)}`,
    legal ? sum.verdict : 'illegal',
  );
};

const judged = measuredStarts.filter(point => !isBlind(point) && point.availableGib !== null);
const within = judged.filter(point => {
  const range = predicted(point).kvCacheGib;
  const seen = point.availableGib ?? 0;
  return range !== null && seen >= range[0] && seen <= range[1];
});

export const calibration = (note: string): string => `${note}

# How right \`fit\` is

\`fit\` works out what a worker needs before anything is downloaded. This page holds it against starts of vLLM on real GPUs. A test
fails when one of the lines says no.

## Measured starts

The rule: bytes of KV cache per token, and the KV cache of one full request, within 0.5 % of the log; nothing that started is refused,
nothing that failed is called fitting; the middle of the range for the free KV cache within 0.70 to 1.05 of the log, or within 1.5 GiB
of it where it was below 2 GiB. In each cell the prediction stands before the log; \`-\` is what the log does not say, or what cannot be
worked out because it does not say how large the GPU or its share was. GiB are those of one GPU.

Of ${judged.length} starts with a known budget ${within.length} lie inside the range.

${head('model', 'GPU', 'vLLM', 'settings', 'weights GiB', 'free KV cache GiB', 'range', 'bytes a token', 'verdict / outcome', 'within the rule', 'source')}
${lines(measuredStarts.map(startRow))}

## Legal sizes

TP of 1, 2, 4, 8 or 16. Block-quantised FP8 checkpoints without expert parallelism, vLLM 0.14, 0.23 and 0.28:

${head('model', 'stated', 'by the rules', 'the same', 'who says so')}
${lines(blockCases.map(sizeRow([14, 23, 28])))}

Everything else:

${head('model', 'stated', 'by the rules', 'the same', 'who says so')}
${lines(headCases.map(sizeRow([23])))}

## What is refused and what is not

${head('what', 'model', 'by vLLM', 'by the rules', 'the same')}
${lines(statementCases.map(statementRow))}

## The default model on the usual GPUs

${defaultModel}, vLLM 0.23, utilisation 0.90, 16-bit cache, its whole context of 262,144 tokens. Tokens are what the KV cache holds.

${head('GPU', 'TP', 'weights GiB', 'KV cache GiB', 'tokens', 'verdict')}
${lines(cards.flatMap(card => parallel.map(some => cardRow(card, some))))}

## The constants

Shapes come from the model; what shapes do not tell are these figures, each with what it stands for. None belongs to one model or one
start: each is a property of an engine generation, a kernel family or the number of GPUs.

${head('what', 'figure', 'stands for', 'from')}
${lines(constants.map(one => row(one.what, one.figure, one.meaning, one.from)))}
`;
