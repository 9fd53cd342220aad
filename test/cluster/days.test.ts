import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeAll, expect, test } from 'vitest';
import type { Io } from '../../src/io.ts';
import { run } from '../../src/run.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import type { Script } from '../kit/cluster/pods/director.ts';
import { crash } from '../kit/cluster/pods/troubles.ts';
import { component, newFolder } from '../kit/process.ts';
import { keys, openTerminal } from '../kit/terminal.ts';
import { goldenManifests, goldenReleases } from './golden.ts';
import { describeWithFrontend, eventually } from './support.ts';

const RELEASE = goldenReleases().find(release => release.startsWith('1.5')) ?? '1.5.1';
const MODEL = 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8';
const HEALTHY = 'days-healthy';
const CRASHING = 'days-crashing';
const graphLabel = 'nvidia.com/dynamo-graph-deployment-name';

/** None of them may leave the cluster. */
const planted = {
  env: 'planted-in-env-1234567890',
  argument: 'planted-in-args-1234567890',
  annotation: 'planted-in-annotation-1234567890',
  log: 'planted-in-log-1234567890',
  hub: 'hf_plantedplantedplantedplanted',
  own: 'planted-in-own-environment-1234567890',
} as const;

const lastWords = [
  `INFO request with Authorization: Bearer ${planted.log}`,
  `INFO token ${planted.hub} and again ${planted.env}`,
  `INFO exported here: ${planted.own}`,
  'ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine.',
];

/** Workers of one deployment die with the same words, again and again. */
const crashing =
  (usual: Script): Script =>
  async life => {
    if (life.pod.metadata.labels?.[graphLabel] !== CRASHING || life.role === 'frontend') return usual(life);
    await life.reach('pulling');
    await life.reach('running');
    await crash(life, lastWords, 3);
  };

