import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Client } from '../../../src/cluster/client.ts';
import { createAuthority } from '../../kit/cluster/control/certificates.ts';
import {
  client,
  closeClients,
  config,
  failure,
  folder,
  json,
  type Played,
  play,
  refusal,
  written,
} from './playedServer.ts';

const running: Played[] = [];
afterEach(() => {
  closeClients();
  for (const one of running.splice(0)) one.close();
});
const read = { method: 'GET', path: '/version' } as const;

/** Answers with who asked; `accepts` judges the Authorization header. */
const server = async (accepts: (authorization: string) => boolean = () => true): Promise<Played> => {
  const played = await play((request, response) => {
    const authorization = String(request.headers.authorization);
    if (!accepts(authorization)) return json(response, 401, failure(401, 'Unauthorized'));
    json(response, 200, { authorization, groups: request.headers['impersonate-group'] });
  });
  running.push(played);
  return played;
};

const as = async (played: Played, user: object): Promise<Client> =>
  client(written('config', config(played.url, { someone: user })));

const who = async (one: Client): Promise<unknown> => (await one.request(read)).body;

/** A credential plugin that counts its runs; `script` prints the credential of run $n. */
const plugin = (script: string): { user: object; runs: () => number; at: string } => {
  const at = folder();
  const command = join(at, 'login');
  writeFileSync(
    command,
    `#!/bin/sh\necho run >> ${at}/runs\nn=$(wc -l < ${at}/runs | tr -d ' ')\n${script}\n`,
    { mode: 0o700 },
  );
  const apiVersion = 'client.authentication.k8s.io/v1';
  return {
    at,
    user: {
      exec: { apiVersion, command, env: [{ name: 'WHO', value: 'tester' }], interactiveMode: 'Never' },
    },
    runs: () => readFileSync(join(at, 'runs'), 'utf8').trim().split('\n').length,
  };
};
const credential = (token: string, more = '') =>
  `echo '{"kind":"ExecCredential","status":{"token":"'${token}'"${more}}}'`;

test('token, name and password, groups', async () => {
  const played = await server();
  expect(await who(await as(played, { token: 'abc' }))).toMatchObject({ authorization: 'Bearer abc' });
  const basic = `Basic ${Buffer.from('ann:pw').toString('base64')}`;
  expect(await who(await as(played, { username: 'ann', password: 'pw' }))).toMatchObject({
    authorization: basic,
  });
  const acting = { token: 'abc', as: 'bob', 'as-groups': ['ops'] };
  expect(await who(await as(played, acting))).toMatchObject({ groups: 'ops' });
});

test('a token file is read without its line break, and again when it is refused', async () => {
  const tokenFile = written('token', 'first\n');
  const valid = new Set(['Bearer first']);
  const one = await as(await server(authorization => valid.has(authorization)), { tokenFile });
  expect(await who(one)).toMatchObject({ authorization: 'Bearer first' });
  valid.clear();
  valid.add('Bearer second');
  writeFileSync(tokenFile, 'second\n');
  expect(await who(one)).toMatchObject({ authorization: 'Bearer second' });
});

test('a plugin runs once, whether or not its credential says when it expires', async () => {
  for (const more of [
    '',
    ',"expirationTimestamp":"2020-01-01T00:00:00Z"',
    ',"expirationTimestamp":"2999-01-01T00:00:00Z"',
  ]) {
    const { user, runs } = plugin(credential('t$n', more));
    const one = await as(await server(), user);
    await Promise.all([who(one), who(one)]);
    expect(await who(one)).toEqual({ authorization: 'Bearer t1' });
    expect(runs()).toBe(1);
  }
});

test('after a 401 the plugin runs again, once for all requests that were refused', async () => {
  const { user, runs } = plugin(credential('t$n', ',"expirationTimestamp":"2999-01-01T00:00:00Z"'));
  const played = await server(authorization => authorization !== 'Bearer t1');
  const one = await as(played, user);
  const answers = await Promise.all([who(one), who(one), who(one)]);
  expect(answers).toEqual(Array(3).fill({ authorization: 'Bearer t2' }));
  expect(runs()).toBe(2);
});

test('a write that was refused by 401 is sent again too: nothing was done', async () => {
  const { user } = plugin(credential('t$n'));
  const played = await server(authorization => authorization !== 'Bearer t1');
  const one = await as(played, user);
  expect((await one.request({ method: 'POST', path: '/api/v1/namespaces', body: {} })).status).toBe(200);
});

test('credentials that stay refused are told after two tries', async () => {
  const { user, runs } = plugin(credential('t$n'));
  const error = await refusal((await as(await server(() => false), user)).request(read));
  expect(error).toMatchObject({ kind: 'unauthorized', status: 401 });
  expect(error.message).toContain(
    'does not accept the credentials of the kubeconfig as the user someone (401)',
  );
  expect(runs()).toBe(2);
});

