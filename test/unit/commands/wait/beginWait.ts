/** A wait on a played cluster, with a component that a test scripts; for tests that move the clock. */

import { Writable } from 'node:stream';
import { vi } from 'vitest';
import type { Client } from '../../../../src/cluster/client.ts';
import type { Show, WaitResult } from '../../../../src/commands/wait/result.ts';
import { waitFor } from '../../../../src/commands/wait/run.ts';
import type { Finding } from '../../../../src/core/finding.ts';
import type { KubernetesObject } from '../../../../src/core/manifest.ts';
import type { Awaited, Outlook, Sight, WatchAsk } from '../../../../src/core/sight.ts';
import type { Io } from '../../../../src/io.ts';
import { playCluster, watched } from './playedCluster.ts';

/** Where the clock stands at the beginning. */
export const start = 1_000_000;

export const pod = (name: string, container: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'ns' },
  spec: { nodeName: 'gpu-1', containers: [{ resources: { limits: { 'nvidia.com/gpu': '2' } } }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'main', restartCount: 0, ...container }] },
});

export const running = { state: { running: {} } };
export const crashed = (restartCount: number) => ({
  restartCount,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode: 1 } },
});

const quiet: Outlook = {
  done: false,
  rows: [],
  download: null,
  notices: [],
  hopeless: [],
  evidence: [],
  logs: [],
  lookAgainAt: null,
};

export const finding = (rule: string, message = rule): Finding => ({
  rule,
  level: 'error',
  path: '',
  message,
  hint: '',
});

const asks: readonly WatchAsk[] = watched.map(key => ({
  key,
  path: key,
  labelSelector: null,
  fieldSelector: null,
}));
const awaited: Awaited = { name: 'a', namespace: 'ns', objects: [], weightsBytes: null };

type Script = {
  readonly outlook?: (sight: Sight) => Partial<Outlook>;
  readonly timeoutSeconds?: number | null;
  /** Instead of the one that only notes what is said. */
  readonly show?: Show;
};

/** A wait that has begun, with everything it told so far. */
export const beginWait = ({ outlook = () => ({}), timeoutSeconds = null, show: other }: Script) => {
  const cluster = playCluster();
  const stop = new AbortController();
  const said: string[] = [];
  const looks: { readonly sight: Sight; readonly at: number }[] = [];
  const show: Show = {
    look: () => {},
    notice: ({ rule, message }) => void said.push(`${rule}: ${message}`),
    say: line => void said.push(line),
    end: () => void said.push('end'),
  };
  const io = {
    signal: stop.signal,
    stderr: new Writable(),
    columns: 80,
    env: {},
  } as unknown as Io;
  let result: WaitResult | { readonly error: unknown } | null = null;
  waitFor({
    client: {} as Client,
    io,
    awaited,
    timeoutSeconds,
    show: other ?? show,
    sources: cluster.sources,
    watching: {
      watches: () => asks,
      limitSeconds: () => 600,
      lastWord: () => [finding('last-word')],
      outlook: (_awaited, sight) => {
        looks.push({ sight, at: Date.now() - start });
        return { ...quiet, ...outlook(sight) };
      },
    },
  }).then(
    value => (result = value),
    error => (result = { error }),
  );
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
  return { ...cluster, stop, said, looks, pass, result: () => result };
};
