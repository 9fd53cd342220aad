/** `check` where no cluster answers: what it says then, and what it leaves unsaid. */

import { describe, expect, it } from 'vitest';
import { component, newFolder, runCli } from '../../kit/process.ts';

const check = (...words: string[]) => runCli([...component, 'check', ...words], { cwd: newFolder() });

const unseen = [
  ['--offline', /not looked at, because of --offline/],
  ['--kubeconfig=/nonexistent', /\/nonexistent that --kubeconfig names does not exist/],
] as const;

describe.each(unseen)('check %s', (flag, why) => {
  it('ends with 69 and says why, and not what is assumed for want of a cluster', async () => {
    const ran = await check(flag);
    expect(ran.code).toBe(69);
    // A busy machine may be slow enough to be told what it waits for.
    expect(ran.stderr.replace('Looking at the cluster ...\n', '')).toBe('');
    expect(ran.stdout.replace(/\s+/g, ' ')).toMatch(why);
    expect(ran.stdout).toMatch(/^FAILED /);
    expect(ran.stdout).toMatch(/1 check: 1 failed\.\n$/);
  });

  it('says the same as JSON', async () => {
    const said = JSON.parse((await check(flag, '-o', 'json')).stdout);
    expect(said).toMatchObject({ schemaVersion: 1, cluster: null, findings: [{ level: 'error' }] });
    expect(said.findings).toHaveLength(1);
  });

  it('tells what the settings get wrong first, and ends with that', async () => {
    const ran = await check(flag, '--vllm-args', '--no-such-flag 1');
    expect(ran.code).toBe(65);
    expect(ran.stdout + ran.stderr).toContain('no-such-flag');
  });
});
