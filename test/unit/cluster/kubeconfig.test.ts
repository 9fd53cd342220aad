import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseContext } from '../../../src/cluster/context.ts';
import { inCluster } from '../../../src/cluster/in-cluster.ts';
import { type ClusterError, isClusterError } from '../../../src/cluster/refusal.ts';
import { config, folder, written } from './playedServer.ts';

const io = (env: Record<string, string> = {}, cwd = '/') => ({ cwd, env });

const refused = (work: () => unknown): ClusterError => {
  try {
    work();
  } catch (error) {
    if (isClusterError(error)) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
};

const users = { 'kind-dev': { token: 'a' }, 'arn:aws:eks:us-west-2:1:cluster/genai': { token: 'b' } };
const one = () => written('config', config('https://one.example', users));

test('the current context, its cluster and user; the others for hints', () => {
  const file = one();
  expect(chooseContext(io(), { kubeconfig: file })).toMatchObject({
    cluster: { server: 'https://one.example' },
    user: { name: 'kind-dev', token: 'a' },
    namespace: null,
    target: {
      context: 'kind-dev',
      cluster: 'played',
      server: 'https://one.example',
      user: 'kind-dev',
      otherContexts: ['arn:aws:eks:us-west-2:1:cluster/genai'],
      files: [file],
    },
  });
});

test('--context chooses another; an unknown one names those that are there, the nearest first', () => {
  const kubeconfig = one();
  const context = 'arn:aws:eks:us-west-2:1:cluster/genai';
  expect(chooseContext(io(), { kubeconfig, context }).user.token).toBe('b');
  const error = refused(() =>
    chooseContext(io(), { kubeconfig, context: 'arn:aws:eks:us-west-2:1:cluster/gena' }),
  );
  expect(error.kind).toBe('no-config');
  expect(error.message).toContain('no context named arn:aws:eks:us-west-2:1:cluster/gena');
  expect(error.hint).toContain(`--context: ${context} and kind-dev`);
});

test('a kubeconfig that KUBECONFIG or --kubeconfig names and that is not there', () => {
  const file = '/home/user/clusters/prod-gpu.yaml';
  const byVariable = refused(() => chooseContext(io({ KUBECONFIG: file }), {}));
  expect(byVariable.message).toBe(`The kubeconfig ${file} that KUBECONFIG names does not exist.`);
  expect(byVariable.hint).toMatch(/aws eks update-kubeconfig.*--kubeconfig.*KUBECONFIG/);
  expect(refused(() => chooseContext(io(), { kubeconfig: file })).message).toContain('--kubeconfig names');
  const both = refused(() => chooseContext(io({ KUBECONFIG: ['/no/a', '/no/b'].join(delimiter) }), {}));
  expect(both.message).toBe('None of the kubeconfig files that KUBECONFIG names exists: /no/a, /no/b.');
});

test('no kubeconfig at all', () => {
  const home = folder();
  const error = refused(() => chooseContext(io({ HOME: home }), {}));
  expect(error).toMatchObject({ kind: 'no-config', status: 0 });
  expect(error.message).toContain(join(home, '.kube', 'config'));
  expect(error.message + error.hint).not.toContain('localhost');
});

test('~/.kube/config is taken when nothing is named', () => {
  const home = folder();
  mkdirSync(join(home, '.kube'));
  writeFileSync(join(home, '.kube', 'config'), JSON.stringify(config('https://home.example', users)));
  expect(chooseContext(io({ HOME: home }), {}).target.server).toBe('https://home.example');
});

test('of a list the first to name something wins, and missing files are passed over', () => {
  const first = written('first', {
    ...config('https://first.example', { dev: { token: '1' } }),
    'current-context': '',
  });
  const second = written(
    'second',
    config('https://second.example', { other: { token: '2' }, dev: { token: '3' } }),
  );
  const chosen = chooseContext(io({ KUBECONFIG: ['/no/such', first, second].join(delimiter) }), {});
  expect(chosen.target).toMatchObject({
    context: 'other',
    server: 'https://first.example',
    otherContexts: ['dev'],
    files: [first, second],
  });
  const KUBECONFIG = [first, second].join(delimiter);
  expect(chooseContext(io({ KUBECONFIG }), { context: 'dev' }).user.token).toBe('1');
});

test('relative paths start from the folder of the run, and within a kubeconfig from its own', () => {
  const users = {
    dev: { exec: { command: './bin/login' }, 'client-certificate': 'dev.crt', 'client-key': '/k' },
  };
  const file = written('config', config('https://one.example', users, { 'certificate-authority': 'ca.crt' }));
  const at = file.slice(0, -'/config'.length);
  const { cluster, user } = chooseContext(io({}, at), { kubeconfig: 'config' });
  expect([cluster.caFile, user.certFile, user.keyFile, user.exec.command]).toEqual([
    join(at, 'ca.crt'),
    join(at, 'dev.crt'),
    '/k',
    join(at, 'bin/login'),
  ]);
});

test('a token file is found, and goes before a token; groups and identifier to act as', () => {
  const user = { tokenFile: 'token', token: 'old', 'as-groups': ['ops', 'dev'], 'as-uid': '7' };
  const file = written('config', config('https://one.example', { dev: user }));
  const chosen = chooseContext(io(), { kubeconfig: file });
  expect(chosen.user.token).toBeUndefined();
  expect(chosen.user.authProvider).toEqual({
    name: 'tokenFile',
    config: { tokenFile: join(file, '..', 'token') },
  });
  expect(chosen.user.actAs).toEqual({ 'Impersonate-Group': ['ops', 'dev'], 'Impersonate-Uid': '7' });
});

test('broken YAML is named by file and line, without its text', () => {
  const file = written('config', 'users:\n- name: a\n  user: {token: s3cret\n');
  const error = refused(() => chooseContext(io(), { kubeconfig: file }));
  expect(error.message).toMatch(/config is not valid YAML: .* in line \d+\.$/);
  expect(error.message).not.toContain('s3cret');
});

test('a file that is empty, says no context, or names what it does not have', () => {
  const empty = written('config', '# nothing\n');
  expect(refused(() => chooseContext(io(), { kubeconfig: empty })).message).toContain('has no contexts');
  const undecided = written('config', { ...config('https://one.example', users), 'current-context': '' });
  const error = refused(() => chooseContext(io(), { kubeconfig: undecided }));
  expect(error.message).toContain('says no current context');
  expect(error.hint).toContain('kind-dev');
  const dangling = written('config', { ...config('https://one.example', users), clusters: [] });
  expect(refused(() => chooseContext(io(), { kubeconfig: dangling })).message).toContain(
    'names the cluster played',
  );
  const nobody = written('config', { ...config('https://one.example', users), users: [] });
  expect(refused(() => chooseContext(io(), { kubeconfig: nobody })).message).toContain(
    'names the user kind-dev',
  );
  expect(refused(() => chooseContext(io(), { kubeconfig: folder() })).message).toContain('it is a folder');
});

test('in a pod the service account is used', () => {
  const account = folder();
  writeFileSync(join(account, 'token'), 'tok');
  writeFileSync(join(account, 'namespace'), 'dynamo-system\n');
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };
  expect(inCluster({ env }, account)).toMatchObject({
    cluster: { server: 'https://[fd00::1]:6443', caFile: join(account, 'ca.crt'), skipTLSVerify: false },
    namespace: 'dynamo-system',
    target: { context: null, otherContexts: [], files: [] },
  });
  expect(inCluster({ env: {} }, account)).toBeNull();
  expect(inCluster({ env }, folder())).toBeNull();
});
