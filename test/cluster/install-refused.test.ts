/** A deployment that cannot even begin says so in one sentence, with what to do and the exit code that scripts rely on. */

import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../kit/checkout.ts';
import { portOf } from '../kit/cluster/control/ports.ts';
import { MODEL } from '../kit/hub.ts';
import { type Ended, eventsOf, runProgram, verb } from '../kit/program.ts';
import { useHub } from './installing.ts';

const deploy = (...words: readonly string[]): readonly string[] =>
  verb('install', '--yes', '--action', 'deploy', '--model', MODEL, ...words);

/** Of a cluster at this address. */
const kubeconfigFor = (server: string): string => {
  const file = join(temporaryFolder(), 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'gone', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'me', user: { token: 'worth-nothing' } }],
    contexts: [{ name: 'gone', context: { cluster: 'gone', user: 'me' } }],
    'current-context': 'gone',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
};

/** Beginnings of what is wrong. */
const errors = ({ stderr }: Ended): string[] => stderr.split('\n').filter(line => line.startsWith('error: '));

const flat = (text: string): string => text.replace(/\s+/g, ' ');

describe('install --yes --action deploy without a cluster', () => {
  const hub = useHub();
  let silent: Server;
  beforeAll(async () => {
    silent = createServer(() => {});
    await new Promise<void>(resolve => {
      silent.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(() => silent.close());

  const run = (words: readonly string[]): Promise<Ended> => runProgram(words, { env: hub().env });

  type Refusal = {
    readonly name: string;
    readonly words: () => readonly string[];
    readonly code: number;
    readonly rule: string;
    readonly says: RegExp;
    readonly advises: RegExp;
  };
  const refusals: readonly Refusal[] = [
    {
      name: 'no kubeconfig',
      words: () => [],
      code: 69,
      rule: 'cluster-no-config',
      says: /There is no kubeconfig/,
      advises: /KUBECONFIG/,
    },
    {
      name: 'a kubeconfig that is not there',
      words: () => ['--kubeconfig', '/nonexistent/kubeconfig'],
      code: 69,
      rule: 'cluster-no-config',
      says: /\/nonexistent\/kubeconfig .*does not exist/,
      advises: /--kubeconfig/,
    },
    {
      name: 'a context that is not there',
      words: () => ['--kubeconfig', kubeconfigFor('https://127.0.0.1:9'), '--context', 'prod'],
      code: 69,
      rule: 'cluster-no-config',
      says: /no context named prod/,
      advises: /--context: gone/,
    },
    {
      name: 'nobody at the address',
      words: () => ['--kubeconfig', kubeconfigFor('https://127.0.0.1:9')],
      code: 69,
      rule: 'cluster-unreachable',
      says: /context gone \(127\.0\.0\.1:9\) cannot be reached: the connection was refused/,
      advises: /VPN/,
    },
    {
      name: 'an address that never answers',
      words: () => [
        ...['--kubeconfig', kubeconfigFor(`https://127.0.0.1:${portOf(silent)}`)],
        ...['--request-timeout', '1s'],
      ],
      code: 69,
      rule: 'cluster-unreachable',
      says: /context gone .*(did not answer|no answer|timed out)/i,
      advises: /VPN|--request-timeout/,
    },
    {
      name: '--offline',
      words: () => ['--offline', '--kubeconfig', kubeconfigFor('https://127.0.0.1:9')],
      code: 69,
      rule: 'cluster-no-config',
      says: /not looked at, because of --offline/,
      advises: /Leave --offline out/,
    },
  ];

  test.each(refusals)('$name: $code, one sentence', async ({ words, code, rule, says, advises }) => {
    const ended = await run(deploy(...words()));
    expect(ended.code).toBe(code);
    expect(ended.stdout).toBe('');
    expect(errors(ended)).toHaveLength(1);
    expect(flat(ended.stderr)).toMatch(says);
    expect(flat(ended.stderr)).toMatch(advises);
    expect(ended.stderr).toContain(`(${rule})`);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    for (const line of ended.stderr.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(readdirSync(ended.cwd)).toEqual([]);
  });

  test.each(refusals)('$name, as JSON', async ({ words, code, rule, says }) => {
    const ended = await run(deploy(...words(), '-o', 'json'));
    expect(ended.code).toBe(code);
    expect(ended.stderr).toBe('');
    const events = eventsOf(ended.stdout);
    expect(events.map(({ kind }) => kind)).toEqual(['finding', 'result']);
    expect(events[1]).toMatchObject({ verdict: 'refused', findings: [events[0]?.finding] });
    const finding = { rule, level: 'error', message: expect.stringMatching(says) };
    expect(events[0]?.finding).toMatchObject(finding);
  });

  test('--offline sends nothing anywhere', async () => {
    const before = hub().requests.length;
    await run(deploy('--offline', '--kubeconfig', kubeconfigFor(`https://127.0.0.1:${portOf(silent)}`)));
    expect(hub().requests.length).toBe(before);
  });

  test('what the settings get wrong is said too, and decides the exit code', async () => {
    const ended = await run(deploy('--release', '0.5.0'));
    expect(ended.code).toBe(65);
    expect(flat(ended.stderr)).toContain('There is no kubeconfig');
    expect(flat(ended.stderr)).toContain('0.5.0');
  });

  const usage: readonly {
    readonly name: string;
    readonly words: readonly string[];
    readonly says: RegExp;
  }[] = [
    { name: 'an unknown flag', words: deploy('--frob'), says: /'--frob'/ },
    { name: 'an unknown verb', words: verb('instal'), says: /Did you mean .*install/ },
    {
      name: 'an answer missing and nobody to ask',
      words: verb('install', '--action', 'deploy'),
      says: /answers are missing: --model ID/,
    },
    { name: '--timeout that is no time', words: deploy('--timeout', 'soon'), says: /--timeout soon is no/ },
    {
      name: '--request-timeout that is no time',
      words: deploy('--request-timeout', 'soon', '--kubeconfig', kubeconfigFor('https://127.0.0.1:9')),
      says: /--request-timeout soon is no/,
    },
  ];
  test.each(usage)('$name: 64', async ({ words, says }) => {
    const ended = await run(words);
    expect(ended.code).toBe(64);
    expect(flat(ended.stderr)).toMatch(says);
    expect(errors(ended)).toHaveLength(1);
  });
});
