/** What a shell gets when it asks, and that trouble is quiet. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder, runCli } from '../../../kit/process.ts';

const component = ['nvidia-platform', 'dynamo-vllm'];

const kubeconfig = (folder: string, server: string, user: object = {}): string => {
  const path = join(folder, 'kubeconfig');
  const names = { cluster: 'c', user: 'u' };
  const text = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
    contexts: ['here', 'arn:aws:eks:us-east-1:1:cluster/prod'].map(name => ({ name, context: names })),
  };
  writeFileSync(path, JSON.stringify(text));
  return path;
};

const ask = (words: readonly string[], settings: Parameters<typeof runCli>[1]) =>
  runCli(['complete', '--', ...words], settings);

describe('an answer', () => {
  it('has a word and its meaning in each line, those that begin as typed', async () => {
    const ran = await ask([...component, 'sca'], { cwd: newFolder() });
    expect(ran).toMatchObject({
      code: 0,
      stdout: 'scale\tmore or fewer pods of a role; restarts none\n',
      stderr: '',
    });
  });

  it('names contexts without a connection, and behind an equals sign with the flag', async () => {
    const cwd = newFolder();
    const path = kubeconfig(cwd, 'https://127.0.0.1:1');
    const line = [...component, 'status', '--kubeconfig', 'kubeconfig'];
    const ran = await ask([...line, '--context', 'ar'], { cwd });
    expect(ran.stdout).toBe('arn:aws:eks:us-east-1:1:cluster/prod\n');
    expect((await ask([...line, '--context=he'], { cwd })).stdout).toBe('--context=here\n');
    const fromVariable = await ask([...component, 'status', '--context', ''], {
      cwd,
      env: { KUBECONFIG: path },
    });
    expect(fromVariable.stdout.split('\n')).toContain('here');
  });

  it('names saved manifests, and asks the shell for paths', async () => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'manifests', 'ns', 'q'), { recursive: true });
    const ran = await ask([...component, 'apply', 'man'], { cwd });
    expect(ran.stdout).toMatch(/^manifests\/ns\/q\tsaved \d{4}-\d\d-\d\d\n:files\n$/);
  });

  it('is cut for readline, without meanings', async () => {
    const cwd = newFolder();
    const env = { KUBECONFIG: kubeconfig(cwd, 'https://127.0.0.1:1') };
    const line = `./cli ${component.join(' ')} status --context arn:aws:e`;
    expect((await runCli(['complete', '--line', line, ' =:'], { cwd, env })).stdout).toBe(
      'eks:us-east-1:1:cluster/prod\n',
    );
    expect((await runCli(['complete', '--line', `${line} "`, ' =:'], { cwd, env })).stdout).toBe('');
  });

  it('names the codes of findings', async () => {
    const ran = await ask(['explain', 'update-'], { cwd: newFolder() });
    expect(ran.stdout).toBe('update-deadlock\tAn update that would wait for ever\n');
  });
});

const silent = { code: 0, stdout: '', stderr: '' };

describe('trouble', () => {
  it.each([
    ['no words', ['complete']],
    ['nonsense', ['complete', 'x', 'y']],
    ['an unknown verb', ['complete', '--', ...component, 'warp', '']],
  ])('with %s is quiet', async (_, words) => {
    expect(await runCli(words, { cwd: newFolder() })).toMatchObject(silent);
  });

  const status = [...component, 'status', ''];

  it('with the kubeconfig is quiet', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'broken'), '{ not: [yaml');
    for (const KUBECONFIG of ['/nonexistent', join(cwd, 'broken')]) {
      expect(await ask(status, { cwd, env: { KUBECONFIG } })).toMatchObject(silent);
      expect(
        await ask([...component, 'status', '--context', ''], { cwd, env: { KUBECONFIG } }),
      ).toMatchObject(silent);
    }
  });

  it('with a server that does not answer, or a credential plugin that takes long, ends by itself', async () => {
    const cwd = newFolder();
    const server = createServer(() => undefined);
    const port = await new Promise<number>(resolve => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const plugin = {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: 'sleep',
        args: ['600'],
        interactiveMode: 'Never',
      },
    };
    try {
      for (const user of [{}, plugin]) {
        const env = {
          KUBECONFIG: kubeconfig(cwd, `https://127.0.0.1:${port}`, user),
          PATH: process.env.PATH ?? '',
        };
        expect(await ask(status, { cwd, env })).toMatchObject(silent);
      }
    } finally {
      server.close();
    }
  });
});

describe('a script', () => {
  it('is refused for an unknown shell', async () => {
    const ran = await runCli(['completion', 'tcsh'], { cwd: newFolder() });
    expect(ran).toMatchObject({ code: 64, stdout: '' });
    expect(ran.stderr).toContain('bash, zsh or fish');
  });

  it('names this program, quoted', async () => {
    const ran = await runCli(['completion', 'fish'], { cwd: newFolder() });
    expect(ran.stdout).toMatch(/realpath -- '\/.*\/cli'/);
    expect(ran.stdout).toContain('complete -c $name');
  });
});
