// Compiles the bundles ahead of time, by runs that do what people do.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTool } from '../setup/child.mjs';

const program = fileURLToPath(new URL('train.cjs', import.meta.url));
const component = ['nvidia-platform', 'dynamo-vllm'];

const runsIn = folder => [
  [...component, 'install', '--yes', '--action', 'save', '--offline', '--output-dir', folder],
  [...component, 'render', '-o', 'json'],
  [...component, 'review', folder, '--non-interactive'],
  ['config'],
  ['explain'],
];

/** Nobody's settings; whatever such a run says or ends with, the bundles are whole without it. */
const environment = () => ({ PATH: process.env.PATH, NO_COLOR: '1' });

/** @param {string} dist the folder of the bundles */
export const train = async dist => {
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-installer-build-'));
  try {
    for (const words of runsIn(folder)) {
      await runTool(process.execPath, [program, dist, ...words], { cwd: folder, env: environment() });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
