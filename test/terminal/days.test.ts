/** The days after, as a person sees them: each verb on one deployment, at a terminal of 80 columns and without one. */

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { graphOf, NAMESPACE, PATIENCE, runIn, useHub } from '../cluster/installing.ts';
import { describeWithFrontend } from '../cluster/support.ts';
import { temporaryFolder } from '../kit/checkout.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import { MODEL } from '../kit/hub.ts';
import { type Ended, eventsOf, programFile, verb } from '../kit/program.ts';
import { keys, openTerminal, type Screen } from '../kit/terminal.ts';
import { isToCopy, normal } from './normal.ts';

const NAME = 'shop';
const SAVED = `manifests/${NAMESPACE}/${NAME}`;

/** Ages, random ends of names, counts and what a mock says. */
const settled = (text: string): string =>
  normal(text)
    .replace(/^( +Age +)\d+[smh]$/gm, '$1NNs')
    .replace(/\b\d+[smh] ago/g, 'NNs ago')
    .replace(/Kubernetes v1\.\d+\.\d+/g, 'Kubernetes v1.N.N')
    .replace(/ [ \d]\d[smh](?= {2})/g, ' NNs')
    .replace(/-[0-9a-f]{9,10}-[a-z0-9]{5}\b/g, '-0123456789-abcde')
    .replace(/(-HASH1234)-[a-z0-9]{5}\b/g, '$1-abcde')
    .replace(/\b(model-download|frontend|worker)\/[a-z0-9]{5}\b/g, '$1/abcde')
    .replace(/^( {2}events +)\d+$/gm, '$1N')
    .replace(/^( {2}metrics +)of [\s\S]*?wait$/gm, '$1...')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d|\d{4}-\d\d-\d\d MM:SS/g, 'YYYY-MM-DD HH:MM')
    .replace(/^\d+ KiB, \d+ files/gm, 'N KiB, N files')
    .replace(/\/tmp\/[\w/-]*?(?=[\w.-]+\.(json|tar\.gz))/g, '')
    .replace(/https:\/\/127\.0\.0\.1:PORT/g, 'https://127.0.0.1:PORT');

/** A whole answer of the mock is one line, as that of a model is. */
const isMocked = (line: string): boolean => /^ ?(?:[a-z]{4,9} ?){3,}$/.test(line);

/** The same on a screen, where it may be broken. */
const withoutMock = (text: string): string => text.replace(/^ (?:[a-z]+ ){3,}[a-z]*(?:\n[a-z]+)?$/gm, '...');

/** Somebody with other tools: these fields become theirs. */
const changeByHand = async (cluster: Cluster, spec: object): Promise<void> => {
  const graph = await graphOf(cluster, NAME);
  if (graph === null) throw new Error(`There is no ${NAME}.`);
  const path = `${await cluster.objects.path(graph)}?fieldManager=kubectl-edit`;
  await cluster.api.send('PATCH', path, { spec }, 'application/merge-patch+json');
};

/** Another deployment of ours, without pods. */
const addSpare = async (cluster: Cluster, name: string): Promise<void> => {
  const graph = await graphOf(cluster, NAME);
  if (graph === null) throw new Error(`There is no ${NAME}.`);
  const { labels = {} } = graph.metadata;
  const services = Object.entries(graph.spec.services as Record<string, object>);
  const spare: KubeObject = {
    apiVersion: graph.apiVersion,
    kind: graph.kind,
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: { ...labels, 'app.kubernetes.io/instance': name },
    },
    spec: { services: Object.fromEntries(services.map(([key, one]) => [key, { ...one, replicas: 0 }])) },
  };
  await cluster.objects.apply(spare, 'dynamo-installer');
};

