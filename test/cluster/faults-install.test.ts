/** `install --yes` through trouble on the way to the API server: it ends as it would without, and leaves the same behind. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../kit/checkout.ts';
import { createLogin } from '../kit/cluster/faults/login.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import { startRelay } from '../kit/cluster/faults/relay.ts';
import type { Script } from '../kit/cluster/pods/director.ts';
import { type Ended, eventsOf, type ProgramEvent, type Started, startProgram } from '../kit/program.ts';
import { type Footprint, footprintOf, settledFootprint } from './footprint.ts';
import { deployWords, NAMESPACE, removeDeployment, useHub } from './installing.ts';
import { changesOf, expectSound } from './releases.ts';
import { describeWithFrontend } from './support.ts';

/** Only a hang takes so long. */
const PATIENCE = { timeout: 150_000 };

type Request = { readonly method: string; readonly url: string };

const isWatch = ({ url }: Request): boolean => url.includes('watch=true');
const isPatch = ({ method }: Request): boolean => method === 'PATCH';
const isRealPatch = (request: Request): boolean => isPatch(request) && !request.url.includes('dryRun');
const isRead = (request: Request): boolean => request.method === 'GET' && !isWatch(request);
const isLease = ({ url }: Request): boolean => url.includes('/leases');
const isPortForward = ({ url }: Request): boolean => url.includes('/portforward');
/** True for every so many requests of a kind. */
const everyNth = (n: number, kind: (request: Request) => boolean = () => true) => {
  let seen = 0;
  return (request: Request): boolean => {
    if (!kind(request)) return false;
    seen += 1;
    return seen % n === 0;
  };
};

type Found = { readonly rule: string; readonly level: string; readonly message: string };

const alarms = (events: readonly ProgramEvent[]): string[] =>
  events
    .flatMap(event =>
      event['finding'] ? [event['finding'] as Found] : ((event['findings'] ?? []) as Found[]),
    )
    .filter(({ level }) => level === 'error' || level === 'warning')
    .map(({ rule }) => rule);

/** Workers of such a deployment never get ready. */
const script =
  (usual: Script): Script =>
  async life => {
    if (life.role === 'worker' && life.pod.metadata.name.startsWith('gone')) await life.reach('running');
    else await usual(life);
  };

