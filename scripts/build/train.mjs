// Compiles the bundles ahead of time, by runs that do what people do.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTool } from '../setup/child.mjs';

const program = fileURLToPath(new URL('train.cjs', import.meta.url));
const component = ['nvidia-platform', 'dynamo-vllm'];

/** Nobody listens there: what leads up to the first request is compiled. */
const kubeconfig = `apiVersion: v1
kind: Config
current-context: nowhere
clusters: [{name: nowhere, cluster: {server: 'https://127.0.0.1:1'}}]
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
users: [{name: nobody, user: {token: none}}]
`;

const unreachable = folder => ['--kubeconfig', join(folder, 'kubeconfig'), '--request-timeout', '1s'];

/** One after the other: what several of them need is compiled for the first. */
const chiefRuns = folder => [
  [...component, 'install', '--yes', '--action', 'save', '--offline', '--output-dir', folder],
  [...component, 'render', '-o', 'json'],
  [...component, 'review', folder, '--non-interactive'],
  [...component, 'check', ...unreachable(folder)],
  [...component, 'install', '--yes', '--action', 'deploy', ...unreachable(folder)],
];

/** Side by side, after the others: each adds the bundle that is its own. */
const otherRuns = folder => [
  [...component, 'fit', '--model', 'Qwen/Qwen3-32B'],
  ['config'],
  ['explain'],
  ...[
    ['verify'],
    ['list'],
    ['status', 'chat'],
    ['diff', 'chat'],
    ['logs', 'chat'],
    ['endpoint', 'chat'],
    ['edit', 'chat', '--release', '1.6.1'],
    ['scale', 'chat', '--replicas', '2'],
    ['uninstall', 'chat', '--yes'],
  ].map(words => [...component, ...words, ...unreachable(folder)]),
];

/** Nobody's settings; whatever such a run says or ends with, the bundles are whole without it. */
const environment = () => ({ PATH: process.env.PATH, NO_COLOR: '1', HF_HUB_OFFLINE: '1' });

/** As many at a time as there are processors. */
const sideBySide = async (all, run) => {
  const waiting = [...all];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await run(one);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
};

/** @param {string} dist the folder of the bundles */
export const train = async dist => {
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-installer-build-'));
  try {
    writeFileSync(join(folder, 'kubeconfig'), kubeconfig);
    const run = words =>
      runTool(process.execPath, [program, dist, ...words], { cwd: folder, env: environment() });
    for (const words of chiefRuns(folder)) await run(words);
    await sideBySide(otherRuns(folder), run);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
