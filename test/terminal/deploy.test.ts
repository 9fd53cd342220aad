/** `Deploy now` as a person sees it: questions, live table, verification and what to do next, at a terminal and without one. */

import { describe, expect, test } from 'vitest';
import { PATIENCE, runIn, useHub } from '../cluster/installing.ts';
import { describeWithFrontend } from '../cluster/support.ts';
import { temporaryFolder } from '../kit/checkout.ts';
import { startFaultProxy } from '../kit/cluster/faults/proxy.ts';
import { MODEL } from '../kit/hub.ts';
import { programFile, startProgram, verb } from '../kit/program.ts';
import { keys, openTerminal, type Screen } from '../kit/terminal.ts';
import { isToCopy, normal } from './normal.ts';

const SCREENS = './screens';

const enter = async (screen: Screen, question: RegExp): Promise<void> => {
  await screen.until(question);
  screen.press(keys.enter);
};

/** All questions, by keys: an aggregated deployment of a small model with this name. */
const answerAll = async (screen: Screen, name: string): Promise<void> => {
  await screen.until(/Enter model name/);
  screen.press(`${keys.backspace.repeat(60)}${MODEL}${keys.enter}`);
  await enter(screen, /Select deployment mode/);
  await enter(screen, /Tensor Parallel Size/);
  await screen.until(/Enable KV Router/);
  screen.press(`y${keys.enter}`);
  await enter(screen, /KVBM/);
  await enter(screen, /Worker replicas/);
  await enter(screen, /Additional vLLM args/);
  await screen.until(/Deployment name/);
  screen.press(`${name}${keys.enter}`);
  await enter(screen, /❯ Deploy now/);
};

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

const ended = (screen: Screen): Promise<number> => screen.ended();

