/** `kill -9` in the middle of an install, at each of its steps, and the same command again: as if nothing had happened. */

import { spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../kit/checkout.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import type { Hub } from '../kit/hub.ts';
import { eventsOf, type ProgramEvent, programFile } from '../kit/program.ts';
import { deployWords, livesOf, NAMESPACE, PATIENCE, removeDeployment, runIn, useHub } from './installing.ts';
import { describeWithFrontend } from './support.ts';

type Moment = (event: ProgramEvent, before: readonly ProgramEvent[]) => boolean;

const nthApplied =
  (nth: number): Moment =>
  (event, before) =>
    event.kind === 'applied' && before.filter(({ kind }) => kind === 'applied').length === nth - 1;

const stageOf =
  (role: string): Moment =>
  event =>
    event.kind === 'stage' && event.role === role;

const moments: readonly (readonly [name: string, title: string, moment: Moment])[] = [
  ['k-look', 'after the look at the cluster', event => event.kind === 'cluster'],
  ['k-first', 'after the first write', nthApplied(1)],
  ['k-second', 'after the second write', nthApplied(2)],
  ['k-third', 'after the third write', nthApplied(3)],
  ['k-download', 'while the model is downloaded', stageOf('model download')],
  ['k-wait', 'while the worker comes up', stageOf('worker')],
  ['k-verify', 'while it is verified', event => event.kind === 'step'],
];

/** Kills the program at the first event that the moment takes; the events until then. */
const killedAt = (cluster: Cluster, hub: Hub, words: readonly string[], moment: Moment) =>
  new Promise<{ signal: string | null; events: readonly ProgramEvent[] }>((resolve, reject) => {
    const child = spawn(process.execPath, [programFile, ...words], {
      cwd: temporaryFolder(),
      env: {
        PATH: process.env.PATH ?? '',
        HOME: temporaryFolder(),
        KUBECONFIG: cluster.kubeconfig,
        ...hub.env,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', chunk => {
      said += chunk;
      const events = eventsOf(said.slice(0, said.lastIndexOf('\n') + 1));
      if (events.some((event, at) => moment(event, events.slice(0, at)))) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (_, signal) =>
      resolve({ signal, events: eventsOf(said.slice(0, said.lastIndexOf('\n') + 1)) }),
    );
  });

/** Names of a deployment's objects of one collection. */
const namesIn = async ({ api }: Cluster, path: string, name: string): Promise<string[]> =>
  ((await api.send('GET', path)).items as KubeObject[])
    .map(({ metadata }) => metadata.name)
    .filter(found => found === name || found.startsWith(`${name}-`) || found.endsWith(`-${name}`));

const inNamespace = (group: string, plural: string): string => `/${group}/namespaces/${NAMESPACE}/${plural}`;

await describeWithFrontend('install, killed and run again', { release: '0.9.1' }, cluster => {
  const hub = useHub();
  let current = '';
  afterEach(() => removeDeployment(cluster(), current), 90_000);

  test.each(moments)('%s: %s', PATIENCE, async (name, _, moment) => {
    current = name;
    const words = deployWords(name, '-o', 'json');
    const killed = await killedAt(cluster(), hub(), words, moment);
    expect(killed.signal).toBe('SIGKILL');
    expect(killed.events.some(({ kind }) => kind === 'result')).toBe(false);

    const again = await runIn(cluster(), hub(), words);
    expect(again.code).toBe(0);
    const result = eventsOf(again.stdout).at(-1);
    expect(result).toMatchObject({ kind: 'result', verdict: 'serving' });
    expect(again.stderr).not.toMatch(/held by|waiting for/i);

    const has = (group: string, plural: string) => namesIn(cluster(), inNamespace(group, plural), name);
    expect(await has('apis/nvidia.com/v1alpha1', 'dynamographdeployments')).toEqual([name]);
    expect(await has('apis/batch/v1', 'jobs')).toEqual([expect.stringMatching(/-download-[0-9a-f]{8}$/)]);
    expect(await has('api/v1', 'configmaps')).toEqual([`dynamo-installer-${name}`]);
    expect(await has('apis/coordination.k8s.io/v1', 'leases')).toEqual([]);
    expect(await livesOf(cluster(), name)).toHaveLength(3);
  });
});
