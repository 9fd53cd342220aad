/** Owns the log files of played pods, in the form in which a container runtime writes them, and telling kwok where they lie. */

import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../api/client.ts';
import { KWOK_API } from '../nodes/kwokCrds.ts';

/** The logs of one pod. */
export type PodLogs = {
  /** The object by which kwok finds the files. */
  readonly object: KubeObject;
  /** Adds lines to what a container says now. */
  add(container: string, lines: readonly string[]): void;
  /** Makes what was said so far, and these lines, the log of the previous container. */
  rotate(container: string, lines: readonly string[]): void;
};

/** Makes empty logs for every container of the pod. */
export function createPodLogs(folder: string, pod: KubeObject): PodLogs {
  const own = join(folder, pod.metadata.uid ?? pod.metadata.name);
  mkdirSync(own, { recursive: true });
  const names = [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])].map(each =>
    String(each.name),
  );
  const file = (container: string) => join(own, `${container}.log`);
  const previous = (container: string) => join(own, `${container}.previous.log`);
  for (const name of names) writeFileSync(file(name), '');
  const { name, namespace, uid } = pod.metadata;
  const owner = { apiVersion: 'v1', kind: 'Pod', name, uid: uid ?? '' };
  return {
    object: {
      apiVersion: KWOK_API,
      kind: 'Logs',
      metadata: { name, namespace: namespace ?? 'default', ownerReferences: [owner] },
      spec: {
        logs: names.map(each => ({
          containers: [each],
          logsFile: file(each),
          previousLogsFile: previous(each),
        })),
      },
    },
    add: (container, lines) => appendFileSync(file(container), lines.map(formatted).join('')),
    rotate(container, lines) {
      appendFileSync(file(container), lines.map(formatted).join(''));
      renameSync(file(container), previous(container));
      writeFileSync(file(container), '');
    },
  };
}

function formatted(line: string): string {
  return `${new Date().toISOString().replace('Z', '000000Z')} stdout F ${line}\n`;
}