await describeWithFrontend('the days after', { release: RELEASE, script: crashing }, cluster => {
  beforeAll(async () => {
    await deploy(cluster(), 'disaggregated', HEALTHY);
    await deploy(cluster(), 'aggregated', CRASHING, plant);
    await eventually(() => podsWith(cluster(), CRASHING, 'restartCount'), 'the worker crashes', 60_000);
    await eventually(() => stateOf(cluster(), HEALTHY), 'the deployment serves', 90_000);
  }, 180_000);

  const start = (verb: string, words: readonly string[], more: Partial<Started> = {}) =>
    begin([...component, verb, ...words, '-n', 'dynamo-system'], cluster().kubeconfig, more);
  const typed = (verb: string, ...words: string[]) => start(verb, words).ended;

  test('logs of two roles, marked and in order, for people and programs', async () => {
    const people = await typed('logs', HEALTHY, '--tail', 'all');
    expect(people).toMatchObject({ code: 0, stderr: '' });
    const roles = new Set(
      people.stdout
        .split('\n')
        .filter(Boolean)
        .map(line => line.split('/')[0]),
    );
    expect([...roles]).toEqual(expect.arrayContaining(['frontend', 'prefill', 'decode']));

    const programs = await typed('logs', HEALTHY, '--role', 'decode', '-o', 'json', '--tail', '3');
    const lines = programs.stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(0);
    expect(new Set(lines.map(({ role }) => role))).toEqual(new Set(['decode']));
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted());

    expect(await typed('logs', HEALTHY, '--role', 'nobody')).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/There are .*decode.*frontend.*prefill/s),
    });
    expect(await typed('logs', HEALTHY, '--previous')).toMatchObject({ code: 1 });
    const previous = await typed('logs', CRASHING, '--previous');
    expect(previous.stdout).toContain('No available memory for the cache blocks');
    expect(leaked(previous.stdout, ['log', 'hub', 'env'])).toEqual([]);
  });

  test('logs that are followed show what is printed now, and end well with Ctrl-C', async () => {
    const stop = new AbortController();
    const following = start('logs', [HEALTHY, '--role', 'prefill', '-f', '--tail', '0'], {
      signal: stop.signal,
    });
    const life = [...cluster().director.lives.values()].find(
      ({ pod, role }) => role === 'prefill' && pod.metadata.labels?.[graphLabel] === HEALTHY,
    );
    await eventually(async () => {
      life?.logs.add('main', ['a line of now']);
      return following.stdout().includes('a line of now') ? true : undefined;
    }, 'the line is shown');
    expect(following.stdout()).toMatch(/^prefill\/\w+ a line of now$/m);
    stop.abort();
    expect((await following.ended).code).toBe(0);
  });

  test('a diagnosis finds nothing where nothing is wrong', async () => {
    const healthy = await typed('diagnose', HEALTHY);
    expect(healthy.stdout).toContain(
      `${HEALTHY} in namespace dynamo-system serves; nothing wrong was found.`,
    );
    expect(healthy.stdout).toMatch(/verification +serving: live pass, health pass/);
    expect(healthy.stdout).toMatch(/metrics +of Frontend/);
    expect(Math.max(...healthy.stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(80);
    expect(healthy.code).toBe(0);
  });

  test('a diagnosis names the cause, and its bundle has everything but secrets', {
    timeout: 60_000,
  }, async () => {
    const folder = newFolder();
    const file = join(folder, 'bundle.tar.gz');
    const env = { HF_TOKEN: planted.own };
    const found = await start('diagnose', [CRASHING, '--bundle', file, '-o', 'json'], { env }).ended;
    expect(found).toMatchObject({ code: 1, stderr: '' });
    const said = JSON.parse(found.stdout);
    expect(said.findings[0]).toMatchObject({ rule: 'start-kv-memory', level: 'error' });
    expect(said.evidence.join('\n')).toContain('No available memory for the cache blocks');
    expect(said.bundle).toMatchObject({ path: file, bytes: statSync(file).size });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(leaked(found.stdout)).toEqual([]);

    execFileSync('tar', ['-xzf', file, '-C', folder]);
    const root = join(folder, readdirSync(folder).find(name => name.startsWith(`dynamo-${CRASHING}-`)) ?? '');
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name));
    const texts = files.map(path => ({
      path: path.slice(root.length + 1),
      text: readFileSync(path, 'utf8'),
    }));
    expect(texts.flatMap(({ path, text }) => leaked(text).map(which => `${which} in ${path}`))).toEqual([]);
    const names = texts.map(({ path }) => path);
    expect(names).toEqual(
      expect.arrayContaining([
        'README.txt',
        'contents.json',
        'diagnosis.txt',
        'diagnosis.json',
        'versions.json',
        'survey.json',
        'objects/graph.json',
        'objects/pods.json',
        'objects/events.json',
        'objects/services.json',
        'objects/dynamocomponentdeployments.json',
        'objects/persistentvolumeclaims.json',
        'metrics/Frontend.prom',
        expect.stringMatching(/^logs\/.*-worker-.*\/main\.previous\.log$/),
        expect.stringMatching(/^operator\/.*\.json$/),
      ]),
    );
    const textOf = (name: RegExp): string => texts.find(({ path }) => name.test(path))?.text ?? '';
    expect(textOf(/previous\.log$/)).toContain('No available memory for the cache blocks');
    expect(textOf(/graph\.json$/)).toContain('"name": "PLANTED_TOKEN",\n');
    expect(textOf(/README/)).toContain('Secrets: never read');
    expect(names.filter(name => /secret/i.test(name))).toEqual([]);
    const calls = cluster()
      .audit()
      .filter(call => JSON.stringify(call).includes('/secrets'));
    // The survey lists names and metadata of Secrets; nobody reads one.
    expect(calls.filter(call => /\/secrets\/./.test(JSON.stringify(call)))).toEqual([]);
  });

  test('an endpoint tells how to talk to it, and keeps a way open until Ctrl-C', async () => {
    const shown = await typed('endpoint', HEALTHY);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain(`http://${HEALTHY}-frontend.dynamo-system.svc.cluster.local:8000/v1`);
    expect(shown.stdout).toContain(`export OPENAI_MODEL=${MODEL}`);

    const stop = new AbortController();
    const listening = start('endpoint', [HEALTHY, '--listen', '-o', 'json'], { signal: stop.signal });
    const { local } = await eventually(async () => {
      const text = listening.stdout();
      return text.endsWith('}\n') ? (JSON.parse(text) as { local: string }) : undefined;
    }, 'it listens');
    const models = (await (await fetch(`${local}/models`)).json()) as { data: { id: string }[] };
    expect(models.data.map(({ id }) => id)).toEqual([MODEL]);
    const port = new URL(local).port;
    const second = await typed('endpoint', HEALTHY, '--listen', '--port', port);
    expect(second).toMatchObject({
      code: 69,
      stderr: expect.stringContaining('is taken by another program'),
    });
    stop.abort();
    expect((await listening.ended).code).toBe(0);
    await expect(fetch(`${local}/models`)).rejects.toThrow('fetch failed');
  });

  test('a chat at a terminal streams, stops at Ctrl-C, saves, and leaves at the next', {
    timeout: 90_000,
  }, async () => {
    const cwd = newFolder();
    const words = ['chat', HEALTHY, '-n', 'dynamo-system', '--context', 'admin', '--kubeconfig'];
    const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');
    const argv = [program, ...component, ...words, cluster().kubeconfig, '--max-tokens', '3000'];
    const screen = openTerminal(process.execPath, argv, { cwd });
    await screen.until(/\/exit leaves\.[\s\S]*>/);
    screen.press(`/system be kind${keys.enter}`);
    // What is typed before the next prompt is there is nobody's: inquirer throws it away.
    await screen.until(/holds from now on\.\n ?> *$/);
    screen.press(`Say hello${keys.enter}`);
    await screen.until(/Say hello\n+.*[a-z]{3,}/);
    screen.press(keys.interrupt);
    await screen.until(/\(stopped, first token after \d+ ms, .*tokens\)\n ?> *$/);
    screen.press(`/save talk.json${keys.enter}`);
    await screen.until(/Saved to[\s\S]*\n ?> *$/);
    const { model, messages } = JSON.parse(readFileSync(join(cwd, 'talk.json'), 'utf8'));
    expect(model).toBe(MODEL);
    expect(messages.map(({ role }: { role: string }) => role)).toEqual(['system', 'user', 'assistant']);
    screen.press(keys.interrupt);
    expect(await screen.ended()).toBe(130);
  });

  test('a chat answers once, and says why it cannot', async () => {
    const answered = await typed('chat', HEALTHY, '-p', 'Say hello.', '--max-tokens', '12', '--verbose');
    expect(answered.code).toBe(0);
    expect(answered.stdout).toMatch(/[a-z]{3,}.*\n$/s);
    expect(answered.stderr).toMatch(
      /first token after \d+ ms, [\d.]+ tokens\/s, 12 tokens, cut at the token limit/,
    );

    const json = await typed('chat', HEALTHY, '-p', 'Say hello.', '--max-tokens', '5', '-o', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({ model: MODEL, tokens: 5, finish: 'length' });

    const refused = await typed('chat', CRASHING, '-p', 'Say hello.');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(`${MODEL} did not answer`);
    expect(refused.stderr).toContain(`diagnose ${CRASHING}`);
  });
});

