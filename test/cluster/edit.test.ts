/** Changes of a running deployment: scaling, an upgrade, an update on full GPUs, and one that is taken back. */

import { expect, test } from 'vitest';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import type { Script } from '../kit/cluster/pods/director.ts';
import { crash } from '../kit/cluster/pods/troubles.ts';
import { type Ended, eventsOf, type ProgramEvent, verb } from '../kit/program.ts';
import { deployWords, graphOf, livesOf, NAMESPACE, PATIENCE, runIn, useHub } from './installing.ts';
import { describeWithFrontend } from './support.ts';

const NAME = 'chat';

const argsOf = ({ spec }: KubeObject): string[] =>
  ((spec?.containers as { args?: string[] }[] | undefined) ?? []).flatMap(({ args = [] }) => args);

const outOfMemory =
  'ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine.';

/** An engine with this seed dies whenever it is started. */
const crashing =
  (usual: Script): Script =>
  async life => {
    if (!argsOf(life.pod).join(' ').includes('--seed 13')) return usual(life);
    await life.reach('pulling');
    await life.reach('running');
    await crash(life, [outOfMemory], 3);
  };

type Finding = {
  readonly rule: string;
  readonly level: string;
  readonly message: string;
  readonly hint: string;
};
type RoleEvent = { readonly role: string; readonly fate: string; readonly reasons: readonly string[] };

const findingsOf = (events: readonly ProgramEvent[]): Finding[] =>
  (events.at(-1)?.findings ?? []) as Finding[];

const rolesOf = (events: readonly ProgramEvent[]): string[] =>
  ((events.find(({ kind }) => kind === 'changes')?.roles ?? []) as RoleEvent[]).map(
    ({ role, fate }) => `${role} ${fate}`,
  );

// Four GPUs in all.
const settings = { release: '0.9.1', nodes: 'g6.12xlarge=1,cpu=2', script: crashing };