test('a plugin gets the environment of the run, its own, and what it is asked for', async () => {
  const { user, at } = plugin(
    `echo "$WHO $REGION $KUBERNETES_EXEC_INFO" > "$(dirname "$0")/seen"; cat; ${credential('t')}`,
  );
  const file = written('config', config((await server()).url, { someone: user }));
  await client(file, { env: { REGION: 'us-west-2' } });
  const [name, region, info] = readFileSync(join(at, 'seen'), 'utf8').trim().split(' ');
  expect([name, region, JSON.parse(info ?? '')]).toEqual([
    'tester',
    'us-west-2',
    { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', spec: { interactive: false } },
  ]);
});

test('a plugin that is missing, fails, or prints something else', async () => {
  const played = await server();
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-plugin' };
  const missing = await refusal(
    as(played, { exec: { ...exec, installHint: 'Install it from example.com.\nMore.' } }),
  );
  expect(missing).toMatchObject({ kind: 'credentials', hint: 'Install it from example.com.' });
  expect(missing.message).toContain('no-such-plugin is not on the PATH');

  const failing = plugin(
    'echo "trying token=abc123" >&2; echo "The SSO session has expired. eyJhbGciOi.J9.x" >&2; exit 255',
  );
  const failed = await refusal(as(played, failing.user));
  expect(failed.message).toBe(
    'The credential plugin login of the user someone failed: The SSO session has expired. ***',
  );
  expect(failed.hint).toMatch(/`kubectl --kubeconfig \S+ --context someone get --raw \/version`/);

  const advising = plugin(
    'printf "ERROR: (gcloud) Reauthentication failed.\\nPlease run:\\n\\n  \\$ gcloud auth login\\n\\nto obtain new credentials.\\n" >&2; exit 1',
  );
  const advised = await refusal(as(played, advising.user));
  expect(advised.message).toMatch(/failed: ERROR: \(gcloud\) Reauthentication failed\.$/);

  for (const printed of ['hello', '{}', '{"kind":"ExecCredential"}']) {
    const silent = await refusal(as(played, plugin(`echo '${printed}'`).user));
    expect(silent.message).toContain('printed something that is no credential');
  }
  expect(played.requests).toEqual([]);
});

test('a plugin that waits for a person is heard meanwhile, a quick one is not', async () => {
  const played = await server();
  const { user, at } = plugin(
    `if [ $n = 1 ]; then echo "Enter the code ABC at example.com." >&2; until [ -e ${'$'}(dirname $0)/go ]; do sleep 0.1; done; fi
echo "a warning" >&2; ${credential('abc')}`,
  );
  const file = written('config', config(played.url, { someone: user }));
  const heard: string[] = [];
  const onPlugin = (text: string): void => {
    heard.push(text);
    writeFileSync(join(at, 'go'), '');
  };
  await client(file, { onPlugin });
  expect(heard[0]).toBe('Enter the code ABC at example.com.');
  const quick: string[] = [];
  await client(file, { onPlugin: text => quick.push(text) });
  expect(quick).toEqual([]);
});

test('Ctrl-C ends a plugin that waits', async () => {
  const { user, runs } = plugin('exec sleep 60');
  const abort = new AbortController();
  const file = written('config', config('https://one.example', { someone: user }));
  const connecting = refusal(client(file, { signal: abort.signal }));
  const begun = () => {
    try {
      return runs() > 0;
    } catch {
      return false;
    }
  };
  while (!begun()) await new Promise(resolve => setTimeout(resolve, 5));
  abort.abort();
  expect((await connecting).kind).toBe('interrupted');
});

test('a certificate file that is missing is named', async () => {
  const error = await refusal(
    as(await server(), { 'client-certificate': '/no/such.crt', 'client-key': '/no/key' }),
  );
  expect(error).toMatchObject({ kind: 'credentials' });
  expect(error.message).toMatch(
    /^The file \/no\/such\.crt that .*config names .* cannot be read \(ENOENT\)\.$/,
  );
});

const aDay = 24 * 3_600_000;

/** A client certificate that was issued so many days ago, and holds for thirty. */
const issued = (daysAgo: number): object => {
  vi.useFakeTimers({ now: Date.now() - daysAgo * aDay, toFake: ['Date'] });
  const { cert, key } = createAuthority('some-ca').issue({ name: 'admin' });
  vi.useRealTimers();
  const inBase64 = (text: string): string => Buffer.from(text).toString('base64');
  return { 'client-certificate-data': inBase64(cert), 'client-key-data': inBase64(key) };
};

test('a client certificate that ran out is named with its day, one that did not is not blamed', async () => {
  const refusing = await play((_, response) => json(response, 401, failure(401, 'Unauthorized')));
  running.push(refusing);
  const day = new Date(Date.now() - 10 * aDay).toISOString().slice(0, 10);
  const old = await refusal((await as(refusing, issued(40))).request(read));
  expect(old).toMatchObject({ kind: 'unauthorized', status: 401 });
  expect(old.message).toContain(`client certificate of the kubeconfig as the user someone expired on ${day}`);
  expect(old.hint).toContain('kubeadm certs renew');
  const valid = await refusal((await as(refusing, issued(0))).request(read));
  expect(valid.message).toMatch(/does not accept the credentials .* Unauthorized\.$/);
});
