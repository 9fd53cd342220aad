/** A Hugging Face token goes into one Secret and nowhere else: every place that a run leaves something in is searched for it. */

import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../kit/checkout.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import { startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import { GATED_MODEL, MODEL } from '../kit/hub.ts';
import { type Ended, programFile, type Running, verb } from '../kit/program.ts';
import { keys, openTerminal } from '../kit/terminal.ts';
import { deployWords, PATIENCE, runIn, useHub } from './installing.ts';
import { describeWithFrontend, eventually } from './support.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Of the form that the Hub gives out, and worth nothing. */
const newToken = (): string =>
  `hf_${Array.from({ length: 34 }, () => letters[randomInt(letters.length)]).join('')}`;

/** As it stands, as a Secret and as an address would hold it, and its middle, in case its ends were cut. */
const spellings = (token: string): string[] => [
  token,
  Buffer.from(token).toString('base64'),
  Buffer.from(token).toString('hex'),
  token.slice(8, 28),
];

const holds = (text: string, token: string): boolean => spellings(token).some(each => text.includes(each));

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name));

/** Where a run left the token; empty when nowhere. */
const leaks = ({ stdout, stderr, commandLines, home, cwd }: Ended, token: string): string[] => [
  ...(holds(stdout, token) ? ['stdout'] : []),
  ...(holds(stderr, token) ? ['stderr'] : []),
  ...commandLines.filter(line => holds(line, token)),
  ...[...filesUnder(home), ...filesUnder(cwd)].filter(file => holds(readFileSync(file, 'latin1'), token)),
];

/** All of it, as if it had been written on one line. */
const said = ({ stdout, stderr }: Ended): string => (stdout + stderr).replace(/\s+/g, ' ');

type Resource = { readonly name: string; readonly verbs: readonly string[] };

/** Every object of every kind that can be listed. */
const everything = async ({ api }: Cluster): Promise<KubeObject[]> => {
  const { groups } = await api.send('GET', '/apis');
  const versions = (groups as { versions: { groupVersion: string }[] }[]).flatMap(group =>
    group.versions.map(({ groupVersion }) => `/apis/${groupVersion}`),
  );
  const found: KubeObject[] = [];
  for (const root of ['/api/v1', ...versions]) {
    const { resources } = await api.send('GET', root);
    for (const { name, verbs } of resources as Resource[]) {
      if (!verbs.includes('list')) continue;
      const list = await api.send('GET', `${root}/${name}`);
      found.push(...(list.items as KubeObject[]).map(item => ({ ...item, kind: item.kind ?? name })));
    }
  }
  return found;
};

const holders = (objects: readonly KubeObject[], token: string): string[] =>
  objects
    .filter(object => holds(JSON.stringify(object), token))
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);

const namespace = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

/** Lets the dry run through and repeats the value of what it refuses then. */
const tellingPolicy = (where: string): KubeObject[] => {
  const name = `no-secrets-${where}`;
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const resourceRules = [
    { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] },
  ];
  const validations = [
    {
      expression: 'has(request.dryRun) && request.dryRun',
      messageExpression: "'the value ' + string(object.data['HF_TOKEN']) + ' is not welcome here'",
    },
  ];
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules }, validations },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': where } } },
      },
    },
  ];
};