await describeWithFrontend('a deployment that changes', settings, cluster => {
  const hub = useHub();
  const run = async (...words: readonly string[]): Promise<{ ended: Ended; events: ProgramEvent[] }> => {
    const ended = await runIn(cluster(), hub(), [...words, '-o', 'json']);
    return { ended, events: eventsOf(ended.stdout) };
  };
  const change = (name: string, ...words: readonly string[]) => run(...verb(name, NAME, ...words));

  const expectServing = ({ ended, events }: Awaited<ReturnType<typeof run>>): void => {
    expect(findingsOf(events).filter(({ level }) => level === 'error')).toEqual([]);
    expect(events.at(-1)).toMatchObject({ kind: 'result', verdict: 'serving' });
    expect(ended.code).toBe(0);
  };
  const livesNow = () => livesOf(cluster(), NAME);
  const component = async (name: string): Promise<string> => {
    const { services } = ((await graphOf(cluster(), NAME))?.spec ?? {}) as {
      services: Record<string, unknown>;
    };
    return JSON.stringify(services[name]);
  };
  const answers = async (): Promise<string> => {
    const metadata = { name: `dynamo-installer-${NAME}`, namespace: NAMESPACE };
    const record = await cluster().objects.read({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    return String((record?.data as Record<string, string> | undefined)?.['answers.yaml']);
  };
  /** Names of objects that were written since, without leases and reviews. */
  const writes = (from: number): string[] => [
    ...new Set(
      cluster()
        .audit()
        .slice(from)
        .filter(one => /create|patch|update|delete/.test(one.verb) && !one.uri.includes('dryRun'))
        .filter(({ resource }) => !/^selfsubject|^leases/.test(resource))
        .map(({ resource, name }) => `${resource} ${name}`),
    ),
  ];

  test('begins on an older release', PATIENCE, async () => {
    expectServing(await run(...deployWords(NAME, '--release', '0.8.1')));
  });

  test('is scaled up without a restart of what runs, and only that is written', PATIENCE, async () => {
    const before = await livesNow();
    const from = cluster().audit().length;
    const scaled = await change('scale', '--replicas', '2');
    expectServing(scaled);
    expect(rolesOf(scaled.events)).toEqual(['Frontend kept', 'worker scaled']);
    const now = await livesNow();
    expect(now).toEqual(expect.arrayContaining(before));
    expect(now).toHaveLength(before.length + 1);
    expect(writes(from).sort()).toEqual([
      `configmaps dynamo-installer-${NAME}`,
      `dynamographdeployments ${NAME}`,
    ]);
    expect(await answers()).toContain('replicas: 2');
  });

  test('is upgraded: every pod is replaced by one of the new image', PATIENCE, async () => {
    const before = await livesNow();
    const upgraded = await change('edit', '--release', '0.9.1', '--yes');
    expectServing(upgraded);
    expect(rolesOf(upgraded.events)).toEqual(['Frontend replaced', 'worker replaced']);
    expect(await component('worker')).toContain('vllm-runtime:0.9.1');
    const kept = (await livesNow()).filter(life => before.includes(life) && !life.includes('-download-'));
    expect(kept).toEqual([]);
  });

  test('is not changed where the update would wait for GPUs for ever', PATIENCE, async () => {
    const before = await component('worker');
    const { ended, events } = await change('edit', '--tensor-parallel-size', '2');
    expect(ended.code).toBe(69);
    const errors = findingsOf(events).filter(({ level }) => level === 'error');
    expect(errors.map(({ rule }) => rule)).toEqual(['update-deadlock']);
    expect(errors[0]?.hint).toContain('--update-strategy in-place');
    expect(await component('worker')).toBe(before);
  });

  test('is changed with the old pods stopped first', PATIENCE, async () => {
    const words = ['--tensor-parallel-size', '2', '--update-strategy', 'in-place'];
    const changed = await change('edit', ...words);
    expectServing(changed);
    expect(rolesOf(changed.events)).toEqual(['Frontend kept', 'worker replaced']);
    expect(await component('worker')).toContain('"gpu":"2"');
    expect(await component('worker')).toContain('rolling-update-max-unavailable":"1"');
  });

  test('runs with its former settings again when the new ones do not come up', PATIENCE, async () => {
    const [worker, kept] = [await component('worker'), await answers()];
    const { ended, events } = await change('edit', '--vllm-args', '--seed 13', '--rollback-on-failure');
    expect(ended.code).toBe(1);
    expect(events.at(-1)).toMatchObject({ kind: 'result', verdict: 'not-serving' });
    expect(events.map(({ kind }) => kind)).toContain('rolling-back');
    const last = findingsOf(events).at(-1);
    expect(last).toMatchObject({ rule: 'rolled-back', level: 'info' });
    expect(findingsOf(events).some(({ level, message }) => level === 'error' && /memory/.test(message))).toBe(
      true,
    );
    expect(await component('worker')).toBe(worker);
    expect(await answers()).toBe(kept);
  });

  test('keeps everything when a change cannot be', PATIENCE, async () => {
    const before = await livesNow();
    const from = cluster().audit().length;
    const refused = async (code: number, words: readonly string[], text: RegExp): Promise<void> => {
      const ended = await runIn(cluster(), hub(), words);
      expect(ended.stderr).toMatch(text);
      expect(ended.code).toBe(code);
    };
    await refused(64, verb('scale', NAME, '--replicas', '0'), /cannot be scaled to 0/);
    await refused(65, verb('scale', NAME, '--prefill-replicas', '2'), /--prefill-replicas is given/);
    await refused(64, verb('scale', NAME), /Nothing that should change was named/);
    await refused(64, verb('edit', NAME, '--name', 'other'), /name of a deployment cannot change/);
    await refused(65, verb('edit', NAME, '--mode', 'disaggregated'), /cannot be changed in place/);
    await refused(69, verb('scale', 'nobody', '--replicas', '2'), /There is no deployment nobody/);
    expect(writes(from)).toEqual([]);
    expect(await livesNow()).toEqual(before);
  });

  test('of somebody else is left to them', PATIENCE, async () => {
    const theirs = (await graphOf(cluster(), NAME)) as KubeObject;
    await cluster().objects.create({
      apiVersion: theirs.apiVersion,
      kind: theirs.kind,
      metadata: { name: 'theirs', namespace: NAMESPACE, labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
      spec: { services: { Frontend: { componentType: 'frontend', replicas: 1 } } },
    });
    const asked = () => runIn(cluster(), hub(), verb('edit', 'theirs', '--replicas', '2'));
    const foreign = await asked();
    expect(foreign.code).toBe(65);
    expect(foreign.stderr).toMatch(/not made by this program but by\s+Helm/);
    const labels =
      /kubectl label -n \S+ dynamographdeployment theirs (.*) --overwrite/.exec(foreign.stderr)?.[1] ?? '';
    await cluster().objects.mergeMetadata(
      { ...theirs, metadata: { name: 'theirs', namespace: NAMESPACE } },
      { labels: Object.fromEntries(labels.split(' ').map(label => label.split('='))) },
    );
    const handedOver = await asked();
    expect(handedOver.code).toBe(65);
    expect(handedOver.stderr).toMatch(/ConfigMap\s+dynamo-installer-theirs/);
    expect(handedOver.stderr).toContain('install --name theirs -n dynamo-system');
  });
});

// Two GPUs: one for prefill, one for decode, none to spare.
const together = { release: '1.5.1', nodes: 'g6.xlarge=2,cpu=2' };

await describeWithFrontend('workers that are replaced together', together, cluster => {
  const hub = useHub();
  const words = ['--release', '1.5.1', '--mode', 'disaggregated'];
  const edit = async (...more: readonly string[]) => {
    const ended = await runIn(cluster(), hub(), [...verb('edit', NAME, ...more), '-o', 'json']);
    return { ended, events: eventsOf(ended.stdout) };
  };

  test('make way one after the other where no GPU is to spare', PATIENCE, async () => {
    expect((await runIn(cluster(), hub(), deployWords(NAME, ...words))).code).toBe(0);
    const before = await livesOf(cluster(), NAME);
    const refused = await edit('--vllm-args', '--max-model-len 4096');
    expect(refused.ended.code).toBe(69);
    const changed = await edit('--vllm-args', '--max-model-len 4096', '--update-strategy', 'in-place');
    expect(changed.events.at(-1)).toMatchObject({ kind: 'result', verdict: 'serving' });
    expect(rolesOf(changed.events)).toEqual(['Frontend kept', 'prefill replaced', 'decode replaced']);
    const now = await livesOf(cluster(), NAME);
    const kept = now.filter(life => before.includes(life)).map(life => life.split('-')[1]);
    expect(kept.sort()).toEqual(['download', 'frontend']);
  });
});
