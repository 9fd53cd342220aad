/** An uninstall that is cut, interrupted, or left alone by the operator: a second one ends it, and nothing foreign is written. */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import { type Ended, eventsOf, type ProgramEvent, type Started, startProgram, verb } from '../kit/program.ts';
import { foreignWrites, objectsOf, RELEASE } from './removing.ts';
import { describeWithCluster, eventually } from './support.ts';

const SPACE = 'dynamo-system';
const PATIENCE = { timeout: 60_000 };
/** The program has seen a signal by then; what is held may go on. */
const seenMs = 300;

type Matches = NonNullable<Fault['when']>;

const asks =
  (method: string, part: string): Matches =>
  request =>
    request.method === method && request.url.includes(part) && !request.url.includes('dryRun');

/** In their order. Each stands still when the API server has done what was asked, before the program hears of it. */
type Moment = {
  readonly name: string;
  readonly when: Matches;
  /** What is said when the answer never comes; nothing has to be said of a lease. */
  readonly cut: RegExp | null;
  /** What is said when it comes after Ctrl-C. */
  readonly interrupted: RegExp | null;
  /** All is gone by then, and a second run finds nothing. */
  readonly isLast: boolean;
};

const moments: readonly Moment[] = [
  {
    name: 'the lease was taken',
    when: asks('POST', '/leases'),
    cut: /broke the connection/,
    interrupted: /nothing was removed/,
    isLast: false,
  },
  {
    name: 'the graph was deleted',
    when: asks('DELETE', '/dynamographdeployments/'),
    cut: /Whether DynamoGraphDeployment \S+ was deleted is not known.*run again/,
    interrupted: /Deleted so far: DynamoGraphDeployment \S+\. The cluster goes on/,
    isLast: false,
  },
  {
    name: 'the pods are watched',
    when: asks('GET', 'watch='),
    cut: /not heard any more.*Deleted so far: DynamoGraphDeployment \S+\./,
    interrupted: /Deleted so far: DynamoGraphDeployment \S+\. The cluster goes on/,
    isLast: false,
  },
  {
    name: 'the Job was deleted',
    when: asks('DELETE', '/jobs/'),
    cut: /Deleted so far: DynamoGraphDeployment \S+\. Whether Job \S+ was deleted is not known/,
    interrupted: /Deleted so far: DynamoGraphDeployment \S+ and Job \S+\. /,
    isLast: false,
  },
  {
    name: 'the record was deleted',
    when: asks('DELETE', '/configmaps/'),
    cut: /Whether ConfigMap \S+ was deleted is not known/,
    interrupted: /Deleted so far: .* and ConfigMap \S+\. /,
    isLast: true,
  },
  {
    name: 'the lease was given back',
    when: asks('DELETE', '/leases'),
    cut: null,
    interrupted: null,
    isLast: true,
  },
];

const resultOf = ({ stdout }: Ended): ProgramEvent | undefined => eventsOf(stdout).at(-1);

