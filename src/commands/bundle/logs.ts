/** The logs of a bundle: the last lines of every container, of its present life and of the one before. */

import type { Client } from '../../cluster/client.ts';
import { readLog } from '../../cluster/logs.ts';
import { listAll } from '../../cluster/pages.ts';
import type { OperatorFact } from '../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { lifeOf } from '../wait/containers.ts';
import type { Task } from './tasks.ts';

const lastLines = 2000;
const operatorLines = 500;
/** Bytes of one log, and letters of one line, that are kept. */
const mostBytes = 1024 * 1024;
const longestLine = 8 * 1024;

type Pod = {
  readonly spec?: {
    readonly containers?: readonly { readonly name: string }[];
    readonly initContainers?: readonly { readonly name: string }[];
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
};

type Source = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
};

/** The last lines that fit. */
const textOf = async (
  client: Client,
  source: Source,
  lines: number,
  signal: AbortSignal,
): Promise<string> => {
  const kept: string[] = [];
  let size = 0;
  for await (const line of readLog(client, {
    ...source,
    tailLines: lines,
    timestamps: true,
    follow: false,
    signal,
  })) {
    const cut = line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
    kept.push(cut);
    size += cut.length + 1;
    while (size > mostBytes) size -= (kept.shift()?.length ?? 0) + 1;
  }
  return kept.map(line => `${line}\n`).join('');
};

const taskFor = (client: Client, source: Source, lines: number, folder: string): Task => {
  const { pod, container, previous } = source;
  const life = previous ? '.previous' : '';
  return {
    what: `log of ${pod}/${container}${previous ? ', of its life before' : ''}`,
    file: `${folder}/${pod}/${container}${life}.log`,
    read: signal => textOf(client, source, lines, signal),
  };
};

const containersOf = ({ spec }: Pod): string[] =>
  [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name }) => name);

const isReady = ({ status }: Pod): boolean =>
  (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** What is not ready comes first: it is what somebody will look for. */
export const logTasks = (client: Client, namespace: string, pods: readonly KubernetesObject[]): Task[] =>
  pods
    .toSorted((a, b) => Number(isReady(a as Pod)) - Number(isReady(b as Pod)))
    .flatMap(pod =>
      containersOf(pod as Pod).flatMap(container =>
        [false, true].flatMap(previous => {
          const { name } = pod.metadata;
          if (lifeOf(pod, { pod: name, container, previous }) === null) return [];
          return [taskFor(client, { namespace, pod: name, container, previous }, lastLines, 'logs')];
        }),
      ),
    );

/** All containers of the operator one after the other; one that cannot be read spoils the others only when none can. */
const operatorText = async (
  client: Client,
  namespace: string,
  pods: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<string> => {
  const texts: string[] = [];
  let problem: unknown = null;
  for (const pod of pods)
    for (const container of containersOf(pod as Pod)) {
      const source = { namespace, pod: pod.metadata.name, container, previous: false };
      try {
        const text = await textOf(client, source, operatorLines, signal);
        texts.push(`==> ${source.pod}/${container}\n${text}`);
      } catch (error) {
        problem = error;
      }
    }
  if (texts.length === 0 && problem !== null) throw problem;
  return texts.join('');
};

/** The operator's pods have to be found first, so this is one task for each namespace. */
export const operatorLogTasks = (
  client: Client,
  operators: readonly OperatorFact[],
  labelSelector: string,
): Task[] =>
  [...new Set(operators.map(({ namespace }) => namespace))].map(namespace => ({
    what: `last ${operatorLines} lines of the operator's logs in namespace ${namespace}`,
    file: `operator/${namespace}.log`,
    read: async signal => {
      const path = `/api/v1/namespaces/${namespace}/pods`;
      const { objects } = await listAll(client, path, { labelSelector }, signal);
      return operatorText(client, namespace, objects, signal);
    },
  }));
