/** A cluster whose watches and logs a test scripts: each name is a pipe, and a new one each time it is opened. */

import type { ClusterError } from '../../../../src/cluster/refusal.ts';
import type { Sources } from '../../../../src/commands/wait/see.ts';
import type { KubernetesObject } from '../../../../src/core/manifest.ts';

type Item =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'end' }
  | { readonly kind: 'failure'; readonly error: unknown };

export type Pipe = {
  readonly push: (...values: readonly unknown[]) => void;
  readonly end: (error?: unknown) => void;
  readonly read: (signal: AbortSignal) => AsyncGenerator<unknown>;
};

/** Something that is pushed at one end and iterated at the other. */
const createPipe = (): Pipe => {
  const items: Item[] = [];
  let wake = (): void => {};
  const add = (...more: readonly Item[]): void => {
    items.push(...more);
    wake();
  };
  const next = async (signal: AbortSignal): Promise<Item> => {
    for (;;) {
      const item = signal.aborted ? { kind: 'end' as const } : items.shift();
      if (item !== undefined) return item;
      await new Promise<void>(resolve => {
        wake = resolve;
      });
    }
  };
  return {
    push: (...values) => add(...values.map(value => ({ kind: 'value' as const, value }))),
    end: error => add(error === undefined ? { kind: 'end' } : { kind: 'failure', error }),
    async *read(signal) {
      signal.addEventListener('abort', () => wake());
      for (let item = await next(signal); item.kind !== 'end'; item = await next(signal)) {
        if (item.kind === 'failure') throw item.error;
        yield item.value;
      }
    },
  };
};

export const watched = ['graph', 'jobs', 'pods', 'events'] as const;

export const playCluster = () => {
  const opened: string[] = [];
  const open = new Set<string>();
  const pipes = new Map<string, Pipe>();
  const pipeOf = (name: string): Pipe => {
    const known = pipes.get(name) ?? createPipe();
    pipes.set(name, known);
    return known;
  };
  async function* follow(name: string, signal: AbortSignal): AsyncGenerator<never> {
    opened.push(name);
    open.add(name);
    const own = pipeOf(name);
    try {
      for await (const item of own.read(signal)) yield item as never;
    } finally {
      open.delete(name);
      if (pipes.get(name) === own) pipes.delete(name);
    }
  }
  const problems = new Map<string, (error: ClusterError | null) => void>();
  const sources: Sources = {
    watch: (_client, { path, signal, onProblem = () => {} }) => {
      problems.set(path, onProblem);
      return follow(path, signal);
    },
    readLog: (_client, { pod, container, previous, signal }) =>
      follow(`${pod}/${container}${previous ? '/previous' : ''}`, signal),
  };
  return {
    sources,
    /** Names in the order in which they were opened. */
    opened,
    /** Names that are open now. */
    open,
    pipeOf,
    /** What a watch tells of its troubles while it goes on by itself; null when they are over. */
    trouble: (error: ClusterError | null) => {
      for (const tell of problems.values()) tell(error);
    },
    /** First lists of every watch; empty where nothing is given. */
    sync: (given: Partial<Record<(typeof watched)[number], readonly KubernetesObject[]>> = {}) => {
      for (const key of watched) pipeOf(key).push({ type: 'SYNC', objects: given[key] ?? [] });
    },
  };
};
