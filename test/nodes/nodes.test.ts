/** The built program on the other Node releases that it promises to run on. */

import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { nodeOf, noOtherNodes, nodeReleases as releases } from '../kit/nodes.ts';
import { newFolder } from '../kit/process.ts';
import { programFile as program } from '../kit/program.ts';
import { describeUnless } from '../kit/skip.ts';
import { keys, openTerminal } from '../kit/terminal.ts';

const words = ['nvidia-platform', 'dynamo-vllm'];

describeUnless(noOtherNodes, 'the built program', () => {
  it.each(releases)(
    'prints the same bytes on Node %s',
    release => {
      const node = nodeOf(release);
      const render = (with_: string): string =>
        execFileSync(with_, [program, ...words, 'render', '--mode', 'disaggregated', '--kv-router'], {
          encoding: 'utf8',
          stdio: 'pipe',
        });
      expect(execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()).toBe(`v${release}`);
      expect(render(node)).toBe(render(process.execPath));
    },
    300_000,
  );

  it.each(releases)(
    'asks and saves on Node %s',
    async release => {
      const screen = openTerminal(
        nodeOf(release),
        [
          program,
          ...words,
          'install',
          '--model',
          'a/b',
          '--mode',
          'aggregated',
          '--tensor-parallel-size',
          '1',
          '--no-kv-router',
          '--no-kvbm',
          '--replicas',
          '1',
          '--vllm-args',
          '',
          '--action',
          'save',
        ],
        { cwd: newFolder() },
      );
      await screen.until(/\? Deployment name: \(b\)/);
      screen.press(keys.enter);
      expect(await screen.ended()).toBe(0);
      expect(screen.text()).toContain('Saved: manifests/dynamo-system/b');
    },
    300_000,
  );
});
