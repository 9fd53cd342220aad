/** Keeps what is seen of a deployment current: one watch a collection, and the logs that are asked for. Never a poll. */

import type { Client } from '../../cluster/client.ts';
import type { readLog } from '../../cluster/logs.ts';
import type { ClusterError } from '../../cluster/refusal.ts';
import type { Finding } from '../../core/finding.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import type { Awaited, LogAsk, Sight, WatchAsk } from '../../core/sight.ts';
import { CliError } from '../../errors.ts';
import { type Hearing, type Key, keepCollections, type Watch } from './collections.ts';
import { heldGpus } from './held.ts';
import { keepLogs } from './logs.ts';
import { createSilence } from './silence.ts';

/** Where news comes from; a test brings its own. */
export type Sources = { readonly watch: Watch; readonly readLog: typeof readLog };

type Asked = {
  readonly client: Client;
  readonly sources: Sources;
  readonly awaited: Awaited;
  readonly asks: readonly WatchAsk[];
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly signal: AbortSignal;
  /** Something is to be looked at. */
  readonly onNews: () => void;
  readonly onNotice: (finding: Finding) => void;
  /** The wait cannot go on. */
  readonly onEnd: (error: unknown) => void;
  /** The cluster is heard again. */
  readonly onBack: () => void;
  /** Milliseconds of trouble that are worth saying; a wait's when absent. */
  readonly patienceMs?: number;
};

export type Seen = {
  readonly sight: () => Sight;
  readonly want: (asks: readonly LogAsk[]) => void;
  /** Whether every watch has brought its first list or was given up. */
  readonly complete: () => boolean;
  /** Whether a log that was asked for is still on its way. */
  readonly pending: (asks: readonly LogAsk[]) => boolean;
  readonly gpusHeld: () => number;
  readonly silence: (leastMs?: number) => Finding | null;
  /** What is to be said of a silence, once each. */
  readonly newSilence: () => Finding | null;
  /** Whether nothing is heard any more that could be said something about. */
  readonly isDeaf: () => boolean;
};

/** Without these nothing can be said. */
const needed: readonly Key[] = ['pods', 'graph'];

const unreadable = (what: string, { message, hint }: ClusterError): Finding => ({
  rule: 'wait-unreadable',
  level: 'unknown',
  path: '',
  message: `The wait goes on without ${what}: ${message}`,
  hint,
});

const notAllowed = ({ message, hint }: ClusterError): CliError =>
  new CliError('forbidden', `The deployment was applied but cannot be watched: ${message}`, {
    hint,
    findings: [{ rule: 'wait-forbidden', level: 'error', path: '', message, hint }],
  });

/** Begins to watch; everything ends with the signal. */
export const see = (asked: Asked): Seen => {
  const { client, sources, awaited, signal, onNews } = asked;
  const silence = createSilence(asked.patienceMs);
  const hearing: Hearing = {
    onHeard: key => {
      if (silence.heard(key)) asked.onBack();
    },
    onNews,
    onTrouble: (key, message) => {
      silence.trouble(key, message);
      onNews();
    },
    onForbidden: (key, error) => {
      if (needed.includes(key)) asked.onEnd(notAllowed(error));
      else asked.onNotice(unreadable(key, error));
      onNews();
    },
    onBug: asked.onEnd,
  };
  const collections = keepCollections({ client, watch: sources.watch, signal, hearing }, asked.asks);
  const logs = keepLogs({
    client,
    readLog: sources.readLog,
    namespace: awaited.namespace,
    signal,
    onNews,
    onForbidden: error => asked.onNotice(unreadable('logs', error)),
    onBug: asked.onEnd,
  });
  const pods = (): readonly KubernetesObject[] => collections.of('pods');
  return {
    sight: () => ({
      now: Date.now(),
      since: asked.since,
      graph: collections.of('graph')[0] ?? null,
      jobs: collections.of('jobs'),
      pods: pods(),
      events: collections.of('events'),
      logs: logs.lines(),
    }),
    want: asks => logs.want(asks, pods()),
    complete: collections.complete,
    pending: asks => logs.pending(asks, pods()),
    gpusHeld: () => heldGpus(pods()),
    silence: silence.finding,
    newSilence: silence.news,
    isDeaf: () => silence.isDeaf(needed),
  };
};