await describeWithFrontend('the Hugging Face token', { release: '1.5.1' }, cluster => {
  const hub = useHub();
  const run = (token: string, words: readonly string[], running: Running = {}): Promise<Ended> =>
    runIn(cluster(), hub(), words, { ...running, env: { ...running.env, HF_TOKEN: token } });
  const gated = (name: string, ...words: readonly string[]): readonly string[] => [
    ...deployWords(name, '--model', GATED_MODEL),
    ...['--namespace', name],
    ...words,
  ];
  const place = async (name: string): Promise<void> => {
    await cluster().objects.apply(namespace(name));
  };

  test('of the environment is used, and ends in one Secret', PATIENCE, async () => {
    const token = newToken();
    await place('chat');
    const words = ['--verbose', '-o', 'json', '--save-answers', 'answers.yaml'];
    const ended = await run(token, gated('chat', ...words));
    expect(ended.code).toBe(0);
    expect(hub().requests.map(({ authorization }) => authorization)).toContain(`Bearer ${token}`);
    expect(filesUnder(ended.cwd)).toEqual([join(ended.cwd, 'answers.yaml')]);
    expect(leaks(ended, token)).toEqual([]);
    const audit = readFileSync(cluster().plane.auditLog, 'utf8');
    expect(audit).toContain('/api/v1/namespaces/chat/secrets');
    expect(holds(audit, token)).toBe(false);
    const objects = await everything(cluster());
    expect(objects.filter(({ kind }) => kind === 'pods').length).toBeGreaterThan(2);
    expect(holders(objects, token)).toEqual(['secrets chat/hf-token-secret']);
    const secret = objects.find(
      ({ metadata }) => metadata.namespace === 'chat' && metadata.name === 'hf-token-secret',
    );
    expect(secret?.data).toEqual({ HF_TOKEN: Buffer.from(token).toString('base64') });
  });

  test('is in no command line, which is looked at while it runs', PATIENCE, async () => {
    const ended = await run(newToken(), verb('check', '--model', GATED_MODEL));
    const own = `${programFile} nvidia-platform dynamo-vllm check`;
    const isShown = existsSync('/proc/self/cmdline');
    expect(ended.commandLines.some(line => line.includes(own))).toBe(isShown);
  });

  test('is not in saved manifests, snapshots, caches and reports', PATIENCE, async () => {
    const token = newToken();
    const home = temporaryFolder();
    const env = { HOME: home, XDG_CACHE_HOME: join(home, 'cache') };
    const check = verb('check', '--model', GATED_MODEL, '-n', 'chat', '--save-snapshot', 'facts.json');
    const runs = [
      await run(token, gated('chat', '--action', 'save', '--verbose'), { env }),
      await run(token, check, { env }),
      await run(token, [...check, '-o', 'json'], { env }),
      await run(token, [...check, '-o', 'junit'], { env }),
      // Only what the Hub says of open models is kept.
      await run(token, [...check, '--model', MODEL], { env }),
    ];
    for (const ended of runs) {
      expect(ended.code).toBe(0);
      expect(filesUnder(ended.cwd).length).toBeGreaterThan(0);
      expect(leaks(ended, token)).toEqual([]);
    }
    expect(filesUnder(home).length).toBeGreaterThan(0);
    expect(holders(await everything(cluster()), token)).toEqual([]);
  });

  test('is not repeated when the API server refuses the Secret with it', PATIENCE, async () => {
    const token = newToken();
    await place('refused');
    for (const object of tellingPolicy('refused')) await cluster().objects.apply(object);
    const isRefused = async (): Promise<true | undefined> => {
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'try', namespace: 'refused' } };
      const answer = await cluster()
        .objects.create({ ...secret, data: { HF_TOKEN: 'dHJ5' } })
        .catch((error: Error) => error.message);
      if (typeof answer !== 'string') await cluster().objects.remove(secret);
      return typeof answer === 'string' ? true : undefined;
    };
    await eventually(isRefused, 'the policy works');
    for (const format of ['text', 'json']) {
      const ended = await run(token, gated('refused', '-o', format));
      expect(ended.code).toBe(65);
      expect(said(ended)).toContain('is not welcome here');
      expect(leaks(ended, token)).toEqual([]);
    }
    expect(holders(await everything(cluster()), token)).toEqual([]);
  });

  test('is not repeated when what stands between breaks with it in its words', PATIENCE, async () => {
    const token = newToken();
    await place('broken');
    const proxy = await startFaultProxy(cluster().plane);
    const isSecret = ({ method, url }: { method: string; url: string }): boolean =>
      method === 'POST' && url.includes('/secrets') && !url.includes('dryRun');
    const message = `cannot store ${token} nor ${Buffer.from(token).toString('base64')}`;
    proxy.set({ kind: 'answer', status: 500, message, when: isSecret });
    const ended = await run(token, gated('broken'), { env: { KUBECONFIG: proxy.kubeconfig } });
    await proxy.stop();
    expect(ended.code).toBe(69);
    expect(said(ended)).toContain('cannot store ***');
    expect(leaks(ended, token)).toEqual([]);
  });

  test('that a person types is shown nowhere', PATIENCE, async () => {
    const token = newToken();
    await place('typed');
    const cwd = temporaryFolder();
    const [, , name = '', , , , ...rest] = gated('typed', '--no-kv-router', '--no-kvbm', '--vllm-args', '');
    const answers = [
      '--action',
      'deploy',
      '--mode',
      'aggregated',
      '--replicas',
      '1',
      '--tensor-parallel-size',
      '1',
    ];
    const screen = openTerminal(
      process.execPath,
      [programFile, 'nvidia-platform', 'dynamo-vllm', name, ...answers, ...rest],
      { cwd, env: { ...hub().env, KUBECONFIG: cluster().kubeconfig, HOME: cwd, HF_TOKEN: '' }, rows: 100 },
    );
    // Before the question is open, the terminal itself would show what is typed.
    await screen.until(/Hugging Face token \(not shown/);
    screen.press(`${token}${keys.enter}`);
    await screen.until(/answers:/);
    expect(await screen.ended()).toBe(0);
    expect(holds(screen.raw(), token)).toBe(false);
    expect(filesUnder(cwd).filter(file => holds(readFileSync(file, 'latin1'), token))).toEqual([]);
    expect(holders(await everything(cluster()), token)).toEqual(['secrets typed/hf-token-secret']);
  });

  test('is not repeated when the Hub answers with the header that it was sent', PATIENCE, async () => {
    const token = newToken();
    hub().echo();
    for (const format of ['text', 'json', 'junit']) {
      const ended = await run(token, verb('check', '--model', MODEL, '-n', 'chat', '-o', format));
      expect(said(ended)).toContain('hub-');
      expect(leaks(ended, token)).toEqual([]);
    }
    expect(hub().requests.map(({ authorization }) => authorization)).toContain(`Bearer ${token}`);
  });
});
