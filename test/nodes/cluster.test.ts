/** The way from an install to its removal on the other Node releases: their HTTP/2, TLS and WebSocket are not the same code. */

import { afterAll, describe, expect, it } from 'vitest';
import { deployWords, PATIENCE, removeDeployment, runIn, useHub } from '../cluster/installing.ts';
import { describeWithFrontend } from '../cluster/support.ts';
import { nodeOf, nodeReleases, noOtherNodes } from '../kit/nodes.ts';
import { verb } from '../kit/program.ts';
import { describeUnless } from '../kit/skip.ts';

await describeWithFrontend('on another Node', { nodes: 'p5.48xlarge=1,cpu=1' }, cluster => {
  const hub = useHub();
  describeUnless(noOtherNodes, 'from an install to its removal', () => {
    describe.each(nodeReleases)('with Node %s', release => {
      const name = `node-${release.replaceAll('.', '-')}`;
      afterAll(() => removeDeployment(cluster(), name), PATIENCE.timeout);

      it.each([
        ['install', deployWords(name, '--context', 'exec'), /answers:/],
        ['status', verb('status', name), /healthy/],
        ['chat', verb('chat', name, '-p', 'Hello', '--max-tokens', '4'), /\S/],
        ['logs', verb('logs', name), /^frontend\//m],
        ['diff', verb('diff', name), /no differences|the same/i],
        ['uninstall', verb('uninstall', name, '--yes'), /Removed/],
      ] as const)('%s', { timeout: 300_000 }, async (_, words, says) => {
        const { code, stdout, stderr } = await runIn(cluster(), hub(), words, { node: nodeOf(release) });
        expect([code, stdout + stderr]).toEqual([0, expect.stringMatching(says)]);
        expect(stderr).not.toMatch(/Warning:/);
      });
    });
  });
});
