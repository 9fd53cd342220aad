/** What is watched for long: a status at a terminal that changes its width, logs through restarts, a change that is taken back. */

import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../kit/checkout.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import type { Script } from '../kit/cluster/pods/director.ts';
import type { PodLife } from '../kit/cluster/pods/podLife.ts';
import { failToPull } from '../kit/cluster/pods/troubles.ts';
import { programFile, type Started, startProgram, verb } from '../kit/program.ts';
import { keys, openTerminal } from '../kit/terminal.ts';
import { deployWords, graphOf, NAMESPACE, PATIENCE, runIn, useHub } from './installing.ts';
import { describeWithFrontend, eventually } from './support.ts';

const NAME = 'chat';
const missing = 'registry.example/vllm-runtime:0.9.1-missing';

const imageOf = ({ spec }: KubeObject): string =>
  String((spec?.containers as { image?: string }[] | undefined)?.[0]?.image);

/** One image is nowhere to be had. */
const unpullable =
  (usual: Script): Script =>
  async life => {
    if (imageOf(life.pod) !== missing) return usual(life);
    await life.reach('pulling');
    await failToPull(life, 'not found');
  };

const settings = { release: '0.9.1', nodes: 'g6.12xlarge=1,cpu=2', script: unpullable };

await describeWithFrontend('a deployment that is watched', settings, cluster => {
  const hub = useHub();
  const run = (...words: readonly string[]) => runIn(cluster(), hub(), words);
  const worker = (): PodLife | undefined =>
    [...cluster().director.lives.values()].find(({ role, ended }) => role === 'worker' && !ended.aborted);

  const listed = async (path: string): Promise<KubeObject[]> =>
    (await cluster().api.send('GET', path)).items as KubeObject[];
  const podsNow = () => listed(`/api/v1/namespaces/${NAMESPACE}/pods`);
  const jobsNow = async (): Promise<string[]> =>
    (await listed(`/apis/batch/v1/namespaces/${NAMESPACE}/jobs`)).map(({ metadata }) => metadata.name);

  beforeAll(async () => {
    expect((await run(...deployWords(NAME, '--release', '0.9.1'))).code).toBe(0);
  }, PATIENCE.timeout);

  test('says that the cluster is not heard, and that it is heard again', PATIENCE, async () => {
    const proxy = await startFaultProxy(cluster().plane);
    try {
      const screen = openTerminal(process.execPath, [programFile, ...verb('status', NAME, '--watch')], {
        cwd: temporaryFolder(),
        env: { KUBECONFIG: proxy.kubeconfig },
        patienceMs: 60_000,
      });
      await screen.until(/worker +1\/1 +ready/);
      proxy.set({ kind: 'answer', status: 503 });
      proxy.drop();
      await screen.until(/Nothing has been heard about/);
      proxy.set();
      await screen.until(/The cluster is heard again\./);
      await proxy.stop();
      await screen.until(/heard again[\s\S]*Nothing has been heard about/);
      screen.press(keys.interrupt);
      expect(await screen.ended()).toBe(1);
    } finally {
      await proxy.stop();
    }
  });

  test('at a terminal, through a change of its width, until Ctrl-C', PATIENCE, async () => {
    const screen = openTerminal(process.execPath, [programFile, ...verb('status', NAME, '--watch')], {
      cwd: temporaryFolder(),
      env: { KUBECONFIG: cluster().kubeconfig },
    });
    await screen.until(/chat in namespace dynamo-system: healthy[\s\S]*worker .*ready/);
    expect(screen.broken()).toEqual([]);
    screen.resize(60);
    const scaled = run(...verb('scale', NAME, '--replicas', '2', '--yes'));
    await screen.until(/worker +2\/2 +ready/);
    expect((await scaled).code).toBe(0);
    screen.press(keys.interrupt);
    expect(await screen.ended()).toBe(0);
    // The table stands there once, as wide as the window, and the shell's prompt comes below it.
    const lines = screen.lines();
    const table = lines.slice(lines.findIndex(line => line.startsWith('  role ')));
    expect(lines.filter(line => line.startsWith('  role '))).toHaveLength(1);
    expect(table.map(line => line.trim().split(/ {2,}/)[0])).toEqual([
      'role',
      'model download',
      'Frontend',
      'worker',
      '',
      expect.stringMatching(/^watched for /),
    ]);
    expect(Math.max(...table.map(line => line.length))).toBeLessThanOrEqual(60);
    expect(screen.raw()).not.toContain('\u001b[?25l');
  });

  test('by its logs, through a restart of its container and a new pod', PATIENCE, async () => {
    const following: Started = startProgram(verb('logs', NAME, '--role', 'worker', '-f', '--tail', '0'), {
      env: { KUBECONFIG: cluster().kubeconfig },
    });
    const say = async (life: PodLife, line: string): Promise<void> => {
      await eventually(async () => {
        life.logs.add('main', [line]);
        return following.stdout().includes(line) || undefined;
      }, line);
    };
    const first = worker() as PodLife;
    await say(first, 'before the restart');
    first.logs.rotate('main', []);
    const startedAt = new Date().toISOString();
    await first.replaceStatus(({ status }) => ({
      ...status,
      containerStatuses: [
        {
          ...status?.containerStatuses?.[0],
          restartCount: 1,
          state: { running: { startedAt } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: startedAt } },
        },
      ],
    }));
    await say(first, 'after the restart');
    const old = [...cluster().director.lives.values()];
    await cluster().objects.remove(first.pod);
    const next = await eventually(
      async () =>
        [...cluster().director.lives.values()].find(
          life => life.role === 'worker' && life.stage() === 'ready' && !old.includes(life),
        ),
      'a new pod runs',
      60_000,
    );
    await say(next, 'of the new pod');
    following.kill('SIGINT');
    const ended = await following.ended;

    expect(ended.code).toBe(0);
    // Every line says whose it is.
    const whose = (line: string): string | undefined =>
      new RegExp(`^(worker/\\w+) ${line}$`, 'm').exec(ended.stdout)?.[1];
    expect(whose('before the restart')).toBe(whose('after the restart'));
    expect(whose('of the new pod')).toMatch(/^worker\/\w+$/);
    expect(whose('of the new pod')).not.toBe(whose('before the restart'));
    expect(ended.stderr).toMatch(/worker\/\w+ was restarted \(1 so far\)/);
  });

  test('goes back by itself when the new image cannot be had', PATIENCE, async () => {
    const [before, jobs] = [await graphOf(cluster(), NAME), await jobsNow()];
    const words = ['--image', missing, '--rollback-on-failure', '--yes'];
    const ended = await run(...verb('edit', NAME, ...words));
    const said = ended.stderr.replace(/\s+/g, ' ');
    expect(said).toContain(`the image ${missing} does not exist`);
    expect(said).toContain('chat runs with its former settings again, and serves.');
    expect(ended.code).toBe(1);
    expect((await graphOf(cluster(), NAME))?.spec).toEqual(before?.spec);
    const images = (await podsNow()).map(imageOf);
    expect(images).not.toContain(missing);
    // One download, that of the settings which are there.
    expect(await jobsNow()).toEqual(jobs);
    const { stdout, code } = await run(...verb('status', NAME, '-o', 'json'));
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { state: 'healthy', findings: [] }]);
  });
});
