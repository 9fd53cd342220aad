/** What is said when the time is up: the last state of what is behind, and what usually causes it. */

import type { Finding } from '../../../../core/finding.ts';
import type { RoleRow } from '../../../../core/sight.ts';
import type { Scene } from './scene.ts';
import { minutes } from './words.ts';

type Guess = { readonly stage: RegExp; readonly likely: string; readonly hint: (scene: Scene) => string };

const describe = ({ awaited }: Scene): string =>
  `kubectl -n ${awaited.namespace} describe pods -l nvidia.com/dynamo-graph-deployment-name=${awaited.name}`;

const wait = 'what is there goes on by itself; run again with: --timeout 2h';

const guesses: readonly Guess[] = [
  {
    stage: /waiting for the operator|creating pod/,
    likely: 'the Dynamo operator is busy or down, or a quota or webhook refuses the pods',
    hint: ({ awaited }) =>
      `Look at the operator's log and at: kubectl -n ${awaited.namespace} get events --sort-by=.lastTimestamp`,
  },
  {
    stage: /scheduling|held back/,
    likely: 'no node has what the pods ask for, and the one that was to come did not',
    hint: scene => `Look at: ${describe(scene)}`,
  },
  {
    stage: /pulling image|creating container/,
    likely: 'the image or a volume comes slowly',
    hint: scene => `Look at: ${describe(scene)}`,
  },
  {
    stage: /downloading/,
    likely: 'the way to the Hub is slow',
    hint: () => 'The download goes on by itself; run again with: --timeout 2h',
  },
  {
    stage: /waiting for the model/,
    likely: 'the model has not arrived on the claim',
    hint: ({ awaited }) => `Look at the download: kubectl -n ${awaited.namespace} get jobs,pods`,
  },
  {
    stage: /loading weights/,
    likely: 'the volume that the weights are read from is slow',
    hint: () => `A faster storage class helps the next time; ${wait}`,
  },
  {
    stage: /compiling|warming up|capturing|KV cache/,
    likely: 'kernels are compiled on slow CPUs or without a cache',
    hint: () => `Later starts are faster with a compile cache, or use --vllm-args "--enforce-eager"; ${wait}`,
  },
  {
    stage: /registering/,
    likely: 'the worker cannot reach what Dynamo registers with (discovery, NATS or etcd)',
    hint: scene =>
      `Look at the log of the worker and of the platform: kubectl -n ${scene.awaited.namespace} logs -l nvidia.com/dynamo-graph-deployment-name=${scene.awaited.name} --tail 50`,
  },
];

const anything: Guess = {
  stage: /^/,
  likely: 'the engine starts slowly or stands still',
  hint: scene =>
    `Read the log: kubectl -n ${scene.awaited.namespace} logs -l nvidia.com/dynamo-graph-deployment-name=${scene.awaited.name} --tail 50`,
};

const state = (row: RoleRow, now: number): string =>
  `${row.role} ${row.ready}/${row.wanted} ${row.stage} for ${minutes(now - row.stageSince)}${row.note === '' ? '' : ` (${row.note})`}`;

/** The download is what the others wait for, so it speaks first; then the order of the roles. */
const behindOf = (rows: readonly RoleRow[]): readonly RoleRow[] => rows.filter(row => row.ready < row.wanted);

/** One error with the state of everything that is not ready, then what had been noticed on the way. */
export const lastWordOn = (
  scene: Scene,
  rows: readonly RoleRow[],
  notices: readonly Finding[],
): Finding[] => {
  const { now, since } = scene.sight;
  const behind = behindOf(rows);
  const [first] = behind;
  const guess = guesses.find(({ stage }) => stage.test(first?.stage ?? '')) ?? anything;
  const likely = first === undefined ? 'the operator has not said yet that it is done' : guess.likely;
  const states = behind.map(row => state(row, now)).join('; ');
  return [
    {
      rule: 'wait-timed-out',
      level: 'error',
      path: '',
      message: `${scene.awaited.name} is not ready after ${minutes(now - since)}${states === '' ? '' : `: ${states}`}; likeliest cause: ${likely}.`,
      hint: guess.hint(scene),
    },
    ...notices.filter(notice => notice.level === 'warning'),
  ];
};