// One node, so that its name is always the same.
await describeWithFrontend('The days after', { release: '0.9.1', nodes: 'p5.48xlarge=1' }, cluster => {
  const hub = useHub();
  const home = temporaryFolder();
  const empty = join(home, 'empty');
  mkdirSync(empty);

  const plain = (cwd: string, name: string, ...words: string[]): Promise<Ended> =>
    runIn(cluster(), hub(), verb(name, ...words), { cwd });
  const run = (name: string, ...words: string[]): Promise<Ended> => plain(home, name, ...words);

  const open = (name: string, words: readonly string[] = [], cwd = home): Screen =>
    openTerminal(process.execPath, [programFile, ...verb(name, ...words)], {
      cwd,
      rows: 120,
      env: { ...hub().env, KUBECONFIG: cluster().kubeconfig, HOME: home, HF_TOKEN: '' },
      patienceMs: 40_000,
    });

  /** What was typed, and all that was seen, as the README shows it too. */
  const record = async (file: string, typed: string, screen: Screen): Promise<void> => {
    const seen = file.startsWith('chat') ? withoutMock(screen.text()) : screen.text();
    const shown = `$ ./cli nvidia-platform dynamo-vllm ${typed}\n${settled(seen)}\n`;
    await expect(shown).toMatchFileSnapshot(`./screens/day-${file}.txt`);
    expect(screen.broken().filter(line => !isToCopy(line) && !isMocked(line))).toEqual([]);
  };

  /** Nobody answers anything. */
  const watch = async (file: string, typed: string, code = 0, cwd = home): Promise<Screen> => {
    const [name = '', ...words] = typed.split(' ');
    const screen = open(name, words, cwd);
    expect(await screen.ended()).toBe(code);
    await record(file, typed, screen);
    return screen;
  };

  /** Without a terminal: no escapes, nothing wider than 80, the same words as on a screen. */
  const same = async (screen: Screen, typed: string, code = 0, cwd = home): Promise<Ended> => {
    const [name = '', ...words] = typed.split(' ');
    const ran = await plain(cwd, name, ...words);
    expect(ran.code).toBe(code);
    expect(ran.stdout + ran.stderr).not.toContain('\u001b');
    const lines = (ran.stdout + ran.stderr).split('\n');
    expect(lines.filter(line => line.length > 80 && !isToCopy(line))).toEqual([]);
    // Two streams are one on a screen, which breaks what is to be copied.
    const squeezed = (text: string): string => [...settled(text).replace(/\s+/g, '')].sort().join('');
    expect(squeezed(ran.stdout + ran.stderr)).toBe(squeezed(screen.text()));
    return ran;
  };

  const json = async (typed: string, code = 0, cwd = home): Promise<Record<string, unknown>> => {
    const [name = '', ...words] = typed.split(' ');
    const ran = await plain(cwd, name, ...words, '-o', 'json');
    expect(ran).toMatchObject({ code, stderr: '' });
    return JSON.parse(ran.stdout);
  };

  /** Verbs that act print events; the last is the result. */
  const events = async (typed: string, code = 0): Promise<Record<string, unknown>> => {
    const [name = '', ...words] = typed.split(' ');
    const ran = await run(name, ...words, '-o', 'json');
    expect(ran).toMatchObject({ code, stderr: '' });
    const all = eventsOf(ran.stdout);
    expect(all.slice(0, -1).map(({ kind }) => kind)).not.toContain('result');
    const last = all.at(-1) ?? {};
    expect(last).toMatchObject({ kind: 'result', schemaVersion: 1 });
    return last;
  };

  beforeAll(async () => {
    for (const name of [NAME, 'other'])
      expect(
        await run('install', '--yes', '--action', 'save', '--model', MODEL, '--name', name),
      ).toMatchObject({ code: 0 });
  });

  describe('begin', () => {
    test('apply: shows what comes, asks, applies, waits and verifies', PATIENCE, async () => {
      const screen = open('apply', [SAVED]);
      await screen.until(/Apply shop in namespace dynamo-system\?/);
      screen.press(keys.enter);
      expect(await screen.ended()).toBe(0);
      await record('apply', `apply ${SAVED}`, screen);
    });

    test('apply once more: nothing changes, in lines and in events', PATIENCE, async () => {
      const again = await run('apply', SAVED);
      expect(again.code).toBe(0);
      expect(again.stderr).not.toMatch(/ (created|configured) /);
      expect(again.stderr).toContain('Job shop-download');
      expect(await events(`apply ${SAVED}`)).toMatchObject({ verdict: 'serving' });
    });
  });

  describe('see', () => {
    test('list', async () => {
      const screen = await watch('list', 'list');
      await same(screen, 'list');
      expect(await json('list')).toMatchObject({ schemaVersion: 1, deployments: [{ name: NAME }] });
      const yaml = await run('list', '-o', 'yaml');
      expect(yaml.stdout).toContain(`name: ${NAME}`);
    });

    test('check says first where it looks', async () => {
      const typed = `check --model ${MODEL} --name ${NAME}`;
      await same(await watch('check', typed), typed);
      expect(await json(typed)).toMatchObject({ cluster: { context: 'admin', namespace: NAMESPACE } });
    });

    test('status, short and wide', async () => {
      await same(await watch('status', `status ${NAME}`), `status ${NAME}`);
      await same(await watch('status-wide', `status ${NAME} -o wide`), `status ${NAME} -o wide`);
      expect(await json('status')).toMatchObject({ schemaVersion: 1, name: NAME, healthy: true });
    });

    test('status --watch stays until Ctrl-C', async () => {
      const screen = open('status', [NAME, '--watch']);
      await screen.until(/worker +1\/1 +ready/);
      screen.press(keys.interrupt);
      expect(await screen.ended()).toBe(0);
      expect(screen.text()).not.toMatch(/\n\s+at /);
    });

    test('logs', async () => {
      const typed = `logs ${NAME} --role model-download`;
      await same(await watch('logs', typed), typed);
      const lines = (await run('logs', NAME, '--tail', '1', '-o', 'json')).stdout.trimEnd().split('\n');
      expect(lines.map(line => JSON.parse(line).role)).toContain('worker');
    });

    test('endpoint', async () => {
      await same(await watch('endpoint', `endpoint ${NAME}`), `endpoint ${NAME}`);
      expect(await json('endpoint')).toMatchObject({ schemaVersion: 1, name: NAME, listening: false });
    });

    test('verify', PATIENCE, async () => {
      await watch('verify', `verify ${NAME}`);
      expect(await events(`verify ${NAME}`)).toMatchObject({ verdict: 'serving' });
    });

    test('diagnose, and its bundle', PATIENCE, async () => {
      await watch('diagnose', `diagnose ${NAME}`);
      await watch('bundle', `diagnose ${NAME} --bundle ${NAME}.tar.gz`);
      expect(await json('diagnose')).toMatchObject({ schemaVersion: 1, findings: [] });
    });
  });

  describe('use', () => {
    test('chat -p', async () => {
      const screen = open('chat', [NAME, '-p', 'What is Dynamo?', '--max-tokens', '12']);
      expect(await screen.ended()).toBe(0);
      await record('chat-once', `chat ${NAME} -p 'What is Dynamo?' --max-tokens 12`, screen);
      expect(await json(`chat ${NAME} -p Hello --max-tokens 3`)).toMatchObject({ model: MODEL, tokens: 3 });
    });

    test('chat', PATIENCE, async () => {
      const screen = open('chat', [NAME, '--max-tokens', '12']);
      const type = async (text: string, answer: RegExp): Promise<void> => {
        screen.press(`${text}${keys.enter}`);
        await screen.until(answer);
      };
      await screen.until(/\/exit\s+leaves\.[\s\S]*>/);
      await type('/system Be brief.', /holds from now on\.\n ?> *$/);
      await type('What is Dynamo?', /tokens.*\)\n ?> *$/);
      await type('/save talk.json', /Saved to[\s\S]*\n ?> *$/);
      screen.press(`/exit${keys.enter}`);
      expect(await screen.ended()).toBe(0);
      await record('chat', `chat ${NAME} --max-tokens 12`, screen);
      const { messages } = JSON.parse(readFileSync(join(home, 'talk.json'), 'utf8'));
      expect(messages.map(({ role }: { role: string }) => role)).toEqual(['system', 'user', 'assistant']);
      expect(await run('chat', NAME)).toMatchObject({ code: 64, stderr: expect.stringContaining('-p "') });
    });
  });

  describe('change', () => {
    test('scale', PATIENCE, async () => {
      const screen = open('scale', [NAME, '--replicas', '2']);
      await screen.until(/Apply this to shop/);
      screen.press(keys.enter);
      expect(await screen.ended()).toBe(0);
      await record('scale', `scale ${NAME} --replicas 2`, screen);
      expect(await events(`scale ${NAME} --replicas 2`)).toMatchObject({ verdict: 'serving' });
    });

    test('edit asks with the values of today, and a no changes nothing', PATIENCE, async () => {
      const screen = open('edit', [NAME]);
      for (const question of [/model name/, /deployment mode/, /Tensor Parallel/, /KV Router/, /KVBM/]) {
        await screen.until(question);
        screen.press(keys.enter);
      }
      await screen.until(/Worker replicas/);
      screen.press(`${keys.backspace.repeat(3)}3${keys.enter}`);
      await screen.until(/Additional vLLM args/);
      screen.press(keys.enter);
      await screen.until(/Apply this to shop/);
      screen.press(`n${keys.enter}`);
      expect(await screen.ended()).toBe(130);
      await record('edit', `edit ${NAME}`, screen);
      const graph = await graphOf(cluster(), NAME);
      expect(graph?.spec.services).toMatchObject({ worker: { replicas: 2 } });
      expect(await run('edit', NAME)).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('edit shop -n'),
      });
      expect(await events(`edit ${NAME}`, 64)).toMatchObject({ verdict: 'refused' });
    });
  });

  describe('compare', () => {
    test('diff: the same', async () => {
      await same(await watch('diff-same', `diff ${NAME}`, 0, empty), `diff ${NAME}`, 0, empty);
      expect(await json(`diff ${NAME}`, 0, empty)).toMatchObject({ schemaVersion: 1, name: NAME });
    });

    test('diff and review after a change by hand name the field', PATIENCE, async () => {
      await changeByHand(cluster(), { services: { worker: { replicas: 1 } } });
      await same(await watch('diff', `diff ${NAME}`, 2, empty), `diff ${NAME}`, 2, empty);
      expect(JSON.stringify(await json(`diff ${NAME}`, 2, empty))).toContain('replicas');
      const screen = open('review', [NAME], empty);
      await screen.until(/❯ Deploy/);
      screen.press(keys.up);
      await screen.until(/❯ Quit/);
      screen.press(keys.enter);
      expect(await screen.ended()).toBe(0);
      // The manifests themselves are in the goldens.
      const text = screen.text().replace(/^# \d\d-[\s\S]*?(?=^(Compared|info|warning))/m, '# ...\n\n');
      expect(text).toContain('spec.services.worker.replicas: 1 live → 2 here');
      const asShown = { ...screen, text: () => text, broken: () => [] };
      await record('review', `review ${NAME}`, asShown);
      const lines = await plain(empty, 'review', NAME);
      expect(lines).toMatchObject({ code: 0, stdout: expect.stringContaining('replicas: 1 live → 2 here') });
      const data = JSON.parse((await plain(empty, 'review', NAME, '-o', 'json')).stdout);
      expect(data).toMatchObject({ schemaVersion: 1, diff: { context: 'admin', differs: true } });
    });

    test('review without a name lets choose among what is saved', async () => {
      const screen = open('review');
      await screen.until(/other[\s\S]*shop/);
      await record('library', 'review', screen);
      screen.press(keys.interrupt);
      expect(await screen.ended()).toBe(130);
    });
  });

  describe('what nobody should have to see, and what is then said', () => {
    beforeAll(() => addSpare(cluster(), 'spare'));

    test('several deployments and no name: a list to choose from, or their names', PATIENCE, async () => {
      const screen = open('status');
      await screen.until(/shop +dynamo-system[\s\S]*spare +dynamo-system/);
      screen.press('sho');
      await screen.until(/sho\n❯ shop +dynamo-system\n\n/);
      screen.press(keys.enter);
      expect(await screen.ended()).toBe(0);
      expect(screen.text()).toContain('shop in namespace dynamo-system: healthy');
      for (const name of ['status', 'logs', 'endpoint', 'diagnose', 'scale', 'edit', 'uninstall', 'verify'])
        expect(await run(name), name).toMatchObject({
          code: 64,
          stdout: '',
          stderr: expect.stringMatching(
            new RegExp(`shop \\(-n dynamo-system\\) and spare[\\s\\S]* ${name} shop -n dynamo-system`),
          ),
        });
    });

    test('a name that is not there: those that are', async () => {
      const screen = await watch('missing', 'status shpo', 69);
      await same(screen, 'status shpo', 69);
      expect(screen.text()).toContain('Did you mean shop');
    });
  });

  describe('remove', () => {
    test('uninstall: the plan alone, and nothing without a yes', PATIENCE, async () => {
      expect(await events('uninstall spare --yes')).toMatchObject({ verdict: 'removed' });
      await same(await watch('uninstall-plan', `uninstall ${NAME} --dry-run`), `uninstall ${NAME} --dry-run`);
      expect(await events(`uninstall ${NAME} --dry-run`)).toMatchObject({ dryRun: true });
      expect(await run('uninstall', NAME)).toMatchObject({
        code: 64,
        stderr: expect.stringContaining(`uninstall ${NAME} -n ${NAMESPACE} --yes`),
      });
      expect(await events(`uninstall ${NAME}`, 64)).toMatchObject({ verdict: 'refused' });
      const wrong = await run('uninstall', NAME, '--yes', '--timeout', 'soon');
      expect(wrong).toMatchObject({
        code: 64,
        stderr: expect.stringMatching(/^error: --timeout soon is no/),
      });
      expect(await graphOf(cluster(), NAME)).not.toBeNull();
    });

    test('uninstall: another name than its own removes nothing, its own removes it', PATIENCE, async () => {
      const screen = open('uninstall', [NAME]);
      await screen.until(/Type the name/);
      screen.press(`y${keys.enter}`);
      await screen.until(/That is not shop/);
      expect(await graphOf(cluster(), NAME)).not.toBeNull();
      screen.press(`${keys.backspace}${NAME}${keys.enter}`);
      expect(await screen.ended()).toBe(0);
      await record('uninstall', `uninstall ${NAME}`, screen);
      expect(await graphOf(cluster(), NAME)).toBeNull();
    });

    test('afterwards nothing is there', async () => {
      const gone = await run('list');
      expect(gone).toMatchObject({ code: 0, stdout: '' });
      expect(gone.stderr).toBe('There is no deployment of this program in any namespace.\n');
      await watch('missing-all', 'status', 69);
    });

    test('every request said which program sent it', () => {
      const agents = new Set(
        cluster()
          .audit()
          .map(({ userAgent }) => userAgent),
      );
      expect([...agents]).toEqual([expect.stringMatching(/^dynamo-installer\/\d+\.\d+\.\d+$/)]);
    });
  });
});
