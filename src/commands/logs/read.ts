/** Reads logs as they are, merged by the time at which their lines were printed. */

import type { Client } from '../../cluster/client.ts';
import { readLog } from '../../cluster/logs.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import type { LogsAsk } from './ask.ts';
import { mergeLines, type TimedLine, timedLine } from './merge.ts';
import type { Target } from './targets.ts';

export type Marked = TimedLine & { readonly target: Target };

export type Reading = {
  readonly client: Client;
  readonly namespace: string;
  readonly ask: LogsAsk;
  readonly signal: AbortSignal;
  /** A log that could not be read to its end. */
  readonly onTrouble: (target: Target, message: string) => void;
};

/** A pod that went meanwhile, or a container that has not begun, spoils nothing; what is forbidden or unreachable is for all. */
const isOfOne = (error: unknown): boolean =>
  isClusterError(error) && ['not-found', 'invalid', 'server'].includes(error.kind);

async function* linesOf(reading: Reading, target: Target): AsyncGenerator<Marked> {
  const { client, namespace, ask, signal } = reading;
  const { pod, container, previous } = target;
  try {
    const lines = readLog(client, {
      namespace,
      pod,
      container,
      previous,
      follow: false,
      tailLines: ask.tail,
      ...(ask.sinceSeconds === null ? {} : { sinceSeconds: ask.sinceSeconds }),
      timestamps: true,
      signal,
    });
    for await (const line of lines) yield { ...timedLine(line), target };
  } catch (error) {
    if (!isOfOne(error)) throw error;
    reading.onTrouble(target, error instanceof Error ? error.message : String(error));
  }
}

/** Errors: ClusterError when no log may be read. */
export const readMerged = (reading: Reading, targets: readonly Target[]): AsyncGenerator<Marked> =>
  mergeLines(targets.map(target => linesOf(reading, target)));
