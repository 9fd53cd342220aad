#!/usr/bin/env node
// Runs a TypeScript entry of the kit: Node 20 does not read TypeScript, so it is bundled first, then imported.
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { report, checkout as root, setUp } from '../../../scripts/setup.mjs';

const [entry, ...args] = process.argv.slice(2);
const out = { stream: process.stderr, env: process.env };
try {
  // Ctrl-C ends it as it ends any process; what it catches later is the entry's affair.
  await setUp(root, { all: true, signal: new AbortController().signal, out });
} catch (error) {
  process.exit(report(error));
}
// Before the set-up it may not be there.
const { build } = await import('esbuild');
const folder = join(root, '.cache', 'run');
const outfile = join(folder, `${process.pid}.mjs`);
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: [resolve(entry)],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'error',
});
process.on('exit', () => rmSync(outfile, { force: true }));
process.argv = [process.argv[0], entry, ...args];
await import(pathToFileURL(outfile).href);