describeWithCluster(
  'an uninstall in trouble',
  { nodes: 'p5.48xlarge=1,cpu=1', release: RELEASE },
  cluster => {
    let proxy: FaultProxy;
    let name = '';
    let from = 0;
    let foreign: readonly string[] = [];

    /** Of others: another deployment that shares the claim, and what looks like a part of ours. */
    const others: readonly KubeObject[] = [
      ...objectsOf('neighbour', SPACE),
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'lookalike',
          namespace: SPACE,
          labels: { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'trouble' },
        },
      },
    ];

    const isServing = async (called: string): Promise<true | undefined> => {
      const [graph] = objectsOf(called, SPACE).filter(({ kind }) => kind === 'DynamoGraphDeployment');
      const found = graph && (await cluster().objects.read(graph));
      return found?.status?.state === 'successful' || undefined;
    };
    const make = async (called: string): Promise<void> => {
      for (const object of objectsOf(called, SPACE))
        await cluster().objects.apply(object, 'dynamo-installer');
      await eventually(() => isServing(called), `${called} serves`);
    };
    /** What must stay as it is. */
    const standing = async (): Promise<string[]> => {
      const found = await Promise.all(others.map(one => cluster().objects.read(one)));
      return found.map(
        one => `${one?.kind} ${one?.metadata.name} ${one?.metadata.uid} ${JSON.stringify(one?.spec)}`,
      );
    };
    const remaining = async (): Promise<string[]> => {
      const own = objectsOf(name, SPACE).filter(({ kind }) => kind !== 'PersistentVolumeClaim');
      const found = await Promise.all(own.map(one => cluster().objects.read(one)));
      return found.filter(one => one !== undefined).map(one => one.kind);
    };
    const start = (...words: readonly string[]): Started =>
      startProgram(
        [
          ...verb('uninstall', name, '-n', SPACE, '--yes', '-o', 'json', ...words),
          '--context',
          'through-proxy',
        ],
        { env: { KUBECONFIG: proxy.kubeconfig } },
      );
    /** The same command once more, without any trouble. */
    const again = async (isLast: boolean): Promise<void> => {
      proxy.set();
      const ended = await start().ended;
      if (isLast) expect([ended.code, ended.stdout]).toEqual([69, expect.stringContaining('There is no ')]);
      if (isLast) return;
      expect(resultOf(ended)).toMatchObject({ verdict: 'removed', left: [] });
      expect(ended.code).toBe(0);
    };

    beforeAll(async () => {
      proxy = await startFaultProxy(cluster().plane);
      for (const object of others) await cluster().objects.apply(object, 'dynamo-installer');
      await eventually(() => isServing('neighbour'), 'the neighbour serves');
      foreign = await standing();
    }, PATIENCE.timeout);
    afterAll(() => proxy?.stop());
    /** However it went. */
    afterEach(async () => {
      proxy.set();
      expect(await remaining()).toEqual([]);
      expect(foreignWrites(cluster().audit().slice(from), name)).toEqual([]);
      expect(await standing()).toEqual(foreign);
    });

    const begin = async (called: string): Promise<void> => {
      name = called;
      await make(name);
      from = cluster().audit().length;
    };

    describe('when the API server goes away', () => {
      test.each(moments.map((moment, at) => [moment.name, `cut${at}`, moment] as const))(
        'after %s',
        PATIENCE,
        async (_, called, { when, cut, isLast }) => {
          await begin(called);
          const away = async (): Promise<void> => {
            proxy.set({ kind: 'cut', afterBytes: 0 });
            proxy.drop();
          };
          proxy.set({ kind: 'hold', at: 'answer', times: 1, when, hold: away });
          const ended = await start('--timeout', '3s', '--request-timeout', '2s').ended;
          expect(ended.code).toBe(cut === null ? 0 : 69);
          expect(JSON.stringify(resultOf(ended)?.findings)).toMatch(cut ?? /^\[\]$/);
          // Nothing is said of an operator that may well have done its part.
          expect(ended.stdout).not.toContain('finalizer');
          await again(isLast);
        },
      );
    });

    describe('when it is interrupted', () => {
      test.each(moments.map((moment, at) => [moment.name, `stop${at}`, moment] as const))(
        'after %s',
        PATIENCE,
        async (_, called, { when, interrupted, isLast }) => {
          await begin(called);
          let came = (): void => {};
          let go = (): void => {};
          const reached = new Promise<void>(resolve => {
            came = resolve;
          });
          const held = new Promise<void>(resolve => {
            go = resolve;
          });
          const hold = (): Promise<void> => {
            came();
            return held;
          };
          proxy.set({ kind: 'hold', at: 'answer', times: 1, when, hold });
          const running = start();
          await reached;
          running.kill('SIGINT');
          await sleep(seenMs);
          go();
          const ended = await running.ended;
          expect(ended.code).toBe(interrupted === null ? 0 : 130);
          expect(JSON.stringify(resultOf(ended)?.findings)).toMatch(interrupted ?? /^\[\]$/);
          await again(isLast);
        },
      );
    });

    test(
      'without the operator it says what only the operator can do, and forces nothing',
      PATIENCE,
      async () => {
        await begin('alone');
        const bringBack = await cluster().stopOperator();
        const ended = await start('--timeout', '20s').ended;

        expect(ended.code).toBe(1);
        expect(resultOf(ended)).toMatchObject({ verdict: 'left-over' });
        expect(JSON.stringify(resultOf(ended)?.findings)).toMatch(
          /nvidia\.com\/finalizer is cleared only by the Dynamo operator, and there is none/,
        );
        expect(await remaining()).toEqual(['DynamoGraphDeployment']);
        await bringBack();
        await eventually(
          async () => ((await remaining()).length === 0 ? true : undefined),
          'the operator ends it',
        );
      },
    );
  },
);