// One node, so that its name is always the same.
await describeWithFrontend(
  'Deploy now on a screen',
  { release: '0.9.1', nodes: 'p5.48xlarge=1' },
  cluster => {
    const hub = useHub();
    const open = (
      words: readonly string[],
      more: { columns?: number; env?: Record<string, string> } = {},
    ): Screen => {
      const home = temporaryFolder();
      const env = { ...hub().env, KUBECONFIG: cluster().kubeconfig, HOME: home, HF_TOKEN: '', ...more.env };
      return openTerminal(process.execPath, [programFile, ...verb('install', ...words)], {
        cwd: home,
        columns: more.columns ?? 80,
        rows: 120,
        env,
      });
    };
    const again = ['--yes', '--model', MODEL, '--name', 'screen-80', '--kv-router'];

    describe.each([80, 200])('of %d columns', columns => {
      test('shows everything from the first question to what to do next', PATIENCE, async () => {
        const screen = open([], { columns });
        const tables = new Set<string>();
        const table = (): string => /^ {2}role +ready[\s\S]*?waited.*$/m.exec(screen.text())?.[0] ?? '';
        const timer = setInterval(() => tables.add(table()), 50);
        await answerAll(screen, `screen-${columns}`);
        await screen.until(/first token after/);
        expect(await ended(screen)).toBe(0);
        clearInterval(timer);
        await expect(`${normal(screen.text())}\n`).toMatchFileSnapshot(`${SCREENS}/deploy-${columns}.txt`);
        expect(screen.broken().filter(line => !isToCopy(line))).toEqual([]);
        // The table was redrawn in its place: one is left of all that were seen.
        expect(tables.size).toBeGreaterThan(2);
        expect([...tables].some(one => /worker +0\/1/.test(one))).toBe(true);
        expect(count(screen.text(), /^ {2}role +ready/gm)).toBe(1);
        expect(table()).toMatch(/worker +1\/1 +ready/);
      });
    });

    test('names the cluster once, before the second question is answered', PATIENCE, async () => {
      const screen = open([]);
      await enter(screen, /Enter model name/);
      await screen.until(/Select deployment mode/);
      expect(screen.text()).toMatch(/Enter model name: .*\nCluster: context admin, namespace dynamo-system/);
      screen.press(keys.enter);
      await screen.until(/Tensor Parallel Size/);
      expect(count(screen.text(), /Cluster:/g)).toBe(1);
      screen.press(keys.interrupt);
      expect(await ended(screen)).toBe(130);
    });

    test('asks before it looks, and does not wait for a slow cluster', PATIENCE, async () => {
      const proxy = await startFaultProxy(cluster().plane);
      proxy.set({ kind: 'delay', ms: 3000 });
      const screen = open([], { env: { KUBECONFIG: proxy.kubeconfig } });
      await screen.until(/Enter model name/);
      expect(proxy.requests).toEqual([]);
      screen.press(keys.enter);
      await screen.until(/Select deployment mode/);
      // A survey takes several answers, one after the other, of three seconds each.
      expect(screen.text()).not.toContain('Cluster:');
      expect(proxy.requests.length).toBeGreaterThan(0);
      screen.press(keys.interrupt);
      expect(await ended(screen)).toBe(130);
      await proxy.stop();
    });

    test('names a slow cluster before anything is done to it', PATIENCE, async () => {
      const proxy = await startFaultProxy(cluster().plane);
      proxy.set({ kind: 'delay', ms: 1000 });
      const screen = open([], { env: { KUBECONFIG: proxy.kubeconfig } });
      await answerAll(screen, 'slow');
      await screen.until(/Deployment +slow in namespace/);
      const at = (text: string): number => screen.text().indexOf(text);
      expect(count(screen.text(), /Cluster: context through-proxy, /g)).toBe(1);
      expect(at('Cluster:')).toBeLessThan(at('Deployment     slow'));
      screen.press(keys.interrupt);
      expect(await ended(screen)).toBe(130);
      await proxy.stop();
    });

    test('says what it waits for, once, where the cluster is slow', PATIENCE, async () => {
      const proxy = await startFaultProxy(cluster().plane);
      proxy.set({ kind: 'delay', ms: 1500 });
      const listing = verb('list', '--kubeconfig', proxy.kubeconfig);
      const lines = await runIn(cluster(), hub(), listing);
      expect(lines).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^Looking at the cluster \.\.\.\n/),
      });
      expect(count(lines.stderr, /Looking/g)).toBe(1);
      expect((await runIn(cluster(), hub(), [...listing, '-o', 'json'])).stderr).toBe('');
      const env = { ...hub().env, KUBECONFIG: proxy.kubeconfig };
      const applying = startProgram(verb('install', ...again), { env });
      await applying.says(/Looking at the cluster[\s\S]*\n {2}Trying it out, which changes nothing \.\.\.\n/);
      applying.kill('SIGINT');
      expect((await applying.ended).code).toBe(130);
      await proxy.stop();
    });

    test('redraws without colour with NO_COLOR', PATIENCE, async () => {
      const screen = open(again, { env: { NO_COLOR: '1' } });
      expect(await ended(screen)).toBe(0);
      expect(screen.text()).toMatch(/^ {2}role +ready/m);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      expect(screen.raw()).not.toMatch(/\u001b\[[\d;]*m/);
    });

    test('writes plain lines to a terminal that can do nothing else', PATIENCE, async () => {
      const screen = open(again, { env: { TERM: 'dumb' } });
      expect(await ended(screen)).toBe(0);
      expect(screen.raw()).not.toContain('\u001b');
      expect(screen.text()).toMatch(/^worker: ready/m);
      expect(screen.text()).toMatch(/answers:/);
      expect(screen.broken().filter(line => !isToCopy(line))).toEqual([]);
    });

    test('writes plain lines where there is no terminal', PATIENCE, async () => {
      const words = ['--yes', '--model', MODEL, '--name', 'lines', '--mode', 'disaggregated'];
      const run = await runIn(cluster(), hub(), verb('install', ...words));
      expect(run.code).toBe(0);
      expect(run.stdout + run.stderr).not.toContain('\u001b');
      const lines = run.stderr.split('\n');
      const isStage = (line: string): boolean => /^(model download|Frontend|prefill|decode): /.test(line);
      for (const role of ['Frontend', 'prefill', 'decode'])
        expect(lines.filter(line => line.startsWith(`${role}: `)).at(-1)).toMatch(/: ready/);
      expect(lines.filter(line => line.length > 80 && !isToCopy(line))).toEqual([]);
      const rest = lines.filter(line => !isStage(line)).join('\n');
      await expect(normal(`${rest}--- stdout\n${run.stdout}`)).toMatchFileSnapshot(
        `${SCREENS}/deploy-lines.txt`,
      );
    });

    test('says after Ctrl-C what is there, and the next run goes on', PATIENCE, async () => {
      const words = ['--yes', '--model', MODEL, '--name', 'stopped', '--context', 'exec'];
      const screen = open(words);
      await screen.until(/worker +0\/1/);
      screen.press(keys.interrupt);
      expect(await ended(screen)).toBe(130);
      const said = screen.text();
      expect(said).toContain('Interrupted while waiting; what was applied stays and goes on.');
      expect(said).not.toMatch(/\n\s+at /);
      // As one line, because the terminal breaks commands where it must.
      const resume = /install (--model .*?) {2}To watch it/.exec(said.replace(/\n/g, ''))?.[1] ?? '';
      expect(resume).toContain('--name stopped');
      expect(resume).toContain('--context exec');
      expect(resume).toContain('--yes');
      const next = await runIn(cluster(), hub(), verb('install', ...resume.trim().split(' ')));
      expect(next.code).toBe(0);
      expect(next.stderr).toMatch(/unchanged +DynamoGraphDeployment stopped/);
      expect(next.stdout).toContain('answers:');
    });
  },
);
