#!/usr/bin/env node
// Runs a TypeScript entry of the kit: Node 20 does not read TypeScript, so it is bundled first, then imported.
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [entry, ...args] = process.argv.slice(2);
const root = fileURLToPath(new URL('../../..', import.meta.url));
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
