/** Reads the logs that are asked for: each life of a container once, followed while it runs. */

import type { Client } from '../../cluster/client.ts';
import type { readLog } from '../../cluster/logs.ts';
import { type ClusterError, isClusterError } from '../../cluster/refusal.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { type LogAsk, logKey } from '../../core/sight.ts';
import { pause } from './bell.ts';
import { isRunning, lifeOf } from './containers.ts';

type Surroundings = {
  readonly client: Client;
  readonly readLog: typeof readLog;
  readonly namespace: string;
  readonly signal: AbortSignal;
  /** Lines came, or it is time to ask again. */
  readonly onNews: () => void;
  /** Logs may not be read; said once, none is tried after it. */
  readonly onForbidden: (error: ClusterError) => void;
  readonly onBug: (error: unknown) => void;
};

export type Logs = {
  /** Opens what is asked for, can be read and is not read yet; ends what belongs to pods that are gone. */
  readonly want: (asks: readonly LogAsk[], pods: readonly KubernetesObject[]) => void;
  readonly lines: () => Readonly<Record<string, readonly string[]>>;
  /** Whether something that can be read was asked for and has not said anything yet. */
  readonly pending: (asks: readonly LogAsk[], pods: readonly KubernetesObject[]) => boolean;
};

/** Lines kept of each log. */
const kept = 400;

/** Before a log that broke off, while its container runs, is opened again; doubled every time. Milliseconds. */
const firstPause = 2_000;
const longestPause = 30_000;

type Reading = {
  readonly ask: LogAsk;
  readonly life: number;
  readonly end: AbortController;
  lines: string[];
  /** Whether it was asked for when somebody asked last; if not, its lines are no news. */
  asked: boolean;
  open: boolean;
  answered: boolean;
  failed: boolean;
  tries: number;
  /** Milliseconds since 1970. */
  retryAt: number;
};

const add = (reading: Reading, line: string, first: boolean): void => {
  // What was kept of an earlier try stays until the new one has something to say.
  if (first) reading.lines = [];
  reading.lines.push(line);
  if (reading.lines.length > kept) reading.lines.shift();
};

const read = async (around: Surroundings, reading: Reading): Promise<void> => {
  const { client, namespace, onNews } = around;
  const { pod, container, previous } = reading.ask;
  const signal = AbortSignal.any([around.signal, reading.end.signal]);
  let first = true;
  const lines = around.readLog(client, {
    namespace,
    pod,
    container,
    previous,
    tailLines: kept,
    follow: !previous,
    signal,
  });
  for await (const line of lines) {
    add(reading, line, first);
    first = false;
    reading.answered = true;
    if (reading.asked) onNews();
  }
};

/** Reads to the end, and notes how it ended. */
const readToEnd = async (around: Surroundings, reading: Reading): Promise<void> => {
  try {
    await read(around, reading);
  } catch (error) {
    if (reading.end.signal.aborted || around.signal.aborted) return;
    if (!isClusterError(error)) return around.onBug(error);
    if (error.kind === 'forbidden') around.onForbidden(error);
    reading.failed = true;
  } finally {
    reading.open = false;
    reading.answered = true;
  }
  await again(around, reading);
};

/** A look is taken now and after a while, which opens the log again when that makes sense. */
const again = async ({ signal, onNews }: Surroundings, reading: Reading): Promise<void> => {
  const wait = Math.min(firstPause * 2 ** reading.tries, longestPause);
  reading.retryAt = Date.now() + wait;
  onNews();
  await pause(wait, signal, reading.end.signal);
  onNews();
};

const isDue = (reading: Reading | undefined, life: number, running: boolean): boolean => {
  if (reading === undefined || reading.life !== life) return true;
  if (reading.open || Date.now() < reading.retryAt) return false;
  return reading.failed || (running && !reading.ask.previous);
};

const begin = (ask: LogAsk, life: number, before: Reading | undefined): Reading => {
  const same = before?.life === life;
  before?.end.abort();
  return {
    ask,
    life,
    end: new AbortController(),
    lines: same ? before.lines : [],
    asked: true,
    open: true,
    answered: same && before.answered,
    failed: false,
    tries: same ? before.tries + 1 : 0,
    retryAt: 0,
  };
};

export const keepLogs = (given: Surroundings): Logs => {
  const readings = new Map<string, Reading>();
  let forbidden = false;
  const around: Surroundings = {
    ...given,
    onForbidden: error => {
      if (!forbidden) given.onForbidden(error);
      forbidden = true;
    },
  };
  const wantOne = (ask: LogAsk, pod: KubernetesObject | undefined): void => {
    const life = lifeOf(pod, ask);
    const before = readings.get(logKey(ask));
    if (forbidden || life === null || !isDue(before, life, isRunning(pod, ask))) return;
    const reading = begin(ask, life, before);
    readings.set(logKey(ask), reading);
    void readToEnd(around, reading);
  };
  const byName = (pods: readonly KubernetesObject[]): Map<string, KubernetesObject> =>
    new Map(pods.map(pod => [pod.metadata.name, pod]));
  return {
    want: (asks, pods) => {
      const known = byName(pods);
      const keys = new Set(asks.map(logKey));
      for (const [key, reading] of readings) {
        reading.asked = keys.has(key);
        if (!known.has(reading.ask.pod)) reading.end.abort();
      }
      for (const ask of asks) wantOne(ask, known.get(ask.pod));
    },
    lines: () => Object.fromEntries([...readings].map(([key, { lines }]) => [key, lines])),
    pending: (asks, pods) => {
      const known = byName(pods);
      return (
        !forbidden &&
        asks.some(
          ask => lifeOf(known.get(ask.pod), ask) !== null && readings.get(logKey(ask))?.answered !== true,
        )
      );
    },
  };
};