await describeWithFrontend('install through faults', { script }, cluster => {
  const hub = useHub();
  let faults: FaultProxy;
  let clean: Footprint;
  let claimed: string[];
  beforeAll(async () => {
    faults = await startFaultProxy(cluster().plane);
    claimed = changesOf(expectServing(await start('fault-none', faults.kubeconfig).ended));
    clean = await footprintOf(cluster(), 'fault-none');
  }, PATIENCE.timeout);
  afterAll(() => faults?.stop());

  const start = (name: string, kubeconfig: string, ...words: readonly string[]): Started =>
    startProgram([...deployWords(name, ...words), '-o', 'json'], {
      env: { KUBECONFIG: kubeconfig, ...hub().env },
    });

  const expectServing = (ended: Ended): ProgramEvent[] => {
    expect([ended.stderr, ended.code]).toEqual(['', 0]);
    const events = expectSound(ended);
    expect(events.at(-1)).toMatchObject({ kind: 'result', verdict: 'serving' });
    expect(alarms(events)).toEqual([]);
    return events;
  };

  /** Served, said of every object once what became of it, and left what an undisturbed run leaves. */
  const expectAsClean = async (name: string, ended: Ended): Promise<void> => {
    const events = expectServing(ended);
    const objects = (changes: readonly string[], of: string): string[] =>
      changes.map(change => change.replace(/^\w+ /, '').replace(of, 'NAME')).toSorted();
    expect(objects(changesOf(events), name)).toEqual(objects(claimed, 'fault-none'));
    expect(await settledFootprint(cluster(), name, clean)).toEqual(clean);
  };

  describe('of the way', () => {
    let name = '';
    afterEach(async () => {
      faults.set();
      await removeDeployment(cluster(), name);
    }, PATIENCE.timeout);

    /** Installs with faults, and expects that they happened. */
    const through = async (called: string, ...trouble: readonly Fault[]): Promise<Ended> => {
      name = called;
      let happened = 0;
      faults.set(
        ...trouble.map(fault => ({
          ...fault,
          when: (request: Request) => {
            const matches = fault.when?.(request) ?? true;
            if (matches) happened += 1;
            return matches;
          },
        })),
      );
      const ended = await start(called, faults.kubeconfig).ended;
      expect(happened).toBeGreaterThan(0);
      return ended;
    };

    test('every answer 300 ms late', PATIENCE, async () => {
      await expectAsClean('fault-delayed', await through('fault-delayed', { kind: 'delay', ms: 300 }));
    });

    test('every fifth request cut in its answer', PATIENCE, async () => {
      const ended = await through('fault-cut', { kind: 'cut', afterBytes: 1, when: everyNth(5) });
      await expectAsClean('fault-cut', ended);
    });

    test('every write cut once after it was done', PATIENCE, async () => {
      const seen = new Set<string>();
      const first = ({ method, url }: Request): boolean => {
        const isNew = method !== 'GET' && !seen.has(`${method} ${url}`);
        seen.add(`${method} ${url}`);
        return isNew;
      };
      await expectAsClean(
        'fault-unsaid',
        await through('fault-unsaid', { kind: 'cut', afterBytes: 1, when: first }),
      );
    });

    test('429 with Retry-After for the first lists and writes', PATIENCE, async () => {
      const busy = { kind: 'answer', status: 429, retryAfter: 1 } as const;
      const ended = await through(
        'fault-throttled',
        { ...busy, times: 3, when: isRead },
        { ...busy, times: 3, when: isPatch },
        { ...busy, times: 1, when: isRealPatch },
        { ...busy, times: 2, when: request => isLease(request) },
      );
      await expectAsClean('fault-throttled', ended);
    });

    test('410 for watches, before they begin and in the middle', PATIENCE, async () => {
      const ended = await through(
        'fault-expired',
        { kind: 'answer', status: 410, times: 4, when: everyNth(2, isWatch) },
        { kind: 'endWatch', afterMs: 200, gone: true },
      );
      await expectAsClean('fault-expired', ended);
    });

    test('500 and 503 now and then', PATIENCE, async () => {
      const ended = await through(
        'fault-failing',
        { kind: 'answer', status: 500, when: everyNth(4, isRead) },
        { kind: 'answer', status: 503, when: everyNth(3, isRead) },
        { kind: 'answer', status: 503, times: 2, when: isWatch },
        { kind: 'answer', status: 500, times: 1, when: isRealPatch },
        { kind: 'answer', status: 503, times: 2, when: request => isLease(request) },
      );
      await expectAsClean('fault-failing', ended);
    });

    test('watches that end every second', PATIENCE, async () => {
      await expectAsClean('fault-brief', await through('fault-brief', { kind: 'endWatch', afterMs: 1000 }));
    });

    test('port-forwards that break after a while', PATIENCE, async () => {
      const ended = await through('fault-broken', {
        kind: 'cut',
        afterBytes: 700,
        times: 4,
        when: isPortForward,
      });
      await expectAsClean('fault-broken', ended);
    });

    test('the frontend killed before the first request reaches it', PATIENCE, async () => {
      const ended = await through('fault-killed', {
        kind: 'hold',
        at: 'request',
        times: 1,
        when: isPortForward,
        hold: () => killFrontend('fault-killed'),
      });
      await expectAsClean('fault-killed', ended);
    });

    test('the frontend killed between two requests', PATIENCE, async () => {
      name = 'fault-shot';
      const running = start(name, faults.kubeconfig);
      await running.says(/"step":"health"[^\n]*"pass"/);
      await killFrontend(name);
      await expectAsClean(name, await running.ended);
    });

    const killFrontend = async (called: string): Promise<void> => {
      const selector = encodeURIComponent(
        `nvidia.com/dynamo-graph-deployment-name=${called},nvidia.com/dynamo-component-type=frontend`,
      );
      const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
      const { items } = await cluster().api.send('GET', `${path}?labelSelector=${selector}`);
      for (const { metadata } of items as { metadata: { name: string } }[])
        await cluster().api.send('DELETE', `${path}/${metadata.name}?gracePeriodSeconds=0`);
    };

    test('HTTP/2 connections that break', PATIENCE, async () => {
      name = 'fault-reset';
      const relay = await startRelay(cluster().plane, connection =>
        connection <= 8 ? connection * 12_000 : undefined,
      );
      const ended = await start(name, relay.kubeconfig).ended;
      expect(relay.count().broken).toBeGreaterThan(2);
      await relay.stop();

      await expectAsClean(name, ended);
    });

    test('credentials that run out while writing, while waiting and while verifying', PATIENCE, async () => {
      name = 'fault-renewed';
      const login = createLogin(cluster().plane, faults, temporaryFolder());
      const turnedAway = faults.turnedAway.length;
      const expire = async (): Promise<void> => {
        login.expire();
        faults.drop();
      };
      faults.set(
        { kind: 'hold', at: 'request', times: 1, when: isRealPatch, hold: async () => login.expire() },
        { kind: 'hold', at: 'answer', times: 1, when: isWatch, hold: expire },
        { kind: 'hold', at: 'request', times: 1, when: isPortForward, hold: expire },
      );
      const ended = await start(name, login.kubeconfig).ended;
      faults.letIn();
      expect(faults.turnedAway.length - turnedAway).toBeGreaterThanOrEqual(3);
      expect(login.runs()).toBe(4);
      await expectAsClean(name, ended);
    });
  });

  describe('an API server that is gone for good', () => {
    let own: FaultProxy;
    let name = '';
    beforeEach(async () => {
      own = await startFaultProxy(cluster().plane);
    });
    afterEach(async () => {
      await own.stop();
      await removeDeployment(cluster(), name);
    }, PATIENCE.timeout);

    /** Nobody answers any more, but the connections stand. */
    const fallSilent = (): void => {
      own.set({ kind: 'hold', at: 'request', hold: () => new Promise(() => {}) });
      own.drop();
    };

    type Result = { readonly message?: string; readonly hint?: string; readonly findings: readonly Found[] };
    const resultOf = (ended: Ended): Result => eventsOf(ended.stdout).at(-1) as unknown as Result;

    test.each([
      ['refuses connections', () => own.stop()],
      ['does not answer', fallSilent],
    ])('while waiting: %s', PATIENCE, async (how, goAway) => {
      name = `gone-${how.split(' ')[0]}`;
      const running = start(name, own.kubeconfig, '--timeout', '15s', '--request-timeout', '2s');
      await running.says(/"kind":"stage","role":"worker"/);
      await goAway();
      const ended = await running.ended;
      expect([ended.stderr, ended.code]).toEqual(['', 124]);
      const { message, hint, findings } = resultOf(ended);
      expect(findings[0]).toMatchObject({ rule: 'wait-silent', level: 'error' });
      expect(findings[0]?.message).toMatch(
        /^Nothing has been heard .* for \d+ s: The API server of the context/,
      );
      expect(message).toContain(`DynamoGraphDeployment ${name}`);
      expect(hint).toMatch(/To try again .* install .*--yes\nTo remove it.* uninstall gone-/);
    });

    test('while writing, and the next run goes on at once', PATIENCE, async () => {
      name = 'fault-writing';
      const isJob = (request: Request): boolean => isRealPatch(request) && request.url.includes('/jobs/');
      own.set({ kind: 'hold', at: 'request', when: isJob, times: 1, hold: () => own.stop() });
      const ended = await start(name, own.kubeconfig).ended;
      expect([ended.stderr, ended.code]).toEqual(['', 69]);
      const { message, findings } = resultOf(ended);
      expect(findings.map(({ rule }) => rule)).toEqual(['cluster-unreachable']);
      expect(message).toMatch(
        /^Applying stopped at Job fault-writing-download-\w+\. Applied so far: ConfigMap dynamo-installer-fault-writing\.$/,
      );
      await expectAsClean(name, await start(name, faults.kubeconfig).ended);
    });

    test('while verifying', PATIENCE, async () => {
      name = 'fault-verifying';
      own.set({ kind: 'hold', at: 'request', when: isPortForward, times: 1, hold: () => own.stop() });
      // On a busy machine it is ready no sooner.
      const ended = await start(name, own.kubeconfig, '--timeout', '20s').ended;
      expect([ended.stderr, ended.code]).toEqual(['', 1]);
      const { findings } = resultOf(ended);
      expect(findings.at(-1)).toMatchObject({ rule: 'frontend-unreachable', level: 'error' });
      expect(findings.at(-1)?.message).toContain('The API server of the context through-proxy');
    });
  });
});
