/** `status --watch`: the table of the wait, kept current until somebody ends it. */

import { setMaxListeners } from 'node:events';
import type { Client } from '../../cluster/client.ts';
import { readLog } from '../../cluster/logs.ts';
import { watchCollection } from '../../cluster/watch.ts';
import type { Finding } from '../../core/finding.ts';
import type { Awaited, Outlook, Watching } from '../../core/sight.ts';
import { type Bell, createBell } from '../wait/bell.ts';
import { once } from '../wait/once.ts';
import type { Show } from '../wait/result.ts';
import { type Seen, see } from '../wait/see.ts';

export type WatchArgs = {
  readonly client: Client;
  readonly watching: Watching;
  readonly awaited: Awaited;
  /** When it was made, in milliseconds since 1970. */
  readonly since: number;
  readonly signal: AbortSignal;
  readonly show: Show;
};

/** Between two looks, in milliseconds: news of one moment is looked at together. */
const lookEvery = 250;
/** How long the first look waits for all lists, in milliseconds. */
const firstLists = 5_000;

/** Somebody looks at what is shown, so it must not be old for long. Milliseconds. */
const patienceMs = 5_000;

type Live = {
  readonly args: WatchArgs;
  readonly seen: Seen;
  readonly bell: Bell;
  readonly problem: () => { readonly error: unknown } | null;
};

const untilRead = async ({ args, seen, bell, problem }: Live): Promise<void> => {
  const until = Date.now() + firstLists;
  while (!seen.complete() && problem() === null && !args.signal.aborted && Date.now() < until)
    await bell.until(until, Date.now());
};

/** Said at every silence, so not by way of what is said once. */
const sayLongSilence = ({ args, seen }: Live): void => {
  const silence = seen.newSilence();
  if (silence !== null) args.show.notice(silence);
};

/** The last outlook; null when it was ended before there was one. The deployment's own end is an end too. */
const follow = async (live: Live): Promise<Outlook | null> => {
  const { args, seen, bell, problem } = live;
  const { watching, awaited, show, signal } = args;
  const startedAt = Date.now();
  const notice = once((finding: Finding) => show.notice(finding));
  let last: Outlook | null = null;
  await untilRead(live);
  while (!signal.aborted) {
    const error = problem();
    if (error !== null) throw error.error;
    const sight = seen.sight();
    last = watching.outlook(awaited, sight);
    for (const finding of [...last.hopeless, ...last.notices]) notice(finding);
    sayLongSilence(live);
    seen.want(last.logs);
    show.look(last, { now: sight.now, startedAt, limitAt: Number.POSITIVE_INFINITY });
    if (sight.graph === null && seen.complete()) return last;
    const next = last.lookAgainAt ?? Number.POSITIVE_INFINITY;
    await bell.until(next, Date.now() + lookEvery);
  }
  return last;
};

/** Until the signal fires or the deployment is gone. Errors: `forbidden`. */
export const watchStatus = async (args: WatchArgs): Promise<Outlook | null> => {
  const { client, watching, awaited, signal, show, since } = args;
  const end = new AbortController();
  const whole = AbortSignal.any([signal, end.signal]);
  setMaxListeners(0, whole);
  const bell = createBell(signal);
  let problem: { readonly error: unknown } | null = null;
  const seen = see({
    client,
    sources: { watch: watchCollection, readLog },
    awaited,
    asks: watching.watches(awaited),
    since,
    signal: whole,
    onNews: bell.ring,
    onNotice: show.notice,
    onEnd: error => {
      problem ??= { error };
      bell.ring();
    },
    onBack: () => show.say('The cluster is heard again.'),
    patienceMs,
  });
  try {
    const last = await follow({ args, seen, bell, problem: () => problem });
    // What was last seen is not what is there.
    return last && { ...last, done: last.done && !seen.isDeaf() };
  } finally {
    end.abort();
    show.end();
  }
};
