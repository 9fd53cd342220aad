/** Completion in real shells at a pseudo-terminal: what stands on the line after Tab. */

import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../kit/checkout.ts';
import { describeUnless } from '../kit/skip.ts';
import { openTerminal, type Screen } from '../kit/terminal.ts';

const root = join(import.meta.dirname, '..', '..');
const built = join(root, 'dist', 'cli.cjs');
const arn = 'arn:aws:eks:us-east-1:111122223333:cluster/prod';

type Shell = { readonly args: readonly string[]; readonly source: string };

const shells: Readonly<Record<string, Shell>> = {
  bash: { args: ['--norc', '--noprofile', '-i'], source: `source <(node '${built}' completion bash)` },
  zsh: { args: ['-f', '-i'], source: `source <(node '${built}' completion zsh)` },
  fish: { args: ['--no-config', '-i'], source: `node '${built}' completion fish | source` },
};

const missing = (shell: string): string | undefined => {
  try {
    execFileSync(shell, ['-c', 'exit 0'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `there is no ${shell} here`;
  }
};

const tab = '\t';

/** A shell in a folder with a link to the program, and one context. */
const start = async (name: string): Promise<{ screen: Screen; cwd: string }> => {
  const { args, source } = shells[name] ?? { args: [], source: '' };
  const cwd = temporaryFolder();
  symlinkSync(join(root, 'cli'), join(cwd, 'cli'));
  const kubeconfig = join(cwd, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify({ contexts: [{ name: arn }, { name: 'local' }] }));
  const env = { KUBECONFIG: kubeconfig, HOME: cwd, PS1: '% ', HISTFILE: join(cwd, 'history') };
  const screen = openTerminal(name, args, { cwd, env, columns: 160 });
  screen.press(`${source}; echo rea''dy\r`);
  await screen.until(/^ready/m);
  return { screen, cwd };
};

const platform = './cli nvidia-platform dynamo-vllm';

for (const shell of Object.keys(shells)) {
  describeUnless(missing(shell), `completion in ${shell}`, () => {
    const type = async (typed: string, line: RegExp): Promise<void> => {
      const { screen } = await start(shell);
      screen.press(typed);
      await screen.until(line);
      expect(screen.text()).toMatch(line);
      screen.kill('SIGKILL');
    };

    it('says nothing while it is sourced, as start-up files do', async () => {
      const { screen } = await start(shell);
      expect(screen.text()).not.toContain('To use it in this shell');
      screen.kill('SIGKILL');
    });

    it('goes from category to component to verb to value', async () => {
      await type(
        `./cli nv${tab}dyn${tab}rend${tab}--mode d${tab}`,
        /\.\/cli nvidia-platform dynamo-vllm render --mode disaggregated/,
      );
    });

    it('completes a value behind an equals sign', async () => {
      await type(`${platform} render --mode=d${tab}`, /render --mode=disaggregated/);
    });

    it('completes a context with colons', async () => {
      await type(`${platform} check --context arn${tab}`, new RegExp(`check --context ${arn}`));
      await type(`${platform} check --context arn:aws:e${tab}`, new RegExp(`check --context ${arn}`));
    });

    it('completes paths where a file is wanted', async () => {
      await type(`${platform} render --answers kubec${tab}`, /--answers kubeconfig/);
    });

    it('runs nothing of what was typed', async () => {
      const { screen, cwd } = await start(shell);
      screen.press(`${platform} render --env 'A=$(touch bad)' --mode d${tab}`);
      await screen.until(/--mode disaggregated/);
      screen.kill('SIGKILL');
      expect(existsSync(join(cwd, 'bad'))).toBe(false);
    });

    it('leaves other programs of that name alone', async () => {
      const { screen, cwd } = await start(shell);
      writeFileSync(join(cwd, 'mark'), '');
      screen.press(`mkdir other; cp /bin/echo other/cli; ./other/cli nv${tab}; echo do''ne\r`);
      await screen.until(/^done/m);
      screen.kill('SIGKILL');
      expect(screen.text()).not.toContain('nvidia-platform');
    });
  });
}

describe('the scripts', () => {
  it('can be read twice without a word', () => {
    const script = execFileSync('node', [built, 'completion', 'bash'], { encoding: 'utf8' });
    const said = execFileSync('bash', ['--norc', '-c', `${script}\n${script}\ncomplete -p cli`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(said).toBe('complete -F _dynamo_installer cli\n');
  });
});
