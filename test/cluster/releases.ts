/** Owns what a deployment's `-o json` must say, and the tests that every release passes. */

import { afterAll, describe, expect, test } from 'vitest';
import { MODEL } from '../kit/hub.ts';
import { type Ended, eventsOf, type ProgramEvent } from '../kit/program.ts';
import { deployWords, graphOf, livesOf, PATIENCE, removeDeployment, runIn, useHub } from './installing.ts';
import { describeWithFrontend } from './support.ts';

/** The release in config.json; the operator's own takes its place, which is said. */
const SHIPPED = '0.9.1';

const phases: readonly (readonly string[])[] = [
  ['cluster'],
  ['finding'],
  ['applied', 'left', 'waiting'],
  ['stage', 'download'],
  ['step'],
  ['finding'],
  ['result'],
];

/** Whether the kinds come phase after phase. */
const isInOrder = (events: readonly ProgramEvent[]): boolean => {
  let phase = 0;
  for (const { kind } of events) {
    while (phase < phases.length && !phases[phase]?.includes(kind)) phase += 1;
  }
  return phase === phases.length - 1;
};

type Step = ProgramEvent & { readonly step: string; readonly outcome: string; readonly detail: string };

/** The end of every step: `pass 3 in a row`, by its name. */
const stepsOf = (events: readonly ProgramEvent[]): Record<string, string> =>
  Object.fromEntries(
    (events as readonly Step[])
      .filter(({ kind, outcome }) => kind === 'step' && outcome !== 'running')
      .map(({ step, outcome, detail }) => [step, `${outcome} ${detail}`]),
  );

type Change = ProgramEvent & {
  readonly ref: { readonly kind: string; readonly name: string; readonly apiVersion: string };
  readonly result?: string;
};

/** `created Job chat-download-HASH`, in the order told. */
export const changesOf = (events: readonly ProgramEvent[]): string[] =>
  (events as readonly Change[])
    .filter(({ kind }) => kind === 'applied' || kind === 'left')
    .map(({ kind, result, ref }) => `${kind === 'left' ? 'left' : result} ${ref.kind} ${ref.name}`)
    .map(line => line.replace(/-[0-9a-f]{8}$/, '-HASH'));

const apiVersionOf = (events: readonly ProgramEvent[]): string | undefined =>
  (events as readonly Change[]).find(({ kind, ref }) => kind === 'applied' && ref.kind.startsWith('Dynamo'))
    ?.ref.apiVersion;

type Stage = ProgramEvent & { readonly role: string; readonly ready: number; readonly wanted: number };

const lastStages = (events: readonly ProgramEvent[]): Record<string, string> =>
  Object.fromEntries(
    (events as readonly Stage[])
      .filter(({ kind }) => kind === 'stage')
      .map(({ role, ready, wanted, stage }) => [role, `${ready}/${wanted} ${stage}`]),
  );

/** What everybody who reads the lines relies on. */
export const expectSound = (ended: Ended): ProgramEvent[] => {
  const events = eventsOf(ended.stdout);
  expect(ended.stderr).toBe('');
  for (const { at } of events) expect(new Date(at).toISOString()).toBe(at);
  expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted());
  expect(events.filter(({ kind }) => kind === 'result')).toEqual(events.slice(-1));
  expect(events.map(({ kind }) => kind)).toSatisfy(() => isInOrder(events));
  return events;
};

type Case = {
  readonly name: string;
  readonly words: readonly string[];
  readonly roles: readonly string[];
  readonly proofs: Readonly<Record<string, RegExp>>;
};

// The frontend that stands for every release counts both.
const router = /^pass event-driven: [1-9]\d* KV events?, \d{3,} tokens of the repeated prompt cached/;
const prefilled = /^pass [1-9]\d* requests were prefilled$/;

export const cases: readonly Case[] = [
  { name: 'agg', words: ['--mode', 'aggregated'], roles: ['worker'], proofs: {} },
  {
    name: 'agg-router',
    words: ['--mode', 'aggregated', '--kv-router'],
    roles: ['worker'],
    proofs: { router },
  },
  {
    name: 'disagg',
    words: ['--mode', 'disaggregated'],
    roles: ['prefill', 'decode'],
    proofs: { disaggregated: prefilled },
  },
  {
    name: 'disagg-router',
    words: ['--mode', 'disaggregated', '--kv-router'],
    roles: ['prefill', 'decode'],
    proofs: { router, disaggregated: prefilled },
  },
];

