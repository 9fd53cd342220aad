/** Waits for a deployment: asks the component for its outlook whenever there is news, and shows it. */

import { setMaxListeners } from 'node:events';
import type { Client } from '../../cluster/client.ts';
import { readLog } from '../../cluster/logs.ts';
import { watchCollection } from '../../cluster/watch.ts';
import type { Finding } from '../../core/finding.ts';
import type { Awaited, Outlook, Watching } from '../../core/sight.ts';
import type { Io } from '../../io.ts';
import { type Bell, createBell } from './bell.ts';
import { once } from './once.ts';
import type { Show, WaitResult } from './result.ts';
import { type Seen, type Sources, see } from './see.ts';

export type WaitArgs = {
  readonly client: Client;
  readonly io: Io;
  readonly watching: Watching;
  readonly awaited: Awaited;
  /** Null lets the component derive it. */
  readonly timeoutSeconds: number | null;
  readonly show: Show;
  /** Beside `io.signal`. */
  readonly signal?: AbortSignal;
  /** When the apply began, in milliseconds since 1970; now when absent. */
  readonly since?: number;
  /** The cluster when absent. */
  readonly sources?: Sources;
};

/** Between two looks, in milliseconds: news of one moment is looked at together. */
const lookEvery = 100;

/** How long the first look waits for all lists, in milliseconds. */
const firstLists = 5_000;

/** How long a hopeless state waits for logs that were asked for, in milliseconds. */
const lastLogs = 2_000;

/** Milliseconds of silence that explain at the limit why nothing more is known. */
const lastSilence = 3_000;

/** What changes while a wait goes on. */
type State = {
  outlook: Outlook | null;
  /** Of the last look, in milliseconds since 1970; 0 before the first. */
  lookedAt: number;
  /** Since when it is hopeless, in milliseconds since 1970. */
  hopelessSince: number | null;
  /** Why the wait cannot go on. */
  problem: { readonly error: unknown } | null;
  readonly notices: Finding[];
};

type Wait = {
  readonly args: WaitArgs;
  readonly seen: Seen;
  readonly state: State;
  readonly startedAt: number;
  readonly limitAt: number;
  readonly notice: (finding: Finding) => void;
};

const look = ({ args, seen, state, startedAt, limitAt, notice }: Wait): Outlook => {
  const sight = seen.sight();
  const outlook = args.watching.outlook(args.awaited, sight);
  state.outlook = outlook;
  state.hopelessSince = outlook.hopeless.length === 0 ? null : (state.hopelessSince ?? sight.now);
  for (const finding of outlook.notices) notice(finding);
  seen.want(outlook.logs);
  args.show.look(outlook, { now: sight.now, startedAt, limitAt });
  return outlook;
};

/** Said at every silence, so not by way of what is said once. */
const sayLongSilence = ({ args, seen, state }: Wait): void => {
  const finding = seen.newSilence();
  if (finding === null) return;
  state.notices.push(finding);
  args.show.notice(finding);
};

/** Logs that would tell more are waited for a moment. */
const isLastWord = ({ seen, state }: Wait, outlook: Outlook): boolean =>
  state.hopelessSince !== null &&
  (Date.now() - state.hopelessSince >= lastLogs || !seen.pending(outlook.logs));

/** Who hears nothing at all any more knows by that why; what was seen before comes second. */
const silenceAtLast = (seen: Seen): readonly Finding[] => {
  const silence = seen.silence(lastSilence);
  if (silence === null) return [];
  return [seen.isDeaf() ? { ...silence, level: 'error' } : silence];
};

/** How it ends after a look; null when it goes on. */
const endAfter = (wait: Wait, outlook: Outlook): WaitResult | null => {
  const { args, seen, state, limitAt } = wait;
  const ended = { outlook, notices: state.notices, gpusHeld: seen.gpusHeld() };
  const { hopeless: findings, evidence } = outlook;
  if (isLastWord(wait, outlook)) return { kind: 'hopeless', findings, evidence, ...ended };
  if (outlook.done && findings.length === 0) return { kind: 'ready', ...ended };
  if (Date.now() < limitAt) return null;
  if (findings.length > 0) return { kind: 'hopeless', findings, evidence, ...ended };
  const last = args.watching.lastWord(args.awaited, seen.sight());
  return { kind: 'timed-out', findings: [...silenceAtLast(seen), ...last], ...ended };
};

const interrupted = ({ args, seen, state }: Wait): WaitResult => ({
  kind: 'interrupted',
  outlook: state.outlook ?? args.watching.outlook(args.awaited, seen.sight()),
  notices: state.notices,
  gpusHeld: seen.gpusHeld(),
});

const never = Number.POSITIVE_INFINITY;

/** When to look again if no news comes. */
const nextAt = ({ state, startedAt, limitAt }: Wait): number => {
  if (state.lookedAt === 0) return Math.min(startedAt + firstLists, limitAt);
  const { outlook, hopelessSince } = state;
  return Math.min(
    limitAt,
    outlook?.lookAgainAt ?? never,
    hopelessSince === null ? never : hopelessSince + lastLogs,
  );
};

/** What follows from being woken; null when the wait goes on. */
const step = (wait: Wait): WaitResult | null => {
  const { seen, state } = wait;
  if (state.problem !== null) throw state.problem.error;
  sayLongSilence(wait);
  if (state.lookedAt === 0 && !seen.complete() && Date.now() < nextAt(wait)) return null;
  state.lookedAt = Date.now();
  return endAfter(wait, look(wait));
};

const watchOn = async (wait: Wait, bell: Bell, signal: AbortSignal): Promise<WaitResult> => {
  for (;;) {
    await bell.until(nextAt(wait), wait.state.lookedAt + lookEvery);
    if (signal.aborted) return interrupted(wait);
    const result = step(wait);
    if (result !== null) return result;
  }
};

/**
 * Waits until it is ready, hopeless, too late, or interrupted by a signal. When it returns, every watch and timer has ended.
 * Errors: `forbidden` when pods or the deployment may not be watched.
 */
export const waitFor = async (args: WaitArgs): Promise<WaitResult> => {
  const { io, watching, awaited, show } = args;
  const startedAt = Date.now();
  const limitAt = startedAt + 1000 * (args.timeoutSeconds ?? watching.limitSeconds(awaited));
  const signal = args.signal === undefined ? io.signal : AbortSignal.any([io.signal, args.signal]);
  const end = new AbortController();
  const whole = AbortSignal.any([signal, end.signal]);
  // Every watch and log hears of it; Node.js would warn about more than ten.
  setMaxListeners(0, whole);
  const bell = createBell(signal);
  const state: State = {
    outlook: null,
    lookedAt: 0,
    hopelessSince: null,
    problem: null,
    notices: [],
  };
  const notice = once((finding: Finding) => {
    state.notices.push(finding);
    show.notice(finding);
  });
  const seen = see({
    client: args.client,
    sources: args.sources ?? { watch: watchCollection, readLog },
    awaited,
    asks: watching.watches(awaited),
    since: args.since ?? startedAt,
    signal: whole,
    onNews: bell.ring,
    onNotice: notice,
    onEnd: error => {
      state.problem ??= { error };
      bell.ring();
    },
    onBack: () => show.say('The cluster is heard again.'),
  });
  try {
    return await watchOn({ args, seen, state, startedAt, limitAt, notice }, bell, signal);
  } finally {
    end.abort();
    show.end();
  }
};
