/** What the API server wrote down about a whole deployment: who asked, what, how often and how much at once. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { fakeTool, inFront, temporaryFolder } from '../kit/checkout.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import type { AuditedCall } from '../kit/cluster/control/audit.ts';
import { MODEL } from '../kit/hub.ts';
import { type Ended, eventsOf, verb } from '../kit/program.ts';
import { deployWords, graphOf, livesOf, NAMESPACE, PATIENCE, runIn, useHub } from './installing.ts';
import { describeWithFrontend, eventually } from './support.ts';

const isWatch = ({ verb }: AuditedCall): boolean => verb === 'watch';
const isRead = ({ verb }: AuditedCall): boolean => verb === 'get' || verb === 'list';
/** Open for as long as something is followed or forwarded. */
const isLong = ({ verb, resource }: AuditedCall): boolean =>
  verb === 'watch' || resource === 'pods/log' || resource === 'pods/portforward';

/** Path and query without what turns pages. */
const withoutPages = ({ uri }: AuditedCall): string => {
  const url = new URL(uri, 'https://cluster');
  url.searchParams.delete('limit');
  url.searchParams.delete('continue');
  return `${url.pathname}?${url.searchParams}`;
};

const twice = (all: readonly string[]): string[] => all.filter((one, at) => all.indexOf(one) !== at);

/** The most calls that were in flight at the same time. */
const mostAtOnce = (calls: readonly AuditedCall[]): number => {
  const edges = calls.flatMap(({ at, until }) => [
    { time: at, change: 1 },
    { time: until, change: -1 },
  ]);
  // A call that ends at the very moment at which another begins is not beside it.
  edges.sort((a, b) => a.time.localeCompare(b.time) || a.change - b.change);
  let now = 0;
  return Math.max(
    ...edges.map(({ change }) => {
      now += change;
      return now;
    }),
  );
};

/** An apply is validated, a note of when it was verified is not. */
const isNote = ({ uri }: AuditedCall): boolean => !uri.includes('fieldValidation');

const written = (calls: readonly AuditedCall[], dry: boolean): string[] =>
  calls
    .filter(call => call.verb === 'patch' && !isNote(call) && call.uri.includes('dryRun=All') === dry)
    .map(({ resource, name }) => `${resource}/${name.replace(/-[0-9a-f]{8}$/, '-HASH')}`)
    .toSorted();

const everyObject = [
  'configmaps/dynamo-installer-chat',
  'dynamographdeployments/chat',
  'jobs/chat-download-HASH',
  'persistentvolumeclaims/dynamo-model-cache',
];

type Noted = { readonly at: string; readonly by: string; readonly firstTokenMs: number };