type Started = { readonly signal: AbortSignal; readonly env: Readonly<Record<string, string>> };

/** As `./cli` in this process. */
function begin(argv: readonly string[], kubeconfig: string, { signal, env = {} }: Partial<Started>) {
  const captured = () => {
    const stream = new PassThrough();
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
  };
  const [out, err] = [captured(), captured()];
  const io: Io = {
    stdin: new PassThrough(),
    stdout: out.stream,
    stderr: err.stream,
    env,
    cwd: newFolder(),
    root: join(import.meta.dirname, '..', '..'),
    signal: signal ?? new AbortController().signal,
    canPrompt: false,
    color: { stdout: false, stderr: false },
    columns: 80,
    version: '0.0.0-test',
  };
  const ended = run([...argv, '--kubeconfig', kubeconfig, '--context', 'admin'], io).then(code => ({
    code,
    stdout: out.text(),
    stderr: err.text(),
  }));
  return { ended, stdout: out.text };
}

/** Which of the planted secrets stand in a text. */
function leaked(text: string, which = Object.keys(planted) as (keyof typeof planted)[]): string[] {
  return which.filter(one => text.includes(planted[one]));
}

type Container = { name: string; args?: string[]; env?: unknown[] };

/** Secrets where people put them although they should not. */
function plant(graph: KubeObject): void {
  graph.metadata.annotations = {
    ...graph.metadata.annotations,
    'example.com/registry-token': planted.annotation,
  };
  const components = graph.spec.components as {
    name: string;
    podTemplate: { spec: { containers: Container[] } };
  }[];
  for (const { name, podTemplate } of components) {
    const [main] = podTemplate.spec.containers;
    if (name !== 'worker' || main === undefined) continue;
    main.args = [...(main.args ?? []), '--api-key', planted.argument];
    main.env = [...(main.env ?? []), { name: 'PLANTED_TOKEN', value: planted.env }];
  }
}

/** A golden deployment under another name. */
async function deploy(cluster: Cluster, golden: string, name: string, change = (_: KubeObject): void => {}) {
  const manifests = goldenManifests(RELEASE, golden);
  const before = manifests.at(-1)?.metadata.name ?? '';
  const renamed = JSON.parse(JSON.stringify(manifests).replaceAll(before, name)) as KubeObject[];
  for (const each of renamed) {
    if (each.kind === 'PersistentVolumeClaim') each.spec.storageClassName = 'efs';
    if (each.kind === 'DynamoGraphDeployment') change(each);
    await cluster.objects.apply(each, 'dynamo-installer');
  }
}

async function podsWith(cluster: Cluster, name: string, word: string): Promise<true | undefined> {
  const path = `/api/v1/namespaces/dynamo-system/pods?labelSelector=${encodeURIComponent(`${graphLabel}=${name}`)}`;
  const { items } = await cluster.api.send('GET', path);
  return JSON.stringify(items).includes(`"${word}":3`) ? true : undefined;
}

async function stateOf(cluster: Cluster, name: string): Promise<true | undefined> {
  const metadata = { name, namespace: 'dynamo-system' };
  const kind = 'DynamoGraphDeployment';
  const found = await cluster.objects.read({ apiVersion: 'nvidia.com/v1alpha1', kind, metadata });
  return found?.status?.state === 'successful' ? true : undefined;
}
