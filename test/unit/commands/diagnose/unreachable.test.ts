import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { component, newFolder, runCli } from '../../../kit/process.ts';

/** Nobody listens there. */
const kubeconfig = `apiVersion: v1
kind: Config
current-context: nowhere
clusters: [{name: nowhere, cluster: {server: 'https://127.0.0.1:1'}}]
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
users: [{name: nobody, user: {token: none}}]
`;

const typed = (...words: string[]) => {
  const cwd = newFolder();
  writeFileSync(join(cwd, 'kubeconfig'), kubeconfig);
  const reach = ['--kubeconfig', join(cwd, 'kubeconfig'), '--request-timeout', '1s'];
  return runCli([...component, ...words, ...reach], { cwd });
};

describe('without a cluster', () => {
  it('a diagnosis says so, for programs too', async () => {
    const said = await typed('diagnose', 'chat', '-o', 'json');
    expect(said).toMatchObject({ code: 69, stderr: '' });
    expect(JSON.parse(said.stdout)).toMatchObject({
      schemaVersion: 1,
      verdict: 'unknown',
      findings: [{ rule: 'cluster-unreachable', level: 'error' }],
    });
  });
  it.each([['logs'], ['endpoint'], ['chat', '-p', 'hello'], ['diagnose']])(
    '%s ends with 69',
    async (...words) => {
      const { code, stdout, stderr } = await typed(...words);
      expect({ code, stdout }).toEqual({ code: 69, stdout: '' });
      expect(stderr).toContain('127.0.0.1:1');
    },
  );
  it.each([
    [['logs', '-f', '--previous']],
    [['logs', '--tail', 'x']],
    [['endpoint', '--port', '1']],
    [['status', '--watch', '-o', 'yaml']],
    [['chat', '-p', '']],
    [['chat', '-p', 'x', '--max-tokens', '0']],
  ])('%j is wrong before anything is opened', async words => {
    const stdin = await typed(...words);
    expect(stdin.code).toBe(64);
  });
});