/** Leaves the restricted account what a verification needs, and no right to write. */
const mayOnlyLook = async ({ objects }: Cluster): Promise<void> => {
  const group = 'rbac.authorization.k8s.io';
  const head = { apiVersion: `${group}/v1`, metadata: { name: 'looks', namespace: NAMESPACE } };
  const rules = [
    { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
  ];
  await objects.apply({ ...head, kind: 'Role', rules });
  const usual = { name: 'restricted-user', namespace: NAMESPACE };
  await objects.remove({ ...head, kind: 'RoleBinding', metadata: usual });
  await objects.apply({
    ...head,
    kind: 'RoleBinding',
    roleRef: { apiGroup: group, kind: 'Role', name: 'looks' },
    subjects: [{ apiGroup: group, kind: 'User', name: 'restricted' }],
  });
};

await describeWithFrontend('the audit log of a deployment', { release: '1.5.1' }, cluster => {
  const hub = useHub();
  const kubectlRuns = join(temporaryFolder(), 'kubectl.runs');
  const env = inFront(fakeTool('kubectl', `echo run >> '${kubectlRuns}'`));
  const words = [...deployWords('chat', '--mode', 'disaggregated', '--kv-router'), '-o', 'json'];
  let ended: Ended;
  let calls: AuditedCall[];

  /** A watch is written down when it has ended. */
  const install = async (watches: number): Promise<{ ended: Ended; calls: AuditedCall[] }> => {
    const from = cluster().audit().length;
    const run = await runIn(cluster(), hub(), [...words, '--context', 'exec'], { env });
    const made = (): AuditedCall[] =>
      cluster()
        .audit()
        .slice(from)
        .filter(({ user }) => user === 'exec-user');
    await eventually(
      async () => (made().filter(isWatch).length >= watches ? true : undefined),
      'the watches have ended',
    );
    return { ended: run, calls: made() };
  };

  beforeAll(async () => {
    ({ ended, calls } = await install(5));
  }, PATIENCE.timeout);

  test('is that of a deployment that serves', () => {
    expect(ended.code).toBe(0);
    expect(calls.length).toBeGreaterThan(20);
    expect(cluster().audit().length).toBe(calls.length);
    expect(calls.filter(({ code }) => code >= 400)).toEqual([]);
  });

  test('knows no kubectl', () => {
    expect(calls.filter(({ userAgent }) => userAgent.includes('kubectl'))).toEqual([]);
    expect(existsSync(kubectlRuns)).toBe(false);
  });

  test('has no read twice', () => {
    const reads = calls.filter(isRead).map(withoutPages);
    expect(reads.length).toBeGreaterThan(15);
    expect(twice(reads)).toEqual([]);
  });

  test('has one dry run and one PATCH for each object, and no other write than the lease', () => {
    expect(written(calls, true)).toEqual(everyObject);
    expect(written(calls, false)).toEqual(everyObject);
    const others = calls.filter(call => !isRead(call) && !isWatch(call) && call.verb !== 'patch');
    expect(others.map(({ verb, resource }) => `${verb} ${resource}`).toSorted()).toEqual([
      'create leases',
      'create selfsubjectrulesreviews',
      'delete leases',
    ]);
  });

  test('has one note at its end that an answer was verified, on the record', () => {
    const changes = calls.filter(({ verb }) => verb === 'patch');
    const notes = changes.filter(isNote);
    expect(notes.map(({ resource, name }) => `${resource}/${name}`)).toEqual([everyObject[0]]);
    expect(changes.at(-1)).toBe(notes[0]);
    expect(eventsOf(ended.stdout).at(-1)).toMatchObject({ verdict: 'serving', noted: true });
  });

  test('has one watch for each kind at a time', () => {
    const watches = calls.filter(isWatch);
    const kinds = watches.map(({ resource }) => resource);
    // The pods of the wait, and when it is over those of the frontend.
    expect(kinds.toSorted()).toEqual(['dynamographdeployments', 'events', 'jobs', 'pods', 'pods']);
    for (const kind of kinds) expect(mostAtOnce(watches.filter(({ resource }) => resource === kind))).toBe(1);
    const logs = calls.filter(({ resource }) => resource === 'pods/log').map(({ name }) => name);
    expect(twice(logs)).toEqual([]);
  });

  test('never has more than six requests at once', () => {
    const short = calls.filter(call => !isLong(call));
    expect(mostAtOnce(short)).toBeLessThanOrEqual(6);
    expect(mostAtOnce(short)).toBeGreaterThan(1);
  });

  test('has nothing that came in after the end', () => {
    const late = calls.filter(({ at }) => Date.parse(at) > ended.endedAt);
    expect(late).toEqual([]);
  });

  test('has at the second run no download and no write but those that change nothing', PATIENCE, async () => {
    // All is ready already, and only the frontend's pods are followed while it is asked.
    const again = await install(1);
    expect(again.ended.code).toBe(0);
    const real = [everyObject[0], everyObject[1]];
    expect(written(again.calls, false)).toEqual(real);
    expect(twice(again.calls.filter(isRead).map(withoutPages))).toEqual([]);
    expect(again.calls.filter(({ at }) => Date.parse(at) > again.ended.endedAt)).toEqual([]);
  });

  test('saw the credential plugin once for each command', PATIENCE, async () => {
    const runs = (): number => readFileSync(cluster().plane.execRuns, 'utf8').split('\n').length - 1;
    const before = runs();
    expect(before).toBe(2);
    const where = ['--context', 'exec', '-n', NAMESPACE];
    const check = await runIn(cluster(), hub(), verb('check', '--model', MODEL, ...where));
    expect(check.code).toBe(0);
    expect(runs()).toBe(3);
    const verify = await runIn(cluster(), hub(), verb('verify', 'chat', ...where));
    expect(verify.code).toBe(0);
    expect(runs()).toBe(4);
  });

  test(
    'has of a verification one write, which touches no pod and which a reader goes without',
    PATIENCE,
    async () => {
      const where = ['-n', NAMESPACE, '-o', 'json'];
      const noted = async (): Promise<Noted | null> => {
        const { stdout } = await runIn(cluster(), hub(), verb('status', 'chat', ...where));
        return (JSON.parse(stdout) as { readonly lastVerify: Noted | null }).lastVerify;
      };
      /** The result, and what was written. */
      const verify = async (context: string) => {
        const from = cluster().audit().length;
        const { code, stdout } = await runIn(cluster(), hub(), [
          ...verb('verify', 'chat', ...where),
          ...['--context', context],
        ]);
        expect(code).toBe(0);
        const calls = cluster().audit().slice(from);
        const writes = calls.filter(({ verb: what }) => /patch|update|delete/.test(what));
        return {
          result: eventsOf(stdout).at(-1),
          writes: writes.map(({ resource, name, code: answer }) => `${answer} ${resource}/${name}`),
        };
      };
      const [graph, lives, before] = [
        await graphOf(cluster(), 'chat'),
        await livesOf(cluster(), 'chat'),
        await noted(),
      ];
      const own = await verify('admin');
      expect(own.result).toMatchObject({ verdict: 'serving', noted: true });
      expect(own.writes).toEqual([`200 ${everyObject[0]}`]);
      const after = await noted();
      expect(after?.at.localeCompare(before?.at ?? '')).toBe(1);
      expect(after?.by).toMatch(/^\d+\.\d+\.\d+/);
      expect(after?.firstTokenMs).toBeGreaterThan(0);
      expect(await graphOf(cluster(), 'chat')).toEqual(graph);
      expect(await livesOf(cluster(), 'chat')).toEqual(lives);

      await mayOnlyLook(cluster());
      const reader = await verify('restricted');
      expect(reader.result).toMatchObject({ verdict: 'serving', noted: false, findings: [] });
      expect(reader.writes).toEqual([`403 ${everyObject[0]}`]);
      expect(await noted()).toEqual(after);
    },
  );
});