/** The simplest case and the one with everything. */
export const plainAndFull: readonly Case[] = cases.filter((_, at) => at === 0 || at === cases.length - 1);

type Found = { readonly rule: string; readonly level: string };

const expectServing = (events: readonly ProgramEvent[], release: string, { roles, proofs }: Case): void => {
  const steps = stepsOf(events);
  expect(Object.keys(steps).filter(step => /^(fail|warn)/.test(steps[step] ?? ''))).toEqual([]);
  expect(steps).toMatchObject({ live: expect.stringMatching(/^pass/), chat: expect.stringMatching(/^pass/) });
  for (const role of roles) expect(steps.health).toMatch(new RegExp(`^pass.*\\b${role} 1\\b`));
  for (const [step, proof] of Object.entries(proofs)) expect(steps[step]).toMatch(proof);
  for (const step of ['router', 'disaggregated']) expect(step in steps).toBe(step in proofs);
  const result = events.at(-1);
  expect(result).toMatchObject({ kind: 'result', schemaVersion: 1, verdict: 'serving', model: MODEL });
  const found = (result?.findings ?? []) as readonly Found[];
  expect(found.filter(({ level }) => level !== 'info')).toEqual([]);
  expect(found.some(({ rule }) => rule === 'release-from-operator')).toBe(release !== SHIPPED);
  expect(result?.answer).toMatch(/[a-z]{4,}/);
};

/** The claim is made by the first; what is left as it is is known before the first write. */
const firstChanges = (name: string, isFirst: boolean): string[] => {
  const claim = 'PersistentVolumeClaim dynamo-model-cache';
  return [
    ...(isFirst ? [] : [`left ${claim}`]),
    `created ConfigMap dynamo-installer-${name}`,
    ...(isFirst ? [`created ${claim}`] : []),
    `created Job ${name}-download-HASH`,
    `created DynamoGraphDeployment ${name}`,
  ];
};

const allReady = (roles: readonly string[]): Record<string, string> => ({
  'model download': '1/1 complete',
  ...Object.fromEntries(['Frontend', ...roles].map(role => [role, '1/1 ready'])),
});

/** Each case is installed, installed once more, and removed. */
export const testInstalls = (release: string, apiVersion: string, tested: readonly Case[]): Promise<void> =>
  describeWithFrontend(`install --yes on Dynamo ${release}`, { release }, cluster => {
    const hub = useHub();
    describe.each(tested)('$name', one => {
      const { name, words, roles } = one;
      const install = (): Promise<Ended> =>
        runIn(cluster(), hub(), deployWords(name, ...words, '-o', 'json'));
      afterAll(() => removeDeployment(cluster(), name), 90_000);

      test('comes to a verified answer', PATIENCE, async () => {
        const ended = await install();
        const events = expectSound(ended);
        expectServing(events, release, one);
        expect(ended.code).toBe(0);
        expect(changesOf(events)).toEqual(firstChanges(name, one === tested[0]));
        expect(apiVersionOf(events)).toBe(`nvidia.com/${apiVersion}`);
        expect(lastStages(events)).toEqual(allReady(roles));
      });

      test('changes and restarts nothing the second time, and verifies again', PATIENCE, async () => {
        const [graph, lives] = [await graphOf(cluster(), name), await livesOf(cluster(), name)];
        const ended = await install();
        const events = expectSound(ended);
        expectServing(events, release, one);
        expect(ended.code).toBe(0);
        const changes = changesOf(events);
        expect(changes).toHaveLength(4);
        expect(changes.filter(change => !/^(left|unchanged) /.test(change))).toEqual([]);
        expect((await graphOf(cluster(), name))?.metadata.generation).toBe(graph?.metadata.generation);
        expect((await graphOf(cluster(), name))?.metadata.uid).toBe(graph?.metadata.uid);
        expect(await livesOf(cluster(), name)).toEqual(lives);
        expect(lives.length).toBe(roles.length + 2);
      });
    });
  });
