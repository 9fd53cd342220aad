#!/usr/bin/env node
// Runs the cluster tests once for every Kubernetes minor that can be started, the oldest last.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const minors = readdirSync(`${root}/test/kit/go`)
  .filter(name => name.startsWith('kubernetes-'))
  .map(name => name.replace('kubernetes-', ''))
  .sort((a, b) => Number(b.split('.')[1]) - Number(a.split('.')[1]));
const failed = minors.filter(minor => {
  process.stderr.write(`\nKubernetes ${minor}\n`);
  const env = { ...process.env, TEST_KUBERNETES: minor };
  const args = [`${root}/node_modules/vitest/vitest.mjs`, 'run', 'test/cluster', ...process.argv.slice(2)];
  return spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status !== 0;
});
process.stderr.write(
  failed.length === 0 ? `\nAll minors passed: ${minors.join(', ')}\n` : `\nFailed: ${failed.join(', ')}\n`,
);
process.exit(failed.length === 0 ? 0 : 1);
